"""The catalogue of rules. A refusal cites its rule, so that nobody is told no without being told why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from portal.web.kit.i18n import LazyString

Strength = Literal["must", "should", "may"]
"""*skal*, *bør*, *kan*: binding, recommended, allowed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule (*regel*).

    `text` says it to the person it meets; `basis` is the legal source as it is cited in Norwegian.
    `valid_to` is the last day it applies, None while it stands. Only a `relaxable` rule may be set aside by
    measures of an emergency.
    """

    name: str
    strength: Strength
    text: LazyString
    basis: str
    valid_from: date
    valid_to: date | None = None
    relaxable: bool = False
    plugin: str | None = None

    def in_force(self, day: date) -> bool:
        """True when the rule applies on `day` (Norwegian calendar)."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def cited(self) -> str:
        """The rule's sentence with its source, in the reader's language."""
        return f"{self.text} ({self.basis})"


RULES: dict[str, Rule] = {}


def declare(rule: Rule) -> Rule:
    """Put a rule in the catalogue and give it back.

    Raises `ValueError` for a rule without a source, with its last day before its first, or a taken name.
    """
    if not rule.basis.strip():
        raise ValueError(f"rule {rule.name} has no source")
    if rule.valid_to is not None and rule.valid_to < rule.valid_from:
        raise ValueError(f"rule {rule.name} ends before it begins")
    known = RULES.setdefault(rule.name, rule)
    if (known.basis, known.strength, known.plugin) != (rule.basis, rule.strength, rule.plugin):
        raise ValueError(f"rule {rule.name} is declared twice")
    return known


def find(name: str) -> Rule:
    """The rule of that name; raises `KeyError`."""
    return RULES[name]
