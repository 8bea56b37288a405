"""Who can see a case, who could on a day, what a person may do: from dated roles, for those who may ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, exists, or_, select

from portal import clock
from portal.access.actor import Actor
from portal.access.declared import ASSIGNMENT_READ
from portal.access.models import Assignment
from portal.access.policy import visible
from portal.access.roles import CIVIL, ROLES
from portal.casework.models import Case, CaseParticipation
from portal.casework.permissions import CASE_READ, OWN_CASE_READ
from portal.database import read, read_one
from portal.identity.models import Person
from portal.record.models import AuditEntry
from portal.units.models import Unit


@dataclass(frozen=True, slots=True)
class Time:
    """A stretch of time: this moment, or a whole Norwegian day. `end` is just after it."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, day: date | None) -> Time:
        """The day, or now when it is None or today."""
        if day is None or day == clock.today():
            return cls(clock.now(), clock.now() + timedelta(microseconds=1))
        return cls(clock.end_of_day(day - timedelta(days=1)), clock.end_of_day(day))


def case_numbered(number: str, actor: Actor) -> Row[Any] | None:
    """The case of that number at a place whose roles the actor may see; None for any other."""
    return read_one(
        select(
            Case.id,
            Case.number,
            Case.national_id,
            Case.regional_id,
            Case.local_id,
            Case.owner_id,
            Case.submitted_at,
        ).where(Case.number == number.strip(), visible(actor, ASSIGNMENT_READ, Case))
    )


def who_sees(case: Row[Any], time: Time) -> Sequence[Row[Any]]:
    """Roles that reached the case some time in `time`: UDI's at its places, and the party's own.

    The places are those the case had then; what a role carries is read as it is now.
    """
    inside = _party(case)
    if case.submitted_at is not None and case.submitted_at < time.end:
        inside = or_(inside, _authority(case, _regions(case, time)))
    disqualified = exists().where(
        CaseParticipation.case_id == case.id,
        CaseParticipation.person_id == Person.id,
        CaseParticipation.part == "disqualified",
    )
    return read(
        _ROLES.add_columns(disqualified.label("disqualified"))
        .where(inside, *_in(time))
        .order_by(Unit.tree, Unit.level, Person.name, Assignment.id)
    )


def roles_of(person_id: int, time: Time, actor: Actor) -> Sequence[Row[Any]]:
    """The person's roles in `time`, at units whose roles the actor may see."""
    return read(
        _ROLES.where(
            Assignment.person_id == person_id, visible(actor, ASSIGNMENT_READ, Unit), *_in(time)
        ).order_by(Assignment.id)
    )


def _in(time: Time) -> list[Any]:
    return [
        Assignment.valid_from < time.end,
        or_(Assignment.valid_to.is_(None), Assignment.valid_to > time.start),
        or_(Assignment.ended_at.is_(None), Assignment.ended_at > time.start),
    ]


def _party(case: Row[Any]) -> Any:
    carrying = [r.name for r in ROLES.values() if r.tree == CIVIL and OWN_CASE_READ.name in r.permissions]
    return and_(Assignment.unit_id == case.owner_id, Assignment.role.in_(carrying))


def _authority(case: Row[Any], regions: set[int]) -> Any:
    units = {case.national_id, case.local_id, *regions} - {None}
    carrying = [
        and_(Assignment.role == role.name, Unit.level.in_(sorted(role.levels)))
        for role in ROLES.values()
        if role.tree != CIVIL and CASE_READ.name in role.permissions
    ]
    here = or_(Assignment.unit_id.in_(units), Unit.kind == "directorate")
    return and_(Unit.tree != CIVIL, here, or_(*carrying))


def _regions(case: Row[Any], time: Time) -> set[int]:
    """The regions the case was at in `time`: it was passed on from the entry's place to the one it names."""
    moves = read(
        select(AuditEntry.at, AuditEntry.regional_id, AuditEntry.data)
        .where(
            AuditEntry.subject == "case",
            AuditEntry.subject_id == case.id,
            AuditEntry.name == "casework.case_passed_on",
        )
        .order_by(AuditEntry.id)
    )
    later = [move for move in moves if move.at > time.start]
    found = {later[0].regional_id if later else case.regional_id}
    found |= {move.data["region_id"] for move in later if move.at < time.end}
    return {region for region in found if region is not None}


_ROLES: Any = (
    select(
        Assignment.id,
        Assignment.role,
        Assignment.valid_from,
        Assignment.valid_to,
        Assignment.ended_at,
        Person.id.label("person_id"),
        Person.name.label("person"),
        Unit.name.label("unit"),
        Unit.tree,
    )
    .join(Person, Person.id == Assignment.person_id)
    .join(Unit, Unit.id == Assignment.unit_id)
)
