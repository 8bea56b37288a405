"""Who saved which page of an application last: so that those who write together see each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal import clock
from portal.access.actor import Actor
from portal.database import db, read
from portal.funding.models import GroupSave
from portal.identity.models import Person

WRITING = timedelta(minutes=3)
"""Pages save themselves while one writes: whoever saved this recently is likely still there."""


@dataclass(frozen=True, slots=True)
class LastSave:
    """Who saved a page last, and when."""

    person_id: int
    name: str
    at: datetime

    def writing(self, reader_id: int | None) -> bool:
        """True when somebody else than the reader seems to be writing on the page now."""
        return self.person_id != reader_id and clock.now() - self.at < WRITING


def note_save(case_id: int, group: str, *, actor: Actor) -> None:
    """Remember in the current transaction who saved a page."""
    values = {"person_id": actor.person_id, "saved_at": clock.now()}
    db.session.execute(
        insert(GroupSave)
        .values(case_id=case_id, group_code=group, **values)
        .on_conflict_do_update(index_elements=["case_id", "group_code"], set_=values)
    )


def last_saves(case_id: int) -> dict[str, LastSave]:
    """Page's code → its last save. For a draft already judged in reach."""
    rows = read(
        select(GroupSave.group_code, GroupSave.person_id, Person.name, GroupSave.saved_at)
        .join(Person, Person.id == GroupSave.person_id)
        .where(GroupSave.case_id == case_id)
    )
    return {code: LastSave(person, name, at) for code, person, name, at in map(tuple, rows)}
