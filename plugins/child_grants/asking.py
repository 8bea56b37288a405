"""Asking the reception centres an application names, when it is sent; and closing when it is decided."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert

from plugins.child_grants.events import SiteContactAsked
from plugins.child_grants.models import SiteContact
from plugins.child_grants.permissions import SITE_CONTACT_ANSWER
from plugins.child_grants.scheme import PREFIX, SCHEME
from portal.pluginkit.access import holders
from portal.pluginkit.funding import ApplicationFacts, sent_application
from portal.pluginkit.pages import N_, notify
from portal.pluginkit.storage import RecordedEvent, once, read, record

MOVED = "casework.case.moved"
SITE_MOVED = "units.site_moved"
SHOWN = ("title", "target_group", "children", "area", "plan", "site_contact")
"""The questions whose answers a reception centre needs to recognise the plan. No money, no persons."""


def on_moved(event: RecordedEvent) -> None:
    """A case took a step: ask when an application is sent, close when it no longer waits for a decision."""
    found = sent_application(event.subject_id, scheme=SCHEME.code)
    if found is None:
        return
    facts = found.facts
    with once() as session:
        if found.waits:
            for unit_id, place in found.places.items():
                ask(session, facts, unit_id, place)
        else:
            session.execute(
                update(SiteContact)
                .where(SiteContact.case_id == facts.id, SiteContact.closed_at.is_(None))
                .values(closed_at=func.now())
            )


def on_site_moved(event: RecordedEvent) -> None:
    """A site belongs to another region: what it has not answered for good goes along."""
    with once() as session:
        session.execute(
            update(SiteContact)
            .where(SiteContact.unit_id == event.data["unit_id"], SiteContact.closed_at.is_(None))
            .values(regional_id=event.data["region_id"])
        )


def ask(session: Any, facts: ApplicationFacts, unit_id: int, place: Any) -> None:
    """Ask one site once: keep what it is shown, and tell those who answer for it."""
    made = session.execute(
        insert(SiteContact)
        .values(
            case_id=facts.id,
            unit_id=unit_id,
            national_id=place.national_id,
            regional_id=place.regional_id,
            local_id=place.local_id,
            owner_id=place.owner_id,
            sent=_shown(facts),
        )
        .on_conflict_do_nothing()
        .returning(SiteContact.id)
    ).scalar()
    if made is None:
        return
    persons = [row[0] for row in read(holders(SITE_CONTACT_ANSWER, place))]
    session.execute(update(SiteContact).where(SiteContact.id == made).values(told=len(persons)))
    if persons:
        notify(
            person_ids=persons,
            kind="child_grants.asked",
            title_id=N_("%(applicant)s says they have been in contact with you"),
            body_id=N_(
                "They apply for a grant for “%(title)s”. Tell UDI whether what they say about you is right. "
                "It takes two minutes."
            ),
            values={"applicant": facts.owner_name, "title": facts.title},
            href=f"{PREFIX}/mottak/{made}",
        )
    scope = {name: getattr(place, name) for name in ("national_id", "regional_id", "local_id", "owner_id")}
    event = SiteContactAsked(subject_id=facts.id, unit_id=unit_id, told=len(persons), **scope)
    record(event, actor=None)


def _shown(facts: ApplicationFacts) -> dict[str, Any]:
    return {
        "number": facts.number,
        "applicant": facts.owner_name,
        "answers": {code: facts.find(code) for code in SHOWN},
    }
