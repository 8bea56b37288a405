"""Requests for roles as their sender and those who may answer them read them; what one can ask for."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.access.actor import Actor
from portal.access.declared import ASSIGNMENT_MANAGE, UNIT_READ
from portal.access.permissions import find
from portal.access.policy import OutOfReach, visible
from portal.access.roles import AUTHORITY, CIVIL, ROLES, Role
from portal.administration.models import RoleRequest
from portal.database import read, read_one
from portal.identity.models import Person
from portal.units.models import Unit

IN_ORGANISATIONS = ("editor", "treasurer", "organisation_coordinator", "reader")
"""Roles a member asks their leader for. Leaders are handed over to, and signatories need a mandate."""

Answerer = aliased(Person)
_AS_OWNER = SimpleNamespace(owner_id=Unit.id)


def roles_to_ask_for(permission: str | None = None) -> list[Role]:
    """Roles that somebody can ask for; with `permission` those that carry it, the smallest first."""
    known = [one for one in ROLES.values() if one.tree == AUTHORITY or one.name in IN_ORGANISATIONS]
    if permission is not None:
        known = [one for one in known if permission in one.permissions] or known
    return sorted(known, key=lambda one: (len(one.permissions), str(one.title)))


def units_to_ask_at(actor: Actor) -> Sequence[Row[Any]]:
    """UDI's offices, which everybody may know of; sites the actor reads of; units they have a role at."""
    mine = [held.unit_id for held in actor.held]
    known = or_(
        and_(Unit.tree == AUTHORITY, Unit.level.in_(("national", "regional"))),
        and_(Unit.tree == AUTHORITY, visible(actor, UNIT_READ, Unit)),
        Unit.id.in_(mine),
    )
    return read(
        select(Unit.id, Unit.name, Unit.level, Unit.tree)
        .where(known, or_(Unit.valid_to.is_(None), Unit.valid_to > clock.today()))
        .order_by(Unit.level.desc(), Unit.sort_key, Unit.id)
    )


def may_answer(actor: Actor) -> ColumnElement[bool]:
    """Condition on `Unit`: the actor gives roles there."""
    manages = find("organisations.member.manage")
    return or_(
        and_(Unit.tree == AUTHORITY, visible(actor, ASSIGNMENT_MANAGE, Unit)),
        and_(Unit.tree == CIVIL, visible(actor, manages, _AS_OWNER)),
    )


def to_answer(actor: Actor) -> Select[Any]:
    """Open requests of others that the actor may answer, oldest first."""
    found: Select[Any] = (
        _REQUEST.where(
            RoleRequest.state == "open", may_answer(actor), RoleRequest.person_id != actor.person_id
        )
        .order_by(RoleRequest.id)
        .limit(50)
    )
    return found


def mine(actor: Actor) -> Select[Any]:
    """The actor's own requests, newest first."""
    own = _REQUEST.where(RoleRequest.person_id == actor.person_id)
    found: Select[Any] = own.order_by(RoleRequest.id.desc()).limit(25)
    return found


def get_request(request_id: int, actor: Actor) -> Row[Any]:
    """One request, for its sender or somebody who may answer it. Raises `OutOfReach`."""
    statement = _REQUEST.add_columns(may_answer(actor).label("answerable")).where(
        RoleRequest.id == request_id, or_(RoleRequest.person_id == actor.person_id, may_answer(actor))
    )
    row = read_one(statement)
    if row is None:
        raise OutOfReach
    return row


_REQUEST: Any = (
    select(
        RoleRequest.id,
        RoleRequest.person_id,
        RoleRequest.role,
        RoleRequest.unit_id,
        RoleRequest.permission,
        RoleRequest.reason,
        RoleRequest.state,
        RoleRequest.asked_at,
        RoleRequest.answered_at,
        RoleRequest.answer,
        Person.name.label("person"),
        Person.email.label("email"),
        Unit.name.label("unit"),
        Answerer.name.label("answered_by"),
    )
    .join(Person, Person.id == RoleRequest.person_id)
    .join(Unit, Unit.id == RoleRequest.unit_id)
    .outerjoin(Answerer, Answerer.id == RoleRequest.answered_by)
)
