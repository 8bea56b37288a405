"""Cases as the core treats them: the rules that refusals cite, and the day by the portal's one clock."""

from __future__ import annotations

from portal.clock import today
from portal.rules import Rule
from portal.rules import declare as declare_rule

__all__ = ["Rule", "declare_rule", "today"]
