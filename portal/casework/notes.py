"""Internal notes (*interne notater*, offentleglova § 14): staff's alone, never the party's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from portal import clock
from portal.access.actor import Actor, scope_of
from portal.access.policy import Denied
from portal.casework.entries import tell
from portal.casework.events import NoteWritten
from portal.casework.impartiality import belongs, handles
from portal.casework.models import CaseNote
from portal.casework.permissions import CASE_READ
from portal.casework.staff import StaffCase, get_open_case
from portal.database import read, transaction
from portal.identity.models import Person
from portal.record import record


def staff_case(case_id: int, *, actor: Actor) -> StaffCase:
    """A case whose notes the actor may read: open to them, and not as its party. Raises `OutOfReach`."""
    case = get_open_case(case_id, actor=actor)
    if belongs(case, actor):
        raise Denied(CASE_READ)
    return case


def notes_of(case_id: int) -> Sequence[tuple[str, str, datetime]]:
    """(text, author, when) of a case's notes, newest first. For a case from `staff_case`."""
    statement: Any = (
        select(CaseNote.text, Person.name, CaseNote.written_at)
        .join(Person, Person.id == CaseNote.author_id)
        .where(CaseNote.case_id == case_id)
        .order_by(CaseNote.id.desc())
    )
    return [(text, name, at) for text, name, at in map(tuple, read(statement))]


def write_note(case_id: int, text: str, *, actor: Actor) -> None:
    """Write a note. Raises as `staff_case`, and `Denied` for those who only read."""
    with transaction(actor=actor) as session:
        case = staff_case(case_id, actor=actor)
        if not handles(case, actor):
            raise Denied(CASE_READ)
        session.execute(
            insert(CaseNote).values(
                case_id=case_id, text=text.strip(), author_id=actor.person_id, written_at=clock.now()
            )
        )
        tell(case, "noted", actor=actor)
        event = NoteWritten(
            subject_id=case.id,
            **scope_of(case),
            number=case.number,
        )
        record(event, actor=actor)
