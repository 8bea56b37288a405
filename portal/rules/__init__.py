"""Named rules: what the law or UDI says, how strongly, on what basis, and whether it may be relaxed."""

from portal.rules.levels import LevelRule, declare_level_rule
from portal.rules.registry import RULES, Rule, declare, find

__all__ = ["RULES", "LevelRule", "Rule", "declare", "declare_level_rule", "find"]
