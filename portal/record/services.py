"""Recording: one audit row and, where somebody listens, one dispatch job, in the caller's transaction."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import insert, select

from portal.database import db, in_transaction, read_one
from portal.jobs import job, once
from portal.record.events import Event, RecordedEvent, handlers_of
from portal.record.models import AuditEntry


class Recorded(Protocol):
    """Who did it, and for which unit they acted."""

    @property
    def person_id(self) -> int | None: ...

    @property
    def acting_for(self) -> int | None: ...


def record(event: Event, *, actor: Recorded | None) -> int:
    """Write `event` to the audit trail and give the entry's id; `actor` None means the portal itself.

    Raises `RuntimeError` outside a transaction: an entry must commit with the change it tells of.
    """
    if not in_transaction():
        raise RuntimeError(f"event {event.name} recorded outside a transaction")
    entry_id: int = db.session.execute(
        insert(AuditEntry)
        .values(
            name=event.name,
            message=event.message,
            actor_id=actor.person_id if actor else None,
            on_behalf_of=actor.acting_for if actor else None,
            subject=event.subject,
            subject_id=event.subject_id,
            national_id=event.national_id,
            regional_id=event.regional_id,
            local_id=event.local_id,
            owner_id=event.owner_id,
            data=event.data(),
        )
        .returning(AuditEntry.id)
    ).scalar_one()
    if handlers_of(event.name):
        dispatch.defer(entry_id=entry_id)
    return entry_id


@job("record.dispatch")
def dispatch(entry_id: int) -> None:
    """Defer one job for each handler of the entry's event."""
    with once():
        row = read_one(select(AuditEntry.name).where(AuditEntry.id == entry_id))
        if row is None:
            return
        for handler_name, (queue, _handler) in handlers_of(row.name).items():
            handle.on(queue).defer(entry_id=entry_id, event_name=row.name, handler_name=handler_name)


@job("record.handle")
def handle(entry_id: int, event_name: str, handler_name: str) -> None:
    """Run one handler for one entry. The handler opens `jobs.once()` for its database effect."""
    found = handlers_of(event_name).get(handler_name)
    if found is not None:
        found[1](entry_id)


def recorded(entry_id: int) -> RecordedEvent | None:
    """An entry of the audit trail, for a handler; None when there is no such entry."""
    row = read_one(
        select(AuditEntry.name, AuditEntry.subject_id, AuditEntry.actor_id, AuditEntry.data).where(
            AuditEntry.id == entry_id
        )
    )
    return None if row is None else RecordedEvent(entry_id, *tuple(row))
