"""Asking for a role and answering: the right administrator gets a task, the person is told the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor
from portal.access.assignment_rules import (
    UnitRow,
    check_person,
    check_place,
    place_of,
    require_manage,
    scope,
    unit_row,
)
from portal.access.assignments import appoint
from portal.access.models import Assignment
from portal.access.policy import OutOfReach
from portal.access.refusals import AssignmentRefused
from portal.access.roles import CIVIL, ROLES
from portal.administration import asking_queries as queries
from portal.administration.events import RoleAsked, RoleRequestAnswered
from portal.administration.expiry import administrators
from portal.administration.models import RoleRequest
from portal.database import read, switch_transaction, transaction
from portal.identity.models import Person
from portal.notifications.services import notify
from portal.record import record
from portal.units.models import Unit
from portal.web.kit.i18n import N_


def ask(role: str, unit_id: int, permission: str | None, reason: str, *, actor: Actor) -> int:
    """Ask for a role at a unit; asking twice is asking once. Gives the request's id.

    Raises `AssignmentRefused`: what no administrator could grant is told at once.
    """
    if actor.person_id is None:
        raise ValueError("an anonymous visitor cannot ask")
    if not reason.strip():
        raise AssignmentRefused("reason_missing")
    if role not in {one.name for one in queries.roles_to_ask_for()}:
        raise AssignmentRefused("unknown_role")
    if unit_id not in {unit.id for unit in queries.units_to_ask_at(actor)}:
        raise AssignmentRefused("unknown_unit")
    with transaction(actor=actor) as session:
        unit = unit_row(session, unit_id)
        check_place(ROLES[role], unit)
        check_person(session, actor.person_id, ROLES[role], unit_id, clock.now(), None)
        wanted: dict[str, Any] = {"person_id": actor.person_id, "unit_id": unit_id, "role": role}
        session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
        known = session.execute(select(RoleRequest.id).filter_by(**wanted, state="open")).scalar()
        if known is not None:
            return known
        values = {**wanted, "permission": permission, "reason": reason.strip()}
        made: int = session.execute(
            insert(RoleRequest).values(**values).returning(RoleRequest.id)
        ).scalar_one()
        record(RoleAsked(subject_id=made, **{**wanted, **scope(unit)}), actor=actor)
        _tell_administrators(made, unit, actor)
    return made


def grant_request(
    request_id: int, valid_from: datetime, valid_to: datetime | None, answer: str, *, actor: Actor
) -> int:
    """Give what was asked for; gives the assignment's id. Raises as `grant`, `already_ended` if answered."""
    with switch_transaction(actor=actor) as session:
        asked, unit = _open(session, request_id, actor)
        made = appoint(
            session,
            asked.person_id,
            asked.role,
            asked.unit_id,
            valid_from,
            valid_to,
            answer,
            granted_by=actor.person_id,
            actor=actor,
        )
        _answered(session, asked, unit, answer, actor, assignment_id=made)
    return made


def decline(request_id: int, answer: str, *, actor: Actor) -> None:
    """Decline with a reason that the person reads. Raises as `grant_request`."""
    with transaction(actor=actor) as session:
        asked, unit = _open(session, request_id, actor)
        _answered(session, asked, unit, answer, actor)


def _open(session: Session, request_id: int, actor: Actor) -> tuple[Any, UnitRow]:
    asked = session.execute(
        select(RoleRequest).where(RoleRequest.id == request_id).with_for_update()
    ).scalar_one_or_none()
    if asked is None:
        raise OutOfReach
    unit = unit_row(session, asked.unit_id)
    require_manage(actor, unit)
    if asked.person_id == actor.person_id:
        raise AssignmentRefused("to_oneself")
    if asked.state != "open":
        raise AssignmentRefused("answered")
    return asked, unit


def _answered(
    session: Session,
    asked: Any,
    unit: UnitRow,
    answer: str,
    actor: Actor,
    *,
    assignment_id: int | None = None,
) -> None:
    if not answer.strip():
        raise AssignmentRefused("reason_missing")
    granted = assignment_id is not None
    session.execute(
        update(RoleRequest)
        .where(RoleRequest.id == asked.id)
        .values(
            state="granted" if granted else "declined",
            answered_by=actor.person_id,
            answered_at=clock.now(),
            answer=answer.strip(),
            assignment_id=assignment_id,
        )
    )
    event = RoleRequestAnswered(
        subject_id=asked.id,
        person_id=asked.person_id,
        role=asked.role,
        unit_id=asked.unit_id,
        granted=granted,
        **scope(unit),
    )
    record(event, actor=actor)
    _tell_person(asked, _name(session, asked.unit_id), granted=granted)


def _tell_person(asked: Any, unit_name: str, *, granted: bool) -> None:
    notify(
        person_ids=[asked.person_id],
        kind="role_request",
        title_id=N_("You got the role you asked for at %(unit)s")
        if granted
        else N_("You did not get the role you asked for at %(unit)s"),
        body_id=N_("Read the answer and who gave it."),
        values={"unit": unit_name},
        href=f"/tilgangsonsker/{asked.id}",
    )


def _tell_administrators(made: int, unit: UnitRow, actor: Actor) -> None:
    notify(
        person_ids=_leaders(unit.unit_id, actor)
        if unit.tree == CIVIL
        else administrators(place_of(unit), but=actor.person_id),
        kind="role_request",
        title_id=N_("%(person)s asks for a role at %(unit)s"),
        body_id=N_("Read why, and give or decline the role."),
        values={"person": actor.name, "unit": read(select(Unit.name).where(Unit.id == unit.unit_id))[0].name},
        href=f"/tilgangsonsker/{made}",
    )


def _leaders(unit_id: int, actor: Actor) -> list[int]:
    rows = read(
        select(Assignment.person_id, Assignment.valid_to).where(
            Assignment.unit_id == unit_id,
            Assignment.role == "leader",
            Assignment.ended_at.is_(None),
            Assignment.person_id != actor.person_id,
        )
    )
    return [row.person_id for row in rows if row.valid_to is None or row.valid_to > clock.now()]


def _name(session: Session, unit_id: int) -> str:
    return str(session.execute(select(Unit.name).where(Unit.id == unit_id)).scalar_one())
