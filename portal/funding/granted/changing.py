"""Changed circumstances (*endrede forutsetninger*): the recipient tells, UDI answers with reasons (§ 4)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import insert, update

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import allowed, require
from portal.casework.firing import CaseChanged, Refused
from portal.casework.rules import REASON_NEEDED
from portal.database import answer_once, db, transaction
from portal.funding.facts import ApplicationFacts
from portal.funding.granted.entries import enter
from portal.funding.granted.events import ChangeAnswered, ChangeTold, at
from portal.funding.granted.facts import Change
from portal.funding.granted.handling import in_use, locked, staff, tell, tell_handler
from portal.funding.granted.models import ChangeNotice
from portal.funding.granted.rules import EXTENSION_IS_DECIDED
from portal.funding.permissions import APPLICATION_ASSESS, APPLICATION_DECIDE, OWN_APPLICATION_EDIT
from portal.funding.scheme import Scheme
from portal.record import record
from portal.web.kit.i18n import N_


class DayRefused(ValueError):
    """A later day to use the money by is asked for, but is not later than the present one."""


def tell_of(
    scheme: Scheme, case_id: int, *, kind: str, text: str, use_by: date | None, key: UUID | None, actor: Actor
) -> int:
    """Tell UDI of a change, and ask for a later day to use the money by if `use_by` is given; gives its id.

    Raises `Denied`, `Refused` before acceptance, `CaseChanged` while another waits, `DayRefused`.
    """
    with transaction(actor=actor):
        return answer_once(key, actor.person_id, lambda: _tell_of(scheme, case_id, kind, text, use_by, actor))


def _tell_of(scheme: Scheme, case_id: int, kind: str, text: str, use_by: date | None, actor: Actor) -> int:
    grant = locked(scheme, case_id, actor=actor)
    facts = grant.application
    require(actor, OWN_APPLICATION_EDIT, facts)
    in_use(grant)
    if any(change.state == "sent" for change in grant.changes):
        raise CaseChanged
    if use_by is not None and grant.use_by is not None and use_by <= grant.use_by:
        raise DayRefused
    change_id: int = db.session.execute(
        insert(ChangeNotice)
        .values(
            case_id=case_id, kind=kind, text=text, use_by=use_by, sent_by=actor.person_id, sent_at=clock.now()
        )
        .returning(ChangeNotice.id)
    ).scalar_one()
    enter(facts, "change_told", actor=actor, reason=kind, party=True)
    record(ChangeTold(**at(facts), kind=kind), actor=actor)
    tell_handler(
        facts,
        "change_told",
        N_("The recipient in case %(number)s tells of a change"),
        N_("Read what changes in case %(number)s, and answer."),
        "endring",
    )
    return change_id


def may_answer(facts: ApplicationFacts, change: Change, *, actor: Actor) -> bool:
    """Does the actor's role carry the answer? A later day is a decision maker's."""
    if allowed(actor, APPLICATION_DECIDE, facts):
        return True
    return change.use_by is None and allowed(actor, APPLICATION_ASSESS, facts)


def answer(scheme: Scheme, case_id: int, change_id: int, *, approved: bool, text: str, actor: Actor) -> None:
    """Answer a change, with reasons, and tell the recipient.

    Raises `Denied`, `CaseChanged` when it is answered, `Refused` without reasons or the right to extend.
    """
    with transaction(actor=actor):
        grant = locked(scheme, case_id, actor=actor)
        facts = grant.application
        change = next((one for one in grant.changes if one.id == change_id), None)
        if change is None:
            raise CaseChanged
        decides = allowed(actor, APPLICATION_DECIDE, facts)
        staff(facts, APPLICATION_DECIDE if decides else APPLICATION_ASSESS, actor=actor)
        if not may_answer(facts, change, actor=actor):
            raise Refused(EXTENSION_IS_DECIDED)
        if not text.strip():
            raise Refused(REASON_NEEDED)
        state = "approved" if approved else "declined"
        moved = db.session.execute(
            update(ChangeNotice)
            .where(ChangeNotice.id == change_id, ChangeNotice.state == "sent")
            .values(state=state, answer=text.strip(), answered_by=actor.person_id, answered_at=clock.now())
            .returning(ChangeNotice.id)
        ).first()
        if moved is None:
            raise CaseChanged
        enter(facts, f"change_{state}", actor=actor)
        record(ChangeAnswered(**at(facts), outcome=state), actor=actor)
        tell(
            facts,
            "change_answered",
            N_("UDI has answered about the change for “%(title)s”"),
            N_("Log in to read the answer and what it means for the grant."),
        )
