"""What goes with a case that leaves its region or its caseworker, whoever sends it on."""

from __future__ import annotations

from sqlalchemy import select

from portal.access.actor import Actor
from portal.casework.entries import tell
from portal.casework.events import CasePassedOn
from portal.casework.models import CaseDocument
from portal.casework.subject import Subject, where_of
from portal.database import read
from portal.documents.services import move
from portal.notifications.services import notify
from portal.record import record
from portal.web.kit.i18n import N_


def passed_on(case: Subject, region_id: int, *, reason: str, actor: Actor | None) -> None:
    """Let a case's files follow it to another region, and write it down in timeline and trail."""
    files = read(select(CaseDocument.document_id).where(CaseDocument.case_id == case.id))
    move([row.document_id for row in files], regional_id=region_id)
    tell(case, "passed_on", actor=actor, reason=reason)
    record(CasePassedOn(number=case.number or "", region_id=region_id, **where_of(case)), actor=actor)


def tell_former(case: Subject, *, actor: Actor | None, href: str) -> None:
    """Tell who had a case that it is theirs no more, unless it is they who let it go."""
    if case.handler_id is None or (actor is not None and case.handler_id == actor.person_id):
        return
    notify(
        person_ids=[case.handler_id],
        kind="casework.taken",
        title_id=N_("Case %(number)s is no longer yours"),
        body_id=N_("Somebody else handles case %(number)s from now on."),
        values={"number": case.number},
        href=href,
    )
