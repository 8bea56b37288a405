"""Cases as the core treats them: rules, what places make stricter, the day by the portal's one clock."""

from __future__ import annotations

from portal.clock import today
from portal.rules import LevelRule, Rule, declare_level_rule
from portal.rules import declare as declare_rule
from portal.rules.holding import holding

__all__ = ["LevelRule", "Rule", "declare_level_rule", "declare_rule", "holding", "today"]
