"""The audit trail as an auditor may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, literal, select, union_all

from portal import clock
from portal.access.actor import NOWHERE, Actor
from portal.access.declared import AUDIT_READ
from portal.access.lists import scoped_page
from portal.access.policy import OutOfReach, visible
from portal.administration.people import is_named
from portal.database import read, read_one, scalar
from portal.identity.models import Person
from portal.record.events import EVENT_TYPES
from portal.record.models import AuditEntry, AuditSeal
from portal.units.models import Unit
from portal.web.kit.paging import PAGE_SIZE

NAMED = {"leader_id": "person", "person_id": "person", "unit_id": "unit", "region_id": "unit"}
"""Fields of entries that hold an id whose name a reader needs."""


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


def get_entry(entry_id: int, actor: Actor) -> Row[Any]:
    """One entry with its seal. Raises `OutOfReach`."""
    statement = _LIST.add_columns(AuditSeal.position.label("position"), AuditSeal.digest.label("digest"))
    statement = statement.outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
    if not _whole_country(actor):
        statement = statement.where(visible(actor, AUDIT_READ, AuditEntry))
    row = read_one(statement.where(AuditEntry.id == entry_id))
    if row is None:
        raise OutOfReach
    return row


def names_in(rows: Sequence[Row[Any]]) -> dict[tuple[str, int], str]:
    """Names of the persons and units that entries speak of: ("person" or "unit", id) → name."""
    wanted: dict[str, set[int]] = {"person": set(), "unit": set()}
    for row in rows:
        for key, value in row.data.items():
            if key in NAMED and isinstance(value, int):
                wanted[NAMED[key]].add(value)
    found = read(_NAMES, {kind: sorted(ids) for kind, ids in wanted.items()})
    return {(row.kind, row.id): row.name for row in found}


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
_NAMES = union_all(
    select(literal("person").label("kind"), Person.id.label("id"), Person.name.label("name")).where(
        Person.id.in_(bindparam("person", expanding=True))
    ),
    select(literal("unit"), Unit.id, Unit.name).where(Unit.id.in_(bindparam("unit", expanding=True))),
)
