"""Rules that a place may make stricter for itself and for what hangs below it, and never weaker.

UDI says what holds in the whole country; a region or ATE adds to it for its sites, a site for itself.
Whatever each of them said, the strictest holds: nobody below can take away what was said above.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from portal.rules.registry import Rule
from portal.web.kit.i18n import LazyString

Kind = Literal["at_least", "at_most", "duty", "points"]
"""A number of days that below may only be raised, or only be lowered; a duty that may only be switched on;
points of a list that may only be added to."""

LEVELS = ("national", "regional", "local")
LEAVING_KINDS = ("ate",)
"""The kinds of unit that are a branch of their own, and may leave a duty that says it can be left."""


@dataclass(frozen=True, slots=True)
class LevelRule:
    """A rule with a value at each place (*regel med nivå*).

    `rule` says where it stands in the law or in UDI's own papers. `standard` holds where nobody has said
    anything: days, or 1 and 0 for a duty. `least` and `most` bound what can be written, days included.
    `leavable`: ATE may leave the duty with a reason.
    """

    title: LazyString
    sentence: LazyString
    rule: Rule
    kind: Kind
    standard: int = 0
    least: int = 0
    most: int = 0
    leavable: bool = False

    @property
    def name(self) -> str:
        """The name it is stored under: its rule's."""
        return self.rule.name

    def stricter(self, number: int, than: int) -> bool:
        """True when `number` asks more than `than` does."""
        return number < than if self.kind == "at_most" else number > than


@dataclass(frozen=True, slots=True)
class Said:
    """What one unit said: a number, a point of a list, or that it leaves the duty."""

    id: int
    name: str
    unit_id: int
    unit_name: str
    level: str
    number: int | None
    point: str
    left: bool
    reason: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Holding:
    """What holds at a place. `sources` said it, the highest first; none where the standard holds."""

    about: LevelRule
    number: int
    sources: tuple[Said, ...] = ()
    left_by: Said | None = None

    @property
    def on(self) -> bool:
        """Whether a duty holds."""
        return self.number > 0

    @property
    def points(self) -> tuple[str, ...]:
        """The points of a list, the highest level's first."""
        return tuple(one.point for one in self.sources)


LEVEL_RULES: dict[str, LevelRule] = {}


def declare_level_rule(given: LevelRule) -> LevelRule:
    """Put a rule with levels in the catalogue and give it back. Raises `ValueError` if it cannot be right."""
    if given.kind in ("at_least", "at_most") and not given.least <= given.standard <= given.most:
        raise ValueError(f"{given.name}: the standard is not between the least and the most")
    if given.leavable and given.kind != "duty":
        raise ValueError(f"{given.name}: only a duty can be left")
    if given.leavable and given.rule.strength == "must" and not given.rule.relaxable:
        raise ValueError(f"{given.name}: what must be done cannot be left")
    known = LEVEL_RULES.setdefault(given.name, given)
    if (known.kind, known.standard) != (given.kind, given.standard):
        raise ValueError(f"{given.name} is declared twice")
    return known


def resolve(about: LevelRule, said: Iterable[Said]) -> Holding:
    """What holds where exactly `said` was said: by the units at and above a place, in any order."""
    mine = sorted(
        (one for one in said if one.name == about.name), key=lambda one: (LEVELS.index(one.level), one.id)
    )
    if about.kind == "points":
        return Holding(about, len(mine), tuple(mine))
    if about.kind == "duty":
        return _duty(about, mine)
    number, source = about.standard, None
    for one in mine:
        if one.number is not None and about.stricter(one.number, number):
            number, source = one.number, one
    return Holding(about, number, (source,) if source else ())


def _duty(about: LevelRule, mine: Iterable[Said]) -> Holding:
    """From the top down: who switches it on binds all below; who leaves it frees its own branch."""
    holding = Holding(about, about.standard)
    for one in mine:
        if one.left:
            holding = Holding(about, 0, left_by=one)
        elif not holding.on:
            holding = Holding(about, 1, (one,))
    return holding
