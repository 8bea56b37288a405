"""Roles that run out: found 30 and 7 days before, each time once, for the room that tells of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql

from portal import clock
from portal.access.actor import Place
from portal.access.assignment_rules import UNIT_COLUMNS, place_of
from portal.access.models import Assignment, RoleEndWarning
from portal.database import db, read
from portal.units.models import Unit

DAYS = (7, 30)
"""How many days before the end people are told."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A role that runs out soon and was not told of yet; `by_contract` with the operator's contract."""

    id: int
    person_id: int
    role: str
    unit_id: int
    unit_name: str
    valid_to: datetime
    by_contract: bool
    place: Place


_ENDING = (
    select(
        Assignment.id,
        Assignment.person_id,
        Assignment.role,
        Assignment.valid_to,
        Assignment.contract_id,
        Unit.name,
        *UNIT_COLUMNS,
    )
    .join(Unit, Unit.id == Assignment.unit_id)
    .where(
        Unit.tree == bindparam("of_tree"),
        Assignment.ended_at.is_(None),
        Assignment.valid_to > bindparam("now"),
        Assignment.valid_to <= bindparam("latest"),
    )
    .order_by(Assignment.id)
)


def endings(tree: str) -> Iterator[Ending]:
    """Roles of one tree to warn of now; marked as told in the caller's transaction as they are given out."""
    now = clock.now()
    for row in read(_ENDING, {"of_tree": tree, "now": now, "latest": now + timedelta(days=DAYS[-1])}):
        left = next(days for days in DAYS if row.valid_to <= now + timedelta(days=days))
        if _first(row.id, left):
            yield Ending(
                row.id,
                row.person_id,
                row.role,
                row.unit_id,
                row.name,
                row.valid_to,
                row.contract_id is not None,
                place_of(row),
            )


def _first(assignment_id: int, days: int) -> bool:
    statement = postgresql.insert(RoleEndWarning).values(assignment_id=assignment_id, days=days)
    made = db.session.execute(statement.on_conflict_do_nothing().returning(RoleEndWarning.days)).first()
    return made is not None
