"""Renewing roles: a new end is a fresh decision, in a row of its own beside the one it stands in place of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update
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
)
from portal.access.events import AssignmentRenewed
from portal.access.models import Assignment
from portal.access.policy import OutOfReach
from portal.access.refusals import AssignmentRefused
from portal.access.roles import ROLES
from portal.database import switch_transaction
from portal.record import record
from portal.units.models import Unit

RENEWED = "renewed"
"""The end reason of an assignment that another stands in place of."""

_BY_ID = select(
    Assignment.id,
    Assignment.person_id,
    Assignment.role,
    Assignment.valid_from,
    Assignment.valid_to,
    Assignment.ended_at,
    *UNIT_COLUMNS,
).join(Unit, Unit.id == Assignment.unit_id)


def renew(assignment_id: int, valid_to: datetime | None, reason: str, *, actor: Actor) -> int:
    """Let a role in force last until just before `valid_to` (aware; None: no end); gives the new id.

    Every rule of a grant is asked again. Raises `AssignmentRefused`, `Denied`, `OutOfReach`, `ProofNeeded`.
    """
    with switch_transaction(actor=actor) as session:
        return prolong(session, assignment_id, valid_to, reason, actor=actor)


def prolong(
    session: Session, assignment_id: int, valid_to: datetime | None, reason: str, *, actor: Actor
) -> int:
    """As `renew`, inside a `switch_transaction`."""
    row = session.execute(_BY_ID.where(Assignment.id == assignment_id)).one_or_none()
    if row is None:
        raise OutOfReach
    require_manage(actor, row)
    now = clock.now()
    _check(session, row, valid_to, reason, now, actor)
    role = ROLES[row.role]
    begins = max(now, row.valid_from)
    _replace(session, row.id, now, actor)
    contract_id, valid_to = contract_for(session, role, row.unit_id, begins, valid_to)
    check_person(session, row.person_id, role, row.unit_id, begins, valid_to)
    made: int = session.execute(
        insert(Assignment)
        .values(
            person_id=row.person_id,
            unit_id=row.unit_id,
            role=row.role,
            valid_from=begins,
            valid_to=valid_to,
            contract_id=contract_id,
            granted_by=actor.person_id,
            reason=reason.strip(),
        )
        .returning(Assignment.id)
    ).scalar_one()
    _record(made, row, valid_to, actor)
    return made


def _check(
    session: Session, row: UnitRow, valid_to: datetime | None, reason: str, now: datetime, actor: Actor
) -> None:
    if not reason.strip():
        raise AssignmentRefused("reason_missing")
    if row.person_id == actor.person_id:
        raise AssignmentRefused("to_oneself")
    if row.ended_at is not None or (row.valid_to is not None and row.valid_to <= now):
        raise AssignmentRefused("already_ended")
    if row.role not in ROLES:
        raise AssignmentRefused("unknown_role")
    if valid_to == row.valid_to:
        raise AssignmentRefused("same_end")
    check_place(ROLES[row.role], row)
    check_dates(ROLES[row.role], max(now, row.valid_from), valid_to)
    shorter = valid_to is not None and (row.valid_to is None or valid_to < row.valid_to)
    if shorter and is_last_guardian(session, row, now):
        raise AssignmentRefused("last_administrator")


def _replace(session: Session, assignment_id: int, now: datetime, actor: Actor) -> None:
    session.execute(
        update(Assignment)
        .where(Assignment.id == assignment_id)
        .values(ended_at=now, ended_by=actor.person_id, end_reason=RENEWED)
    )


def _record(made: int, row: UnitRow, valid_to: datetime | None, actor: Actor) -> None:
    event = AssignmentRenewed(
        subject_id=made,
        person_id=row.person_id,
        role=row.role,
        unit_id=row.unit_id,
        valid_to=valid_to.isoformat() if valid_to else None,
        former_id=row.id,
        **scope(row),
    )
    record(event, actor=actor)
