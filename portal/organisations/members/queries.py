"""Reading who may act for an organisation, who is invited, and who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from portal import clock
from portal.access.models import Assignment
from portal.access.policy import OutOfReach
from portal.database import read, read_one
from portal.identity.models import Person
from portal.organisations.models import AccessRequest, Invitation
from portal.units.models import Unit

_VALID = (
    Assignment.unit_id == bindparam("unit_id"),
    Assignment.ended_at.is_(None),
    or_(Assignment.valid_to.is_(None), Assignment.valid_to > func.now()),
)
_MEMBERS = (
    select(Assignment.id, Assignment.person_id, Person.name, Assignment.role, Assignment.valid_from)
    .join(Person, Person.id == Assignment.person_id)
    .where(*_VALID)
    .order_by(Assignment.valid_from, Assignment.id)
)
_LEADERS = select(Assignment.person_id).where(*_VALID, Assignment.role == "leader")
_OPEN = (
    select(Invitation.id, Invitation.email, Invitation.role, Invitation.created_at, Invitation.expires_at)
    .where(
        Invitation.unit_id == bindparam("unit_id"),
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    .order_by(Invitation.id.desc())
    .limit(50)
)
_REQUESTS = (
    select(AccessRequest.id, Person.name, AccessRequest.message, AccessRequest.created_at)
    .join(Person, Person.id == AccessRequest.person_id)
    .where(AccessRequest.unit_id == bindparam("unit_id"), AccessRequest.state == "open")
    .order_by(AccessRequest.id)
    .limit(50)
)
_BY_NUMBER = (
    select(AccessRequest.id, Person.name, AccessRequest.message, AccessRequest.created_at)
    .join(Person, Person.id == AccessRequest.person_id)
    .where(AccessRequest.number == bindparam("number"), AccessRequest.state == "open")
    .order_by(AccessRequest.id)
    .limit(10)
)
_OFFER = (
    select(
        Invitation.id,
        Invitation.unit_id,
        Unit.name,
        Invitation.role,
        Invitation.invited_by,
        Person.name.label("inviter"),
        Invitation.expires_at,
        Invitation.accepted_at,
        Invitation.accepted_by,
        Invitation.withdrawn_at,
    )
    .join(Unit, Unit.id == Invitation.unit_id)
    .join(Person, Person.id == Invitation.invited_by)
    .where(Invitation.token_digest == bindparam("digest"))
)


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation as whoever has its link reads it."""

    id: int
    unit_id: int
    organisation: str
    role: str
    invited_by: int
    inviter: str
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: int | None
    withdrawn_at: datetime | None

    @property
    def spent(self) -> str | None:
        """Why it can no longer be accepted: used, withdrawn, expired; None while it can."""
        if self.accepted_at is not None:
            return "used"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "expired" if self.expires_at <= clock.now() else None


def members(unit_id: int) -> Sequence[Any]:
    """Valid roles at an organisation judged in reach: (assignment id, person id, name, role, since)."""
    return read(_MEMBERS, {"unit_id": unit_id})


def leaders(unit_id: int) -> list[int]:
    """The person ids of an organisation's leaders; empty when the last one is gone."""
    return [row.person_id for row in read(_LEADERS, {"unit_id": unit_id})]


def invitations(unit_id: int) -> Sequence[Any]:
    """Invitations neither accepted nor withdrawn, newest first."""
    return read(_OPEN, {"unit_id": unit_id})


def requests(unit_id: int) -> Sequence[Any]:
    """Open requests to act for the organisation, oldest first."""
    return read(_REQUESTS, {"unit_id": unit_id})


def requests_for_number(number: str | None) -> Sequence[Any]:
    """Open requests for a number, for whoever handles its registration."""
    return read(_BY_NUMBER, {"number": number}) if number else []


def digest(token: str) -> bytes:
    """What is stored of an invitation's link."""
    return sha256(token.encode()).digest()


def offer(token: str) -> Offer:
    """The invitation a link stands for; raises `OutOfReach` for any other text."""
    row = read_one(_OFFER, {"digest": digest(token)})
    if row is None:
        raise OutOfReach
    return Offer(*tuple(row))
