"""Cases as the core treats them, and the rules that refusals cite."""

from __future__ import annotations

from portal.rules import Rule
from portal.rules import declare as declare_rule

__all__ = ["Rule", "declare_rule"]
