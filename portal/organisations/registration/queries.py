"""Reading registrations: the person's own, and staff's through their reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, func, or_, select

from portal.access.actor import Actor
from portal.access.lists import scoped_page
from portal.access.policy import OutOfReach, visible
from portal.database import read, read_one, scalar
from portal.identity.models import Person
from portal.organisations.models import Organisation, Registration
from portal.organisations.permissions import REGISTRATION_HANDLE
from portal.units.models import Municipality, Operator, OperatorContract, Unit
from portal.web.kit.overview import bound
from portal.web.kit.paging import Page, decode_key, page_of

OPEN = ("draft", "submitted", "returned")
SENT = ("submitted", "returned")


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration with its places, as services and pages read it; `plugin` is always None: core."""

    id: int
    path: str
    number: str | None
    person_id: int
    person_name: str
    state: str
    data: dict[str, Any]
    name: str
    level: str | None
    lookup: str
    lookup_failed_at: datetime | None
    facts: dict[str, Any] | None
    facts_at: datetime | None
    receipt: str | None
    submitted_at: datetime | None
    due_on: date | None
    asked_at: datetime | None
    asked_fields: list[str]
    asked_text: str
    decided_at: datetime | None
    decision_reason: str
    matched_role: str
    mandate_id: int | None
    checked: str
    provisional_at: datetime | None
    unit_id: int | None
    created_at: datetime
    version: int
    national_id: int | None
    regional_id: int | None
    local_id: int | None
    owner_id: int | None
    handler: str | None
    municipality: str | None
    runs_sites: bool
    plugin: str | None = None


_R = Registration


def _runs_sites(number: Any) -> tuple[Any, ...]:
    """Conditions: an operator with this number has a contract that runs, or will."""
    return (
        Operator.organisation_number == number,
        OperatorContract.operator_id == Operator.id,
        or_(OperatorContract.valid_to.is_(None), OperatorContract.valid_to >= func.current_date()),
    )


_TOWN = (
    select(Municipality.name).where(Municipality.number == _R.data["municipality"].astext).scalar_subquery()
)
_ONE: Any = (
    select(
        _R.id, _R.path, _R.number, _R.person_id, Person.name.label("person_name"), _R.state, _R.data, _R.name,
        _R.level, _R.lookup, _R.lookup_failed_at, _R.facts, _R.facts_at, _R.receipt, _R.submitted_at,
        _R.due_on,
        _R.asked_at, _R.asked_fields, _R.asked_text, _R.decided_at, _R.decision_reason,
        _R.matched_role, _R.mandate_id, _R.checked, _R.provisional_at, _R.unit_id,
        _R.created_at, _R.version, _R.national_id, _R.regional_id, _R.local_id, _R.owner_id,
        select(Unit.name).where(Unit.id == _R.regional_id).scalar_subquery().label("region"),
        select(Unit.name).where(Unit.id == _R.national_id).scalar_subquery().label("team"),
        _TOWN.label("municipality"),
        exists().where(*_runs_sites(_R.number)).label("runs_sites"),
    )
    .join(Person, Person.id == _R.person_id)
)  # fmt: skip
_OWN = _ONE.where(_R.id == bindparam("id"), _R.person_id == bindparam("person_id"))
_MINE = (
    select(_R.id, _R.name, _R.number, _R.path, _R.state, _R.submitted_at, _R.due_on, _R.created_at)
    .where(_R.person_id == bindparam("person_id"), _R.state.in_(OPEN))
    .order_by(_R.id.desc())
    .limit(10)
)
_QUEUE: Any = select(
    _R.submitted_at, _R.id, _R.receipt, _R.name, _R.level, _R.state, _R.lookup, _R.due_on
).where(_R.submitted_at.is_not(None))
_TAKEN = select(Organisation.unit_id, Organisation.name).where(Organisation.number == bindparam("number"))
_SENT = select(_R.id, _R.person_id).where(_R.number == bindparam("number"), _R.state.in_(SENT))
_TOWNS = select(Municipality.number, Municipality.name).order_by(Municipality.sort_key, Municipality.number)


def own(registration_id: int, *, actor: Actor) -> Registered:
    """The actor's own registration; raises `OutOfReach`."""
    return _registered(read_one(_OWN, {"id": registration_id, "person_id": actor.person_id}), registration_id)


def for_staff(registration_id: int, *, actor: Actor) -> Registered:
    """A sent registration in the actor's reach; raises `OutOfReach`."""
    statement = _ONE.where(
        _R.id == bindparam("id"), _R.submitted_at.is_not(None), visible(actor, REGISTRATION_HANDLE, _R)
    )
    return _registered(read_one(statement, {"id": registration_id}), registration_id)


def mine(actor: Actor) -> Sequence[Any]:
    """The actor's registrations that are not decided, newest first."""
    return read(to_read_of_mine(actor))


def to_read_of_mine(actor: Actor) -> Select[Any]:
    """The same, to be read with what else stands on Min side."""
    return bound(_MINE, person_id=actor.person_id)


def queue(actor: Actor, after: str | None, *, state: str | None) -> Page[Row[Any]]:
    """A page of the registrations in the actor's reach, newest first, of one state or of all."""
    key = decode_key(after, (datetime.fromisoformat, int))
    statement = _QUEUE.where(_R.state == state) if state else _QUEUE
    rows = scoped_page(
        statement, _R, (_R.submitted_at, _R.id), actor=actor, permission=REGISTRATION_HANDLE, after=key
    )
    return page_of(rows, lambda row: (row.submitted_at, row.id))


def unit_with(number: str) -> int | None:
    """The unit of the organisation with that number, when there is one."""
    found = organisation_with(number)
    return found[0] if found else None


def organisation_with(number: str) -> tuple[int, str] | None:
    """(unit id, name) of the organisation that has this number already, or None."""
    row = read_one(_TAKEN, {"number": number})
    return (row.unit_id, row.name) if row else None


def sent_by_other(number: str, *, actor: Actor) -> bool:
    """True when somebody else has sent in a registration of this number that is not decided."""
    row = read_one(_SENT, {"number": number})
    return row is not None and row.person_id != actor.person_id


def municipalities() -> list[tuple[str, str]]:
    """(number, name) in Norwegian order; names that two municipalities share carry their number."""
    rows = read(_TOWNS)
    towns = [(str(number), str(name)) for number, name in map(tuple, rows)]
    names = [name for _number, name in towns]
    doubled = {name for name in names if names.count(name) > 1}
    return [(number, f"{name} ({number})" if name in doubled else name) for number, name in towns]


def runs_sites(number: str | None) -> bool:
    """True when the number belongs to an operator whose contract for a site runs, or will."""
    statement = select(Operator.id).where(*_runs_sites(number)).limit(1)
    return number is not None and scalar(statement) is not None


def _registered(row: Row[Any] | None, registration_id: int) -> Registered:
    if row is None:
        raise OutOfReach(registration_id)
    values = dict(row._mapping)
    team, region = values.pop("team"), values.pop("region")
    return Registered(**values, handler=region or team)


def oldest(actor: Actor) -> Select[Any]:
    """At most five registrations in reach that wait for a decision, those due first on top, to be read."""
    statement: Select[Any] = (
        _QUEUE.where(_R.state == "submitted", visible(actor, REGISTRATION_HANDLE, _R))
        .order_by(_R.submitted_at, _R.id)
        .limit(5)
    )
    return statement
