"""The archive (*UDIsak*): a case's reference there, what is not yet journalled (arkivforskriften § 14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import aliased

from portal import clock
from portal.access.actor import Actor
from portal.access.lists import scoped_page
from portal.access.policy import require
from portal.casework.entries import tell
from portal.casework.events import CaseJournalled, CaseReferenced
from portal.casework.models import Case
from portal.casework.permissions import CASE_JOURNAL
from portal.casework.rules import REFERENCE_NEEDED, Refused
from portal.casework.staff import StaffCase, get_case
from portal.casework.subject import where_of
from portal.database import db, transaction
from portal.record import record
from portal.units.models import Unit
from portal.web.kit.paging import Page, decode_key, page_of

LONGEST = 60
_Owner = aliased(Unit)
_WAITING: Any = (
    select(
        Case.submitted_at, Case.id, Case.number, Case.kind, _Owner.name.label("owner"), Case.udisak_reference
    )
    .select_from(Case)
    .join(_Owner, _Owner.id == Case.owner_id)
    .where(Case.submitted_at.is_not(None), Case.journalled.is_(False))
)


def to_journal(*, actor: Actor, after: str | None = None) -> Page[Row[Any]]:
    """A page of the sent cases that are not journalled, or got a document since, newest first."""
    rows: Any = scoped_page(
        _WAITING,
        Case,
        (Case.submitted_at, Case.id),
        actor=actor,
        permission=CASE_JOURNAL,
        after=decode_key(after, (datetime.fromisoformat, int)),
    )
    return page_of(rows, lambda row: (row.submitted_at, row.id))


def set_reference(case_id: int, reference: str, *, actor: Actor) -> None:
    """Write down a case's reference in UDIsak; both sides see it. `OutOfReach`, `Denied`, `Refused`."""
    with transaction(actor=actor):
        case = _journals(case_id, actor)
        _refer(case, _written(reference), actor)


def journal(case_id: int, reference: str, *, actor: Actor) -> None:
    """Mark a case as journalled under its reference, until a document is added. Raises as `set_reference`."""
    with transaction(actor=actor):
        case = _journals(case_id, actor)
        written = _written(reference or case.udisak_reference or "")
        _refer(case, written, actor)
        db.session.execute(
            update(Case)
            .where(Case.id == case_id)
            .values(journalled=True, journalled_at=clock.now(), journalled_by=actor.person_id)
        )
        tell(case, "journalled", actor=actor)
        record(CaseJournalled(number=case.number, reference=written, **where_of(case)), actor=actor)


def _journals(case_id: int, actor: Actor) -> StaffCase:
    case = get_case(case_id, actor=actor)
    require(actor, CASE_JOURNAL, case)
    return case


def _written(reference: str) -> str:
    written = " ".join(reference.split())
    if not written or len(written) > LONGEST:
        raise Refused(REFERENCE_NEEDED)
    return written


def _refer(case: StaffCase, written: str, actor: Actor) -> None:
    if written == case.udisak_reference:
        return
    db.session.execute(update(Case).where(Case.id == case.id).values(udisak_reference=written))
    tell(case, "reference", actor=actor, reason=written)
    record(CaseReferenced(number=case.number, reference=written, **where_of(case)), actor=actor)
