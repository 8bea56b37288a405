"""What holds where: one statement for a place, one for a job that looks at many places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import or_, select

from portal.database import Base, read
from portal.rules.levels import LEVEL_RULES, Holding, LevelRule, Said, resolve
from portal.rules.models import UnitRule


class Placed(Protocol):
    """Something that stands in the authority's tree: a case, a registration, a unit."""

    @property
    def regional_id(self) -> int | None: ...
    @property
    def local_id(self) -> int | None: ...


def holding(about: LevelRule, place: Placed) -> Holding:
    """What holds of one rule at a place, and who said so. One statement."""
    return resolve(about, said_at(place, about.name))


def holdings(place: Placed) -> list[Holding]:
    """What holds of every rule at a place, in the order they are declared. One statement."""
    said = said_at(place)
    return [resolve(about, said) for about in LEVEL_RULES.values()]


def everywhere(about: LevelRule) -> Callable[[Placed], Holding]:
    """What holds of one rule, place by place, read once: for jobs that look at many places."""
    rows = [Said(*tuple(row)) for row in read(_said().where(UnitRule.name == about.name))]

    def at(place: Placed) -> Holding:
        over = {place.regional_id, place.local_id}
        return resolve(about, [one for one in rows if one.level == "national" or one.unit_id in over])

    return at


def said_at(place: Placed, name: str | None = None) -> Sequence[Said]:
    """What the units at and above a place have said, of one rule or of all."""
    unit = Base.metadata.tables["unit"]
    over = [one for one in (place.regional_id, place.local_id) if one is not None]
    statement = _said().where(or_(unit.c.level == "national", UnitRule.unit_id.in_(over)))
    if name is not None:
        statement = statement.where(UnitRule.name == name)
    return [Said(*tuple(row)) for row in read(statement)]


def _said() -> Any:
    unit = Base.metadata.tables["unit"]
    return (
        select(
            UnitRule.id,
            UnitRule.name,
            UnitRule.unit_id,
            unit.c.name,
            unit.c.level,
            UnitRule.number,
            UnitRule.point,
            UnitRule.left,
            UnitRule.reason,
            UnitRule.said_at,
        )
        .join(unit, unit.c.id == UnitRule.unit_id)
        .where(UnitRule.ended_at.is_(None), unit.c.tree == "authority")
    )
