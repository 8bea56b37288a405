"""Reading cases, always through the actor's reach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.access.actor import Actor
from portal.access.policy import OutOfReach, visible
from portal.casework.deadlines import Due
from portal.casework.decisions import ON_THE_CASE
from portal.casework.entries import ENTRIES
from portal.casework.models import Case, CaseDeadline, CaseDocument, CaseHistory, Decision
from portal.casework.permissions import OWN_CASE_READ
from portal.casework.workflow import WORKFLOWS
from portal.database import read, read_one
from portal.identity.models import Person
from portal.web.kit.i18n import LazyString

_DEADLINES = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(CaseDeadline.code, CaseDeadline.due_on, CaseDeadline.for_party),
                CaseDeadline.due_on,
            )
        )
    )
    .where(CaseDeadline.case_id == Case.id, CaseDeadline.met_at.is_(None), CaseDeadline.for_party)
    .correlate(Case)
    .scalar_subquery()
)
_DETAIL = (
    select(
        Case.id,
        Case.number,
        Case.title,
        Case.kind,
        Case.state,
        Case.plugin,
        Case.owner_id,
        Case.submitted_at,
        Case.decided_at,
        Decision.outcome,
        Case.udisak_reference,
        _DEADLINES.label("deadlines"),
    )
    .select_from(Case)
    .outerjoin(Decision, ON_THE_CASE)
)


_Telling = tuple[LazyString | str | None, bool, Callable[[str], str] | None]
"""The text (None: not told), whether the party reads why, and what writes the why."""


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case as its party reads it, also where the plugin it came from is off."""

    id: int
    number: str | None
    title: str
    kind: str
    state: str
    plugin: str | None
    owner_id: int
    submitted_at: datetime | None
    decided_at: datetime | None
    outcome: str | None
    udisak_reference: str | None
    deadlines: tuple[Due, ...]


def get_own(case_id: int, *, actor: Actor) -> OwnCase:
    """One of the actor's own cases; raises `OutOfReach`."""
    row = read_one(_DETAIL.where(Case.id == case_id, visible(actor, OWN_CASE_READ, Case)))
    if row is None:
        raise OutOfReach(case_id)
    values: dict[str, Any] = dict(row._mapping)
    due = tuple(Due(code, date.fromisoformat(day), theirs) for code, day, theirs in values["deadlines"] or ())
    return OwnCase(**values | {"deadlines": due})


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
    told = _told(kind, staff)
    entries: list[tuple[datetime, LazyString | str, str | None]] = []
    for row in read(statement):
        at, name, reason, by_party, person = tuple(row)
        text, detail, words = told.get(name, (name, staff, None))
        if text is None:
            continue
        if reason and (staff or detail):
            text = f"{text} {words(reason) if words else reason}"
        entries.append((at, text, person if staff or by_party else "UDI"))
    return entries


def _told(kind: str, staff: bool) -> dict[str, _Telling]:
    """Name of a step or an entry → how this side is told of it."""
    told: dict[str, _Telling] = {
        name: (entry.staff if staff else entry.party, entry.detail, entry.words)
        for name, entry in ENTRIES.items()
    }
    workflow = WORKFLOWS.get(kind)
    told |= {step.name: (step.told, False, None) for step in workflow.transitions} if workflow else {}
    return told


def unjournalled_count() -> int:
    """How many sent cases still wait to be journalled in UDIsak."""
    statement = select(func.count()).where(Case.submitted_at.is_not(None), Case.journalled.is_(False))
    row = read_one(statement)
    return int(row[0]) if row else 0
