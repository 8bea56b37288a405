"""Reading who may act for an organisation, who is invited, and who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Select, bindparam, func, or_, select

from portal import clock
from portal.access.actor import Actor
from portal.access.models import Assignment
from portal.access.policy import OutOfReach, visible
from portal.database import read, read_one
from portal.identity.models import Person
from portal.organisations.links import digest
from portal.organisations.models import AccessRequest, Invitation, Organisation, Rescue
from portal.organisations.permissions import REGISTRATION_HANDLE
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
        Invitation.hands_over,
        Invitation.role_until,
        Invitation.reason,
        Organisation.national_id,
        Organisation.regional_id,
    )
    .join(Unit, Unit.id == Invitation.unit_id)
    .join(Organisation, Organisation.unit_id == Invitation.unit_id)
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
    hands_over: bool
    role_until: date | None
    reason: str
    national_id: int | None
    regional_id: int | None

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


def offer(token: str) -> Offer:
    """The invitation a link stands for; raises `OutOfReach` for any other text."""
    row = read_one(_OFFER, {"digest": digest(token)})
    if row is None:
        raise OutOfReach
    return Offer(*tuple(row))


LET_IN_ROLES = ("leader", "editor", "treasurer", "organisation_coordinator", "reader")
"""Roles somebody who asks can get; a signatory is invited, with a mandate."""


@dataclass(frozen=True, slots=True)
class Missing:
    """An organisation that UDI helps to find a leader."""

    id: int
    unit_id: int
    name: str
    number: str | None
    cause: str
    opened_at: datetime
    facts: dict[str, Any] | None
    facts_at: datetime | None
    national_id: int | None
    regional_id: int | None


_MISSING: Any = (
    select(
        Rescue.id,
        Rescue.unit_id,
        Organisation.name,
        Organisation.number,
        Rescue.cause,
        Rescue.opened_at,
        Organisation.facts,
        Organisation.facts_at,
        Rescue.national_id,
        Rescue.regional_id,
    )
    .join(Organisation, Organisation.unit_id == Rescue.unit_id)
    .where(Rescue.closed_at.is_(None))
)
_SUCCESSORS = (
    select(Invitation.id, Invitation.email, Invitation.expires_at)
    .where(
        Invitation.unit_id == bindparam("unit_id"),
        Invitation.hands_over,
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
    )
    .order_by(Invitation.id.desc())
    .limit(10)
)
_MANDATES = select(Invitation.accepted_by, Invitation.mandate_id, Invitation.role_until).where(
    Invitation.unit_id == bindparam("unit_id"),
    Invitation.mandate_id.is_not(None),
    Invitation.accepted_by.is_not(None),
    Invitation.mandate_withdrawn_at.is_(None),
)


def rescue(rescue_id: int, *, actor: Actor) -> Missing:
    """An open task in the actor's reach; raises `OutOfReach`."""
    statement = _MISSING.where(Rescue.id == bindparam("id"), visible(actor, REGISTRATION_HANDLE, Rescue))
    row = read_one(statement, {"id": rescue_id})
    if row is None:
        raise OutOfReach(rescue_id)
    return Missing(*tuple(row))


def rescues(actor: Actor) -> Sequence[Any]:
    """Open tasks in the actor's reach, those that have waited longest first; at most fifty."""
    statement = _MISSING.where(visible(actor, REGISTRATION_HANDLE, Rescue))
    return read(statement.order_by(Rescue.opened_at, Rescue.id).limit(50))


def missing_leaders(actor: Actor) -> Select[Any]:
    """Open tasks in the actor's reach for Min side, those that have waited longest first, to be read."""
    statement: Any = (
        select(Rescue.id, Organisation.name)
        .join(Organisation, Organisation.unit_id == Rescue.unit_id)
        .where(Rescue.closed_at.is_(None), visible(actor, REGISTRATION_HANDLE, Rescue))
        .order_by(Rescue.opened_at, Rescue.id)
        .limit(5)
    )
    return cast(Select[Any], statement)


def successors(unit_id: int) -> Sequence[Any]:
    """Successors named and not answered: (invitation id, e-mail, works until), newest first."""
    return read(_SUCCESSORS, {"unit_id": unit_id})


def mandates(unit_id: int) -> dict[int, tuple[int, date | None]]:
    """Who signs with which mandate (*fullmakt*): person id → (document id, its last day)."""
    return {
        row.accepted_by: (row.mandate_id, row.role_until) for row in read(_MANDATES, {"unit_id": unit_id})
    }


def is_open(rescue_id: int) -> bool:
    """True while the task waits for somebody at UDI."""
    statement = select(Rescue.id).where(Rescue.id == rescue_id, Rescue.closed_at.is_(None))
    return read_one(statement) is not None
