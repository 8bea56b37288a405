"""Use cases all cases share: opening one, giving it a number, declaring disqualification."""

from __future__ import annotations

from sqlalchemy import insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from portal import clock
from portal.access.actor import Actor
from portal.casework.events import CaseOpened
from portal.casework.models import Case, CaseDocument, CaseNumber, CaseParticipation
from portal.casework.workflow import WORKFLOWS, Part
from portal.database import db
from portal.record import record


def open_case(*, kind: str, plugin: str | None, title: str, owner_id: int, actor: Actor) -> int:
    """Open a draft of a case in the current transaction and give its id. It stands at its owner alone."""
    first = WORKFLOWS[kind].first
    case_id: int = db.session.execute(
        insert(Case)
        .values(
            kind=kind,
            plugin=plugin,
            title=title,
            state=first.name,
            state_kind=first.kind,
            owner_id=owner_id,
            applicant_id=actor.person_id,
            created_at=clock.now(),
        )
        .returning(Case.id)
    ).scalar_one()
    record(CaseOpened(subject_id=case_id, owner_id=owner_id, kind=kind), actor=actor)
    return case_id


def next_number() -> str:
    """The next case number of this year in Norway (`2026/000123`), without holes.

    The year's row stays locked until the current transaction ends: ask as late in it as possible.
    """
    year = clock.today().year
    last: int = db.session.execute(
        upsert(CaseNumber)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=[CaseNumber.year], set_={"last": CaseNumber.last + 1})
        .returning(CaseNumber.last)
    ).scalar_one()
    return f"{year}/{last:06d}"


def attach(case_id: int, document_id: int, role: str, *, actor: Actor | None) -> None:
    """Tie a stored document to a case in the current transaction; `role` attachment or decision_letter."""
    db.session.execute(
        insert(CaseDocument).values(
            case_id=case_id,
            document_id=document_id,
            role=role,
            added_by=actor.person_id if actor else None,
        )
    )
    # What is new must be journalled too (arkivforskriften § 14).
    db.session.execute(update(Case).where(Case.id == case_id, Case.journalled).values(journalled=False))


def take_part(case_id: int, part: Part, *, actor: Actor) -> None:
    """Remember in the current transaction that the actor prepared or decided a case."""
    db.session.execute(
        upsert(CaseParticipation)
        .values(case_id=case_id, person_id=actor.person_id, part=part)
        .on_conflict_do_nothing()
    )
