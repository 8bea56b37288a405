"""Use cases of impartiality: say that one has no ties, or that one has; the files of a case follow."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from portal import clock
from portal.access.actor import Actor
from portal.access.holders import nearest_holders
from portal.access.policy import Denied, require
from portal.casework.entries import tell
from portal.casework.events import ImpartialityDeclared, TieCorrected, TieDeclared
from portal.casework.firing import CaseChanged
from portal.casework.grounds import GROUNDS
from portal.casework.impartiality import barred, check_open, handles
from portal.casework.models import Case, CaseDocument, CaseParticipation
from portal.casework.permissions import CASE_DISTRIBUTE, CASE_READ, OWN_CASE_READ
from portal.casework.rules import OWN_TIE, REASON_NEEDED, Refused
from portal.casework.staff import StaffCase, get_case
from portal.casework.standing import READER, STANDING, parts_in
from portal.casework.subject import where_of
from portal.database import db, read_one, transaction
from portal.notifications.services import notify
from portal.record import record
from portal.web.kit.i18n import N_


def declare_impartial(case_id: int, *, actor: Actor) -> None:
    """Say that one has no ties to a case; its content opens. A second time changes nothing.

    Raises `OutOfReach`, `Denied` for those who have nothing to do in the case, and `Refused` with the rule
    for a party, a disqualified person and who reports to one.
    """
    with transaction(actor=actor):
        case = _handled(case_id, actor)
        rule = barred(case, actor, case.parts)
        if rule is not None:
            raise Refused(rule)
        if not _take(case_id, actor, "impartial"):
            return
        tell(case, "declared", actor=actor)
        record(ImpartialityDeclared(number=case.number, **where_of(case)), actor=actor)


def declare_tie(case_id: int, *, ground: str, reason: str, actor: Actor) -> None:
    """Say that one has a tie to a case (*inhabil*), at once or after having worked with it.

    Whoever had the case leaves it, what they prepared must be gone over by a substitute, and those who
    distribute cases are asked to find one. A second time changes nothing. Raises as `declare_impartial`, and
    `Refused` without a known ground, or without words for another one than those of the law.
    """
    with transaction(actor=actor) as session:
        case = _handled(case_id, actor)
        if ground not in GROUNDS or (ground == "other" and not reason.strip()):
            raise Refused(REASON_NEEDED)
        if not _take(case_id, actor, "disqualified", ground=ground, reason=reason.strip()):
            return
        session.execute(
            update(Case)
            .where(Case.id == case_id, Case.handler_id == actor.person_id)
            .values(handler_id=None, version=Case.version + 1)
        )
        worked = bool(case.parts & {"prepared", "decided"}) or case.handler_id == actor.person_id
        tell(case, "tie_after" if worked else "tie", actor=actor)
        record(TieDeclared(ground=ground, worked=worked, number=case.number, **where_of(case)), actor=actor)
        _ask_for_substitute(case, actor)


def correct_tie(case_id: int, person_id: int, *, reason: str, actor: Actor) -> None:
    """Correct that somebody declared a tie by mistake (fvl. § 8); the row stays, marked as corrected.

    They are told, and must say anew whether they have ties before the content opens to them. Raises
    `OutOfReach`, `Denied`, `CaseChanged` where there is no such tie, and `Refused` without a reason, for
    one's own tie, or for somebody who is barred from the case.
    """
    with transaction(actor=actor) as session:
        case = get_case(case_id, actor=actor)
        require(actor, CASE_DISTRIBUTE, case)
        rule = OWN_TIE if person_id == actor.person_id else barred(case, actor, case.parts)
        if rule is None and not reason.strip():
            rule = REASON_NEEDED
        if rule is not None:
            raise Refused(rule)
        ended = session.execute(
            update(CaseParticipation)
            .where(
                CaseParticipation.case_id == case_id,
                CaseParticipation.person_id == person_id,
                CaseParticipation.part.in_(("disqualified", "impartial")),
                CaseParticipation.ended_at.is_(None),
            )
            .values(ended_at=clock.now(), ended_by=actor.person_id, ended_why=reason.strip())
            .returning(CaseParticipation.part)
        ).scalars()
        if "disqualified" not in list(ended):
            raise CaseChanged
        tell(case, "tie_corrected", actor=actor, reason=reason)
        record(TieCorrected(person_id=person_id, number=case.number, **where_of(case)), actor=actor)
        notify(
            person_ids=[person_id],
            kind="casework.tie_corrected",
            title_id=N_("You are no longer disqualified in case %(number)s"),
            body_id=N_("Your tie to case %(number)s was corrected. Say anew whether you have ties to it."),
            values={"number": case.number},
            href=f"/sak/{case.id}/habilitet",
        )


def _handled(case_id: int, actor: Actor) -> StaffCase:
    case = get_case(case_id, actor=actor)
    if not handles(case, actor):
        raise Denied(CASE_READ)
    return case


def _take(case_id: int, actor: Actor, part: str, **about: str) -> bool:
    made = db.session.execute(
        insert(CaseParticipation)
        .values(case_id=case_id, person_id=actor.person_id, part=part, **about)
        .on_conflict_do_nothing()
        .returning(CaseParticipation.id)
    )
    return made.first() is not None


def _ask_for_substitute(case: StaffCase, actor: Actor) -> None:
    asked = [person for person in nearest_holders(CASE_DISTRIBUTE, case) if person != actor.person_id]
    notify(
        person_ids=asked,
        kind="casework.substitute",
        title_id=N_("Find a substitute in case %(number)s"),
        body_id=N_(
            "A caseworker is disqualified in case %(number)s. Give it to somebody else who may handle it."
        ),
        values={"number": case.number},
        href=f"/sak/{case.id}/fordeling",
    )


_OF_DOCUMENT: Any = (
    select(
        Case.id,
        Case.number,
        Case.kind,
        Case.state,
        Case.version,
        Case.plugin,
        Case.national_id,
        Case.regional_id,
        Case.local_id,
        Case.owner_id,
        Case.handler_id,
        STANDING.label("parts"),
    )
    .select_from(Case)
    .join(CaseDocument, CaseDocument.case_id == Case.id)
)


def keep_files_closed(document_id: int, actor: Actor, permission: str) -> None:
    """Raise `Undeclared` for a file of a case that is closed to the actor (`impartiality.closed_by`).

    A document's permissions hold at a place, the same in SQL and in memory; this is one more question that
    is asked where a document is opened, which is one function (`documents.queries.readable`).
    """
    if permission == OWN_CASE_READ.name:
        return
    row: Any = read_one(
        _OF_DOCUMENT.where(CaseDocument.document_id == document_id), {READER: actor.person_id}
    )
    if row is not None:
        check_open(row, actor, parts_in(row.parts))
