"""Reading what has changed in the register: an organisation's own, and what waits for staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from portal.access.actor import Actor
from portal.access.policy import OutOfReach, visible
from portal.database import read, read_one
from portal.identity.models import Person
from portal.organisations.following.models import RegisterChange
from portal.organisations.models import Organisation
from portal.organisations.permissions import REGISTRATION_HANDLE

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
_THERE = select(_C.id).where(_C.id == bindparam("id"), _C.unit_id == bindparam("unit_id"))


def of(unit_id: int) -> Sequence[Row[Any]]:
    """The newest changes of an organisation already judged in reach, newest first; at most twenty."""
    return read(_OF_ONE, {"unit_id": unit_id})


def waiting(actor: Actor) -> Sequence[Row[Any]]:
    """At most five changes in reach that nobody has looked at, oldest first."""
    return read(_WAITING.where(visible(actor, REGISTRATION_HANDLE, _C)))


def check_there(change_id: int, *, unit_id: int) -> None:
    """Raise `OutOfReach` unless the organisation has that change."""
    if read_one(_THERE, {"id": change_id, "unit_id": unit_id}) is None:
        raise OutOfReach(change_id)
