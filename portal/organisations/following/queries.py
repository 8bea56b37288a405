"""Reading what has changed in the register: an organisation's own, and what waits for staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, Select, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from portal.access.actor import NOWHERE, Actor
from portal.access.policy import OutOfReach, visible
from portal.database import read, read_one
from portal.identity.models import Person
from portal.organisations.following.models import RegisterChange
from portal.organisations.models import Organisation
from portal.organisations.permissions import MEMBER_MANAGE, REGISTRATION_HANDLE
from portal.web.kit.overview import bound

_C = RegisterChange
_OF_ONE = (
    select(_C.id, _C.found_at, _C.codes, _C.before, _C.after, _C.grave, _C.seen_at, Person.name)
    .outerjoin(Person, Person.id == _C.seen_by)
    .where(_C.unit_id == bindparam("unit_id"))
    .order_by(_C.id.desc())
    .limit(20)
)
_WAITING: Any = (
    select(_C.id, _C.unit_id, Organisation.name, _C.codes, _C.found_at)
    .join(Organisation, Organisation.unit_id == _C.unit_id)
    .where(_C.grave, _C.seen_at.is_(None))
    .order_by(_C.id)
    .limit(5)
)
_NEW_PEOPLE = (
    select(_C.unit_id, Organisation.name, func.max(_C.found_at).label("found_at"))
    .join(Organisation, Organisation.unit_id == _C.unit_id)
    .where(
        _C.unit_id == any_(bindparam("units", type_=ARRAY(BigInteger))),
        _C.codes.contains(["roles"]),
        _C.answered_at.is_(None),
    )
    .group_by(_C.unit_id, Organisation.name)
    .order_by(func.max(_C.found_at))
    .limit(5)
)
_THERE = select(_C.id).where(_C.id == bindparam("id"), _C.unit_id == bindparam("unit_id"))


def of(unit_id: int) -> Sequence[Row[Any]]:
    """The newest changes of an organisation already judged in reach, newest first; at most twenty."""
    return read(_OF_ONE, {"unit_id": unit_id})


def waiting(actor: Actor) -> Select[Any]:
    """At most five changes in reach that nobody has looked at, oldest first, to be read."""
    statement: Select[Any] = _WAITING.where(visible(actor, REGISTRATION_HANDLE, _C))
    return statement


def new_people(actor: Actor) -> Select[Any] | None:
    """Where the register has new people in the roles of organisations the actor leads, to be read."""
    units = sorted(actor.reach.get(MEMBER_MANAGE.name, NOWHERE).owner)
    return bound(_NEW_PEOPLE, units=units) if units else None


def new_people_since(unit_id: int) -> datetime | None:
    """When the register was last found to have new people that no leader has answered for; else None."""
    row = read_one(_NEW_PEOPLE, {"units": [unit_id]})
    return row.found_at if row else None


def check_there(change_id: int, *, unit_id: int) -> None:
    """Raise `OutOfReach` unless the organisation has that change."""
    if read_one(_THERE, {"id": change_id, "unit_id": unit_id}) is None:
        raise OutOfReach(change_id)
