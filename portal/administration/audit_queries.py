"""The audit trail as an auditor may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, select

from portal import clock
from portal.access.actor import NOWHERE, Actor
from portal.access.declared import AUDIT_READ
from portal.access.lists import scoped_page
from portal.administration.people import is_named
from portal.database import read, scalar
from portal.identity.models import Person
from portal.record.events import EVENT_TYPES
from portal.record.models import AuditEntry
from portal.units.models import Unit
from portal.web.kit.paging import PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Filters:
    """What the trail is narrowed to; empty means all. Days are Norwegian and both included."""

    name: str = ""
    person: str = ""
    subject: str = ""
    subject_id: int | None = None
    first: date | None = None
    last: date | None = None


def audit_page(actor: Actor, filters: Filters, after: Sequence[Any] | None) -> Sequence[Row[Any]]:
    """Entries, newest first: a page and one more. The directorate sees those without a place too."""
    statement = _narrow(_LIST, filters)
    if not _whole_country(actor):
        return scoped_page(
            statement, AuditEntry, [AuditEntry.id], actor=actor, permission=AUDIT_READ, after=after
        )
    if after is not None:
        statement = statement.where(AuditEntry.id < after[0])
    return read(statement.order_by(AuditEntry.id.desc()).limit(PAGE_SIZE + 1))


def event_names() -> list[str]:
    """The names of events the running portal knows."""
    return sorted(EVENT_TYPES)


def _whole_country(actor: Actor) -> bool:
    national = actor.reach.get(AUDIT_READ.name, NOWHERE).national
    return bool(national) and scalar(_DIRECTORATE, {"ids": sorted(national)}) is not None


def _narrow(statement: Select[Any], filters: Filters) -> Select[Any]:
    if filters.name:
        statement = statement.where(AuditEntry.name == filters.name)
    if filters.person:
        statement = statement.where(
            AuditEntry.actor_id.in_(select(Person.id).where(is_named(filters.person)))
        )
    if filters.subject:
        statement = statement.where(AuditEntry.subject == filters.subject)
    if filters.subject_id is not None:
        statement = statement.where(AuditEntry.subject_id == filters.subject_id)
    if filters.first is not None:
        statement = statement.where(AuditEntry.at >= clock.end_of_day(filters.first - timedelta(days=1)))
    if filters.last is not None:
        statement = statement.where(AuditEntry.at < clock.end_of_day(filters.last))
    return statement


_LIST: Select[Any] = (
    select(
        AuditEntry.id.label("id"),
        AuditEntry.at.label("at"),
        AuditEntry.name.label("name"),
        AuditEntry.message.label("message"),
        AuditEntry.data.label("data"),
        AuditEntry.subject.label("subject"),
        AuditEntry.subject_id.label("subject_id"),
        AuditEntry.actor_id.label("actor_id"),
        Person.name.label("actor"),
        Unit.name.label("on_behalf_of"),
    )
    .outerjoin(Person, Person.id == AuditEntry.actor_id)
    .outerjoin(Unit, Unit.id == AuditEntry.on_behalf_of)
)
_DIRECTORATE = select(Unit.id).where(
    Unit.kind == "directorate", Unit.id.in_(bindparam("ids", expanding=True))
)
