"""Reading cases, always through the actor's reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from portal.access.actor import Actor
from portal.access.policy import OutOfReach, visible
from portal.casework.models import Case, CaseDocument, CaseHistory, CaseParticipation, Decision
from portal.casework.permissions import OWN_CASE_READ
from portal.casework.workflow import WORKFLOWS
from portal.database import read, read_one
from portal.identity.models import Person
from portal.web.kit.i18n import LazyString

_PARTS = select(CaseParticipation.part)
_DETAIL = (
    select(
        Case.id,
        Case.number,
        Case.title,
        Case.kind,
        Case.state,
        Case.plugin,
        Case.submitted_at,
        Case.decided_at,
        Decision.outcome,
        Decision.reasons,
        Decision.appeal_to,
        Decision.appeal_until,
    )
    .select_from(Case)
    .outerjoin(Decision, Decision.case_id == Case.id)
)


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case as its party reads it, also where the plugin it came from is off."""

    id: int
    number: str | None
    title: str
    kind: str
    state: str
    plugin: str | None
    submitted_at: datetime | None
    decided_at: datetime | None
    outcome: str | None
    reasons: str | None
    appeal_to: str | None
    appeal_until: date | None


def parts_of(case_id: int, person_id: int | None) -> frozenset[str]:
    """What a person has done in a case, as names of parts."""
    rows = read(_PARTS.where(CaseParticipation.case_id == case_id, CaseParticipation.person_id == person_id))
    return frozenset(row.part for row in rows)


def get_own(case_id: int, *, actor: Actor) -> OwnCase:
    """One of the actor's own cases; raises `OutOfReach`."""
    row = read_one(_DETAIL.where(Case.id == case_id, visible(actor, OWN_CASE_READ, Case)))
    if row is None:
        raise OutOfReach(case_id)
    return OwnCase(*tuple(row))


def documents_of(case_id: int) -> Sequence[tuple[int, str]]:
    """(document id, role) of a case's documents, oldest first. For a case already judged in reach."""
    statement = (
        select(CaseDocument.document_id, CaseDocument.role)
        .where(CaseDocument.case_id == case_id)
        .order_by(CaseDocument.id)
    )
    return [(row.document_id, row.role) for row in read(statement)]


def timeline(case_id: int, kind: str, *, staff: bool) -> list[tuple[datetime, LazyString | str, str | None]]:
    """What has happened in a case, newest first: when, what, by whom. For a case already judged in reach.

    The applicant is told what UDI did, not which person did it or why they passed it among themselves.
    """
    statement = (
        select(CaseHistory.at, CaseHistory.transition, CaseHistory.reason, CaseHistory.by_party, Person.name)
        .select_from(CaseHistory)
        .outerjoin(Person, Person.id == CaseHistory.person_id)
        .where(CaseHistory.case_id == case_id)
        .order_by(CaseHistory.id.desc())
    )
    workflow = WORKFLOWS.get(kind)
    told = {} if workflow is None else {step.name: step.told for step in workflow.transitions}
    entries: list[tuple[datetime, LazyString | str, str | None]] = []
    for row in read(statement):
        at, transition, reason, by_party, name = tuple(row)
        text = told.get(transition, transition)
        if staff and reason:
            text = f"{text} {reason}"
        entries.append((at, text, name if staff or by_party else "UDI"))
    return entries


def unjournalled_count() -> int:
    """How many sent cases still wait to be journalled in UDIsak."""
    statement = select(func.count()).where(Case.submitted_at.is_not(None), Case.journalled.is_(False))
    row = read_one(statement)
    return int(row[0]) if row else 0
