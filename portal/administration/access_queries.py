"""Who has which role where, within what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.access.actor import Actor
from portal.access.declared import ASSIGNMENT_MANAGE, ASSIGNMENT_READ
from portal.access.lists import scoped_page
from portal.access.models import Assignment
from portal.access.permissions import Permission
from portal.access.policy import OutOfReach, visible
from portal.access.roles import AUTHORITY, ROLES, Role
from portal.administration.people import is_named
from portal.database import read, read_one
from portal.identity.models import Person
from portal.units.models import Unit

EXPORT_LIMIT = 10_000
Granter = aliased(Person)
Ender = aliased(Person)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty means all. `ended` shows what has been, too."""

    unit_id: int | None = None
    role: str = ""
    person: str = ""
    ended: bool = False


def assignment_page(actor: Actor, filters: Filters, after: Sequence[Any] | None) -> Sequence[Row[Any]]:
    """Assignments, newest first: a page and one more."""
    statement = _narrow(_LIST, filters)
    return scoped_page(statement, Unit, [Assignment.id], actor=actor, permission=ASSIGNMENT_READ, after=after)


def exported(actor: Actor, filters: Filters) -> Sequence[Row[Any]]:
    """As the list, whole, for a file: at most `EXPORT_LIMIT` rows and one more."""
    statement = _narrow(_LIST.add_columns(*_FOR_FILE), filters).outerjoin(
        Granter, Granter.id == Assignment.granted_by
    )
    statement = statement.where(visible(actor, ASSIGNMENT_READ, Unit))
    return read(statement.order_by(Assignment.id.desc()).limit(EXPORT_LIMIT + 1))


def chosen(assignment_ids: Sequence[int], actor: Actor) -> Sequence[Row[Any]]:
    """These assignments, those of them the actor may see; newest first."""
    statement = _LIST.where(Assignment.id.in_(assignment_ids), visible(actor, ASSIGNMENT_READ, Unit))
    return read(statement.order_by(Assignment.id.desc()))


def get_assignment(assignment_id: int, actor: Actor) -> Row[Any]:
    """One assignment with the names around it. Raises `OutOfReach`."""
    row = read_one(_ONE.where(Assignment.id == assignment_id, visible(actor, ASSIGNMENT_READ, Unit)))
    if row is None:
        raise OutOfReach
    return row


def units_within(actor: Actor, permission: Permission = ASSIGNMENT_MANAGE) -> Sequence[Row[Any]]:
    """Units of the authority tree where the actor holds `permission`, top first, in Norwegian order."""
    return read(
        _UNITS.where(
            visible(actor, permission, Unit), or_(Unit.valid_to.is_(None), Unit.valid_to > clock.today())
        )
    )


def authority_roles() -> list[Role]:
    """The roles of the authority tree, by their Norwegian title."""
    return sorted((r for r in ROLES.values() if r.tree == AUTHORITY), key=lambda role: str(role.title))


def _narrow(statement: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    if filters.unit_id is not None:
        statement = statement.where(Assignment.unit_id == filters.unit_id)
    if filters.role:
        statement = statement.where(Assignment.role == filters.role)
    if filters.person:
        statement = statement.where(is_named(filters.person))
    if not filters.ended:
        open_still = or_(Assignment.valid_to.is_(None), Assignment.valid_to > clock.now())
        statement = statement.where(Assignment.ended_at.is_(None), open_still)
    return statement


_LIST = (
    select(
        Assignment.id.label("id"),
        Person.name.label("person"),
        Assignment.role.label("role"),
        Unit.id.label("unit_id"),
        Unit.name.label("unit"),
        Assignment.valid_from.label("valid_from"),
        Assignment.valid_to.label("valid_to"),
        Assignment.ended_at.label("ended_at"),
    )
    .join(Unit, Unit.id == Assignment.unit_id)
    .join(Person, Person.id == Assignment.person_id)
)
_FOR_FILE = (Person.email, Assignment.granted_at, Granter.name.label("granted_by"), Assignment.reason)
_ONE = (
    select(
        Assignment.id,
        Assignment.person_id,
        Person.name.label("person"),
        Person.email.label("email"),
        Assignment.role,
        Unit.id.label("unit_id"),
        Unit.name.label("unit"),
        Unit.national_id,
        Unit.regional_id,
        Unit.local_id,
        Assignment.valid_from,
        Assignment.valid_to,
        Assignment.granted_at,
        Granter.name.label("granted_by"),
        Assignment.reason,
        Assignment.contract_id,
        Assignment.ended_at,
        Ender.name.label("ended_by"),
        Assignment.end_reason,
    )
    .join(Unit, Unit.id == Assignment.unit_id)
    .join(Person, Person.id == Assignment.person_id)
    .outerjoin(Granter, Granter.id == Assignment.granted_by)
    .outerjoin(Ender, Ender.id == Assignment.ended_by)
)
_UNITS = (
    select(Unit.id, Unit.name, Unit.level, Unit.kind, Unit.national_id, Unit.regional_id, Unit.local_id)
    .where(Unit.tree == AUTHORITY)
    .order_by(Unit.level.desc(), Unit.sort_key, Unit.id)
)
