"""Granting and ending roles: each use case is a switch, so that an ended right is dead at once everywhere."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor
from portal.access.assignment_rules import (
    UNIT_COLUMNS,
    UnitRow,
    check_dates,
    check_person,
    check_place,
    contract_for,
    is_last_guardian,
    require_manage,
    scope,
    unit_row,
)
from portal.access.events import AssignmentEnded, AssignmentGranted, AssignmentShortened
from portal.access.models import Assignment
from portal.access.policy import OutOfReach
from portal.access.refusals import AssignmentRefused
from portal.access.roles import ROLES
from portal.database import answer_once, switch_transaction
from portal.record import record
from portal.units.models import Unit


def grant(
    person_id: int,
    role: str,
    unit_id: int,
    valid_from: datetime,
    valid_to: datetime | None,
    reason: str,
    *,
    actor: Actor,
    key: UUID | None = None,
) -> int:
    """Give a person a role at a unit from `valid_from` until just before `valid_to` (aware); gives the id.

    The actor must hold `access.assignment.manage` reaching the unit, for a civil unit
    `organisations.member.manage` there. The same `key` (of a form) twice grants once. Raises
    `AssignmentRefused`, `Denied`, `OutOfReach`.
    """
    if not reason.strip():
        raise AssignmentRefused("reason_missing")
    with switch_transaction(actor=actor) as session:
        unit = unit_row(session, unit_id)
        require_manage(actor, unit)
        if person_id == actor.person_id:
            raise AssignmentRefused("to_oneself")
        make = partial(appoint, session, person_id, role, unit_id, valid_from, valid_to, reason)
        return answer_once(key, actor.person_id, partial(make, granted_by=actor.person_id, actor=actor))


def appoint(
    session: Session,
    person_id: int,
    role: str,
    unit_id: int,
    valid_from: datetime,
    valid_to: datetime | None,
    reason: str,
    *,
    granted_by: int | None,
    actor: Actor | None,
) -> int:
    """As `grant`, for a room whose own rule gives the right: an approved registration, an invitation.

    Must run inside that room's `switch_transaction`. Every rule but the granter's reach is kept. When
    the role comes of the person's own act (an accepted invitation), `granted_by` is who invited, or None.
    """
    known = ROLES.get(role)
    if known is None:
        raise AssignmentRefused("unknown_role")
    unit = unit_row(session, unit_id)
    check_place(known, unit)
    check_dates(known, valid_from, valid_to)
    contract_id, valid_to = contract_for(session, known, unit_id, valid_from, valid_to)
    check_person(session, person_id, known, unit_id, valid_from, valid_to)
    values = {
        "person_id": person_id,
        "unit_id": unit_id,
        "role": role,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "contract_id": contract_id,
        "granted_by": granted_by,
        "reason": reason.strip(),
    }
    made: int = session.execute(insert(Assignment).values(**values).returning(Assignment.id)).scalar_one()
    _record_grant(made, person_id, role, unit, valid_from, valid_to, actor)
    return made


def end(assignment_id: int, reason: str, *, actor: Actor) -> None:
    """End a role now. Raises `AssignmentRefused`, also for the last one who can give roles there."""
    with switch_transaction(actor=actor) as session:
        conclude(session, assignment_id, reason, actor=actor)


def conclude(session: Session, assignment_id: int, reason: str, *, actor: Actor) -> None:
    """As `end`, inside a room's own `switch_transaction`: when a leader hands over to the next."""
    if not reason.strip():
        raise AssignmentRefused("reason_missing")
    row = session.execute(_BY_ID.where(Assignment.id == assignment_id)).one_or_none()
    if row is None:
        raise OutOfReach
    require_manage(actor, row)
    now = clock.now()
    if row.ended_at is not None or (row.valid_to is not None and row.valid_to <= now):
        raise AssignmentRefused("already_ended")
    if is_last_guardian(session, row, now):
        raise AssignmentRefused("last_administrator")
    session.execute(
        update(Assignment)
        .where(Assignment.id == assignment_id)
        .values(ended_at=now, ended_by=actor.person_id, end_reason=reason.strip())
    )
    record(
        AssignmentEnded(
            subject_id=assignment_id,
            person_id=row.person_id,
            role=row.role,
            unit_id=row.unit_id,
            **scope(row),
        ),
        actor=actor,
    )


def shorten_to_contract(session: Session, contract_id: int, until: datetime, *, actor: Actor) -> int:
    """Let roles bound to a contract end with it: inside a `switch_transaction`; gives how many changed."""
    return len(_shorten(session, Assignment.contract_id == contract_id, until, actor))


def shorten_at_unit(session: Session, unit_id: int, until: datetime, *, actor: Actor) -> list[int]:
    """Let every role at a unit end when it closes: inside a `switch_transaction`; gives whose they were."""
    return _shorten(session, Assignment.unit_id == unit_id, until, actor)


def _shorten(session: Session, which: ColumnElement[bool], until: datetime, actor: Actor) -> list[int]:
    rows = session.execute(
        _BY_ID.where(
            which,
            Assignment.ended_at.is_(None),
            or_(Assignment.valid_to.is_(None), Assignment.valid_to > until),
        )
    ).all()
    for row in rows:
        session.execute(
            update(Assignment)
            .where(Assignment.id == row.id)
            .values(valid_to=func.greatest(until, Assignment.valid_from))
        )
        record(
            AssignmentShortened(
                subject_id=row.id,
                person_id=row.person_id,
                role=row.role,
                unit_id=row.unit_id,
                valid_to=until.isoformat(),
                **scope(row),
            ),
            actor=actor,
        )
    return [row.person_id for row in rows]


_BY_ID = select(
    Assignment.id,
    Assignment.person_id,
    Assignment.role,
    Assignment.valid_to,
    Assignment.ended_at,
    *UNIT_COLUMNS,
).join(Unit, Unit.id == Assignment.unit_id)


def _record_grant(
    made: int,
    person_id: int,
    role: str,
    unit: UnitRow,
    valid_from: datetime,
    valid_to: datetime | None,
    actor: Actor | None,
) -> None:
    record(
        AssignmentGranted(
            subject_id=made,
            person_id=person_id,
            role=role,
            unit_id=unit.unit_id,
            valid_from=valid_from.isoformat(),
            valid_to=valid_to.isoformat() if valid_to else None,
            **scope(unit),
        ),
        actor=actor,
    )
