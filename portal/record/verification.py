"""Having the whole chain checked by a worker, and remembering what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import current_app
from sqlalchemy import func, insert, select, update

from portal.database import read_one, transaction
from portal.database.transactions import Authorised
from portal.jobs import job, once
from portal.record import sealing
from portal.record.events import ChainChecked
from portal.record.models import AuditVerification
from portal.record.services import Recorded, record


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the chain. `finished_at` None: still at work. `fault` None when finished: all is sound."""

    id: int
    asked_at: datetime
    finished_at: datetime | None
    sealed: int | None
    unsealed: int | None
    first_bad_entry: int | None
    fault: str | None


class Asking(Recorded, Authorised, Protocol):
    """Who asks, with the generation of their rights."""


def ask_for_check(*, actor: Asking) -> int:
    """Have the chain checked; gives the check's id. One that is waiting already serves for all who ask."""
    with transaction(actor=actor) as session:
        session.execute(select(func.pg_advisory_xact_lock(sealing.SEAL_LOCK + 1)))
        waiting = session.execute(
            select(AuditVerification.id).where(AuditVerification.finished_at.is_(None)).limit(1)
        ).scalar_one_or_none()
        if waiting is not None:
            return waiting
        made: int = session.execute(
            insert(AuditVerification).values(asked_by=actor.person_id).returning(AuditVerification.id)
        ).scalar_one()
        check_chain.defer(check_id=made)
        return made


def last_check() -> Check | None:
    """The newest check, finished or not."""
    row = read_one(_LAST)
    return None if row is None else Check(*list(row))


@job("record.check_chain")
def check_chain(check_id: int) -> None:
    """Recompute the chain and store the outcome."""
    key: str = current_app.extensions["settings"].audit_key
    verdict = sealing.verify(key.encode())
    with once() as session:
        asked_by = session.execute(
            update(AuditVerification)
            .where(AuditVerification.id == check_id, AuditVerification.finished_at.is_(None))
            .values(
                finished_at=func.clock_timestamp(),
                sealed=verdict.sealed,
                unsealed=verdict.unsealed,
                first_bad_entry=verdict.first_bad_entry,
                fault=verdict.fault,
                head=str(verdict.head),
            )
            .returning(AuditVerification.asked_by)
        ).scalar_one_or_none()
        event = ChainChecked(
            subject_id=check_id,
            sealed=verdict.sealed,
            first_bad_entry=verdict.first_bad_entry,
            fault=verdict.fault,
        )
        record(event, actor=_Asker(asked_by) if asked_by else None)


@dataclass(frozen=True)
class _Asker:
    """Who asked, as the trail records it."""

    person_id: int | None
    acting_for: int | None = None


_LAST = (
    select(
        AuditVerification.id,
        AuditVerification.asked_at,
        AuditVerification.finished_at,
        AuditVerification.sealed,
        AuditVerification.unsealed,
        AuditVerification.first_bad_entry,
        AuditVerification.fault,
    )
    .order_by(AuditVerification.id.desc())
    .limit(1)
)
