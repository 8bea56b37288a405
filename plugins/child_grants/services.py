"""What a reception centre says about an application: answered by itself, or recorded by a caseworker."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import update

from plugins.child_grants import queries
from plugins.child_grants.asking import ask
from plugins.child_grants.events import SiteContactAnswered, SiteContactRecorded
from plugins.child_grants.models import SiteContact
from plugins.child_grants.permissions import SITE_CONTACT_ANSWER, SITE_CONTACT_RECORD
from plugins.child_grants.queries import Contact
from plugins.child_grants.scheme import SCHEME
from portal.pluginkit.access import Actor, OutOfReach, require
from portal.pluginkit.funding import get_application, sent_application
from portal.pluginkit.storage import record, transaction


class AnswerStands(Exception):
    """It cannot be changed; `code`: decided, changed (by a colleague meanwhile), own (the site's)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def answer_contact(contact_id: int, *, answer: str, note: str, day: date, version: int, actor: Actor) -> None:
    """Answer for one's own site (`confirmed`, `not_known`, `disagrees`), or change the answer.

    Raises `OutOfReach`, and `AnswerStands` when the application is decided or a colleague answered meanwhile.
    """
    with transaction(actor=actor) as session:
        contact = queries.get_contact(contact_id, actor=actor)
        require(actor, SITE_CONTACT_ANSWER, contact)
        found = sent_application(contact.case_id, scheme=SCHEME.code)
        if contact.closed_at is not None or found is None or not found.waits:
            raise AnswerStands("decided")
        values = {"answered_by": actor.person_id, "recorded_by": None}
        if not _write(session, contact, version, answer=answer, answered_on=day, note=note, **values):
            raise AnswerStands("changed")
        event = SiteContactAnswered(
            subject_id=contact.case_id, unit_id=contact.unit_id, answer=answer, **_scope(contact)
        )
        record(event, actor=actor)


def record_contact(
    case_id: int, unit_id: int, *, answer: str, answered_on: date, note: str, actor: Actor
) -> None:
    """Write down a site's answer as it was heard, in place of an earlier one that was heard.

    Raises `OutOfReach` for a site the application does not name, `Denied`, and `AnswerStands` when the site
    has answered for itself.
    """
    with transaction(actor=actor) as session:
        facts = get_application(case_id, scheme=SCHEME.code, actor=actor)
        require(actor, SITE_CONTACT_RECORD, facts)
        found = sent_application(case_id, scheme=SCHEME.code)
        if found is None or unit_id not in found.places:
            raise OutOfReach(f"unit {unit_id}")
        ask(session, facts, unit_id, found.places[unit_id])
        contact = queries.contacts_of(case_id)[unit_id]
        if contact.answered_by is not None:
            raise AnswerStands("own")
        values = {"answered_by": None, "recorded_by": actor.person_id}
        _write(session, contact, contact.version, answer=answer, answered_on=answered_on, note=note, **values)
        event = SiteContactRecorded(subject_id=case_id, unit_id=unit_id, answer=answer, **_scope(facts))
        record(event, actor=actor)


def _write(session: Any, contact: Contact, version: int, **values: Any) -> bool:
    written = session.execute(
        update(SiteContact)
        .where(SiteContact.id == contact.id, SiteContact.version == version)
        .values(version=SiteContact.version + 1, **values)
        .returning(SiteContact.id)
    ).scalar()
    return written is not None


def _scope(at: Any) -> dict[str, int | None]:
    return {name: getattr(at, name) for name in ("national_id", "regional_id", "local_id", "owner_id")}
