"""Yes or no to a grant: acceptance (*akseptbrev*), saying no, and lapse when nobody answers."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert

from portal import clock
from portal.access.actor import Actor
from portal.casework.firing import CaseChanged, fire
from portal.database import answer_once, db, transaction
from portal.funding.assessing import current
from portal.funding.granted import accounts, deadlines
from portal.funding.granted.dates import report_due
from portal.funding.granted.handling import end_payments, locked, release, tell, tell_handler, unlike
from portal.funding.granted.models import GrantAcceptance, Instalment
from portal.funding.granted.queries import follow
from portal.funding.scheme import Scheme
from portal.web.kit.i18n import N_

FIRST_PAYMENT_DAYS = 14


def accept(
    scheme: Scheme,
    case_id: int,
    *,
    number: str,
    reason: str = "",
    version: int,
    key: UUID | None,
    actor: Actor,
) -> int:
    """Accept a grant with its conditions and the account to pay to; gives the case id.

    The grant is planned as one payment in two weeks, which UDI may divide. An account that is not known waits
    to be confirmed; `reason` says why it is another than the confirmed one. The same key accepts once.
    Raises `Denied`, `CaseChanged`, `ReasonNeeded`.
    """
    with transaction(actor=actor):
        answer_once(key, actor.person_id, lambda: _accept(scheme, case_id, number, reason, version, actor))
    return case_id


def _accept(scheme: Scheme, case_id: int, number: str, reason: str, version: int, actor: Actor) -> int:
    facts = current(scheme, case_id, version, actor)
    fire(facts, "accept", actor=actor)
    grant = follow(facts)
    if grant.confirmed is not None and grant.confirmed.number != number and not reason.strip():
        raise accounts.ReasonNeeded
    account_id = accounts.put(grant, number, reason, actor=actor)
    db.session.execute(
        insert(GrantAcceptance).values(
            case_id=case_id, account_id=account_id, accepted_by=actor.person_id, accepted_at=clock.now()
        )
    )
    db.session.execute(
        insert(Instalment).values(
            case_id=case_id,
            position=1,
            amount_ore=facts.awarded_ore,
            due_on=clock.today() + timedelta(days=FIRST_PAYMENT_DAYS),
        )
    )
    deadlines.met(case_id, deadlines.ACCEPT)
    deadlines.expect(case_id, deadlines.REPORT, report_due(facts))
    tell_handler(
        facts,
        "accepted",
        N_("The grant in case %(number)s is accepted"),
        N_("The grant in case %(number)s can be paid when the account is confirmed."),
        "tilskudd",
    )
    return case_id


def decline(scheme: Scheme, case_id: int, *, reason: str, version: int, actor: Actor) -> None:
    """Say no to a grant; the money goes back to the frame in the same transaction.

    Raises `Denied`, `CaseChanged`, `Refused` when money is paid or on its way.
    """
    with transaction(actor=actor):
        grant = locked(scheme, case_id, actor=actor)
        unlike(grant, version)
        facts = grant.application
        fire(facts, "decline", actor=actor, reason=reason)
        end_payments(grant, reason)
        release(facts, facts.awarded_ore, actor=actor)
        deadlines.met(case_id, deadlines.ACCEPT, deadlines.REPORT)
        tell_handler(
            facts,
            "declined",
            N_("The recipient said no to the grant in case %(number)s"),
            N_("The money in case %(number)s is back in the frame of the call."),
            "tilskudd",
        )


def lapse(scheme: Scheme, case_id: int, *, reason: str, version: int, actor: Actor) -> None:
    """Let a grant nobody has accepted go; the money goes back to the frame in the same transaction.

    Raises `Denied`, `CaseChanged`, `Refused` while the deadline to appeal runs or without a reason.
    """
    with transaction(actor=actor):
        facts = current(scheme, case_id, version, actor)
        if facts.state != "granted":
            raise CaseChanged
        fire(facts, "lapse", actor=actor, reason=reason)
        release(facts, facts.awarded_ore, actor=actor)
        deadlines.met(case_id, deadlines.ACCEPT)
        tell(
            facts,
            "lapsed",
            N_("The grant to “%(title)s” has lapsed"),
            N_("It was not accepted in time. Talk to UDI if that is a mistake."),
        )
