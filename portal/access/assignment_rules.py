"""The rules a role is granted and ended by: place, dates, contract, what may not meet, who must stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor, Place
from portal.access.declared import ASSIGNMENT_MANAGE
from portal.access.models import Assignment
from portal.access.permissions import find
from portal.access.policy import Denied, OutOfReach, allowed, require_proof
from portal.access.refusals import AssignmentRefused
from portal.access.roles import CIVIL, Role, never_together
from portal.database import Base
from portal.units.models import OperatorContract, Unit

GUARDIANS = {"authority": "access_administrator", "civil": "leader"}
"""The role that gives roles, by tree: its last holder at the directorate or a civil unit cannot go."""

UNIT_COLUMNS = (
    Unit.id.label("unit_id"),
    Unit.tree,
    Unit.level,
    Unit.kind,
    Unit.valid_to.label("closed_on"),
    Unit.national_id,
    Unit.regional_id,
    Unit.local_id,
)

UnitRow = Any
"""A row that holds at least `UNIT_COLUMNS`."""


def require_manage(actor: Actor, unit: UnitRow) -> None:
    """Raise unless the actor may give and end roles at `unit` (a row with tree and scope columns).

    `ProofNeeded` when their login is not fresh; `OutOfReach` when they cannot even see who has roles
    there, else `Denied`.
    """
    civil = unit.tree == CIVIL
    permission = find("organisations.member.manage") if civil else ASSIGNMENT_MANAGE
    place = place_of(unit)
    if allowed(actor, permission, place):
        require_proof(actor, permission)
        return
    seen = ("organisations.own.read",) if civil else ("access.assignment.read", "units.unit.read")
    if any(allowed(actor, find(name), place) for name in seen):
        raise Denied(permission)
    raise OutOfReach


def place_of(unit: UnitRow) -> Place:
    """The place of a unit: its own columns in the authority tree, its owner in civil society."""
    if unit.tree == CIVIL:
        return Place(owner_id=unit.unit_id)
    return Place(unit.national_id, unit.regional_id, unit.local_id)


def scope(unit: UnitRow) -> dict[str, int | None]:
    """The scope columns an event or a place at this unit gets."""
    if unit.tree == CIVIL:
        return {"owner_id": unit.unit_id}
    return {"national_id": unit.national_id, "regional_id": unit.regional_id, "local_id": unit.local_id}


def unit_row(session: Session, unit_id: int) -> UnitRow:
    """The unit as the rules need it; raises `AssignmentRefused` (`unknown_unit`)."""
    row = session.execute(select(*UNIT_COLUMNS).where(Unit.id == unit_id)).one_or_none()
    if row is None:
        raise AssignmentRefused("unknown_unit")
    return row


def check_place(role: Role, unit: UnitRow) -> None:
    """Raise `AssignmentRefused` unless the unit is open and the role may stand at its level of its tree."""
    if unit.closed_on is not None and unit.closed_on <= clock.today():
        raise AssignmentRefused("unit_closed")
    if not role.may_be_given(unit.tree, unit.level, unit.kind):
        raise AssignmentRefused("wrong_place")


def check_dates(role: Role, valid_from: datetime, valid_to: datetime | None) -> None:
    """Raise `AssignmentRefused` for dates the wrong way round, in the past, or an end that is missing."""
    now = clock.now()
    if valid_to is not None and valid_to <= valid_from:
        raise AssignmentRefused("dates_reversed")
    if valid_to is not None and valid_to <= now:
        raise AssignmentRefused("ends_in_past")
    if clock.oslo(valid_from).date() < clock.today():
        raise AssignmentRefused("starts_in_past")
    if valid_to is None and role.time_limited:
        raise AssignmentRefused("needs_end")


def contract_for(
    session: Session, role: Role, unit_id: int, valid_from: datetime, valid_to: datetime | None
) -> tuple[int | None, datetime | None]:
    """The contract a site role is bound to, and the role's end, at the latest the contract's."""
    if not role.by_contract:
        return None, valid_to
    day = clock.oslo(valid_from).date()
    found = session.execute(
        select(OperatorContract.id, OperatorContract.valid_to).where(
            OperatorContract.site_id == unit_id,
            OperatorContract.operation_from <= day,
            or_(OperatorContract.valid_to.is_(None), OperatorContract.valid_to >= day),
        )
    ).first()
    if found is None:
        raise AssignmentRefused("no_contract")
    if found.valid_to is None:
        return found.id, valid_to
    last = clock.end_of_day(found.valid_to)
    if valid_to is not None and valid_to > last:
        raise AssignmentRefused("beyond_contract")
    return found.id, valid_to or last


def check_person(
    session: Session,
    person_id: int,
    role: Role,
    unit_id: int,
    valid_from: datetime,
    valid_to: datetime | None,
) -> None:
    """Raise `AssignmentRefused` for somebody unknown, who has the role already, or whose others forbid it."""
    person = Base.metadata.tables["person"]
    if session.execute(select(person.c.id).where(person.c.id == person_id)).first() is None:
        raise AssignmentRefused("unknown_person")
    _close_expired(session, person_id, role.name, unit_id)
    held = session.execute(
        select(Assignment.role, Assignment.unit_id, Assignment.valid_from, Assignment.valid_to).where(
            Assignment.person_id == person_id,
            Assignment.ended_at.is_(None),
        )
    ).all()
    for one in held:
        if one.role == role.name and one.unit_id == unit_id:
            raise AssignmentRefused("already_has")
        over = one.valid_to is not None and one.valid_to <= valid_from
        ahead = valid_to is not None and one.valid_from >= valid_to
        if never_together(role.name, one.role) and not over and not ahead:
            raise AssignmentRefused("never_together")


def _close_expired(session: Session, person_id: int, role: str, unit_id: int) -> None:
    """A role that ran out stands open in the table until it is given anew."""
    session.execute(
        update(Assignment)
        .where(
            Assignment.person_id == person_id,
            Assignment.role == role,
            Assignment.unit_id == unit_id,
            Assignment.ended_at.is_(None),
            Assignment.valid_to <= clock.now(),
        )
        .values(ended_at=Assignment.valid_to)
    )


def is_last_guardian(session: Session, row: UnitRow, now: datetime) -> bool:
    """True when nobody who can give roles at the same unit stays at least as long as this one would."""
    if GUARDIANS[row.tree] != row.role or (row.tree != CIVIL and row.kind != "directorate"):
        return False
    long_enough = [Assignment.valid_to.is_(None)]
    if row.valid_to is not None:
        long_enough.append(Assignment.valid_to >= row.valid_to)
    other = session.execute(
        select(Assignment.id)
        .where(
            Assignment.unit_id == row.unit_id,
            Assignment.role == row.role,
            Assignment.id != row.id,
            Assignment.person_id != row.person_id,
            Assignment.ended_at.is_(None),
            Assignment.valid_from <= now,
            or_(*long_enough),
        )
        .limit(1)
    ).first()
    return other is None
