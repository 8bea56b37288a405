"""What happens to rules with levels: which rule, where, and how; never the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.record import Event
from portal.rules.levels import LEVEL_RULES
from portal.web.kit.i18n import LazyString


def title_of(name: Any, _data: Mapping[str, Any]) -> LazyString | str:
    """What a rule is called; its name when nobody declares it any more."""
    known = LEVEL_RULES.get(str(name))
    return known.title if known else str(name)


@dataclass(frozen=True, kw_only=True)
class RuleTightened(Event):
    """A unit made a rule stricter for itself and what hangs below it."""

    name = "rules.tightened"
    message = "%(unit_id)s made a rule stricter: %(rule)s."
    subject = "unit_rule"
    words = {"rule": title_of}

    unit_id: int
    rule: str
    number: int | None


@dataclass(frozen=True, kw_only=True)
class DutyLeft(Event):
    """ATE left a duty that holds for the rest of the country."""

    name = "rules.duty_left"
    message = "%(unit_id)s left a duty: %(rule)s."
    subject = "unit_rule"
    words = {"rule": title_of}

    unit_id: int
    rule: str


@dataclass(frozen=True, kw_only=True)
class RuleTakenBack(Event):
    """A unit took back what it had said: what holds above it holds again."""

    name = "rules.taken_back"
    message = "%(unit_id)s took back its own rule: %(rule)s."
    subject = "unit_rule"
    words = {"rule": title_of}

    unit_id: int
    rule: str
