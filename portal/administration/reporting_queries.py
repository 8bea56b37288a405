"""Who reports to whom, within what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import aliased

from portal.access.actor import Actor
from portal.access.declared import ASSIGNMENT_READ
from portal.access.models import Assignment, ReportingLine
from portal.access.policy import visible
from portal.database import read
from portal.identity.models import Person
from portal.units.models import Unit

_Leader = aliased(Person)
_LINES: Any = (
    select(ReportingLine.id, Person.name.label("person"), _Leader.name.label("leader"), ReportingLine.since)
    .join(Person, Person.id == ReportingLine.person_id)
    .join(_Leader, _Leader.id == ReportingLine.leader_id)
    .where(ReportingLine.ended_at.is_(None))
    .order_by(_Leader.name, Person.name, ReportingLine.id)
)


def reporting_lines(actor: Actor) -> Sequence[Row[Any]]:
    """Everybody with a role in the actor's reach who reports to somebody now, by leader."""
    within = exists().where(
        Assignment.person_id == ReportingLine.person_id,
        Assignment.ended_at.is_(None),
        Unit.id == Assignment.unit_id,
        visible(actor, ASSIGNMENT_READ, Unit),
    )
    return read(_LINES.where(within))
