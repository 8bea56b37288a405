"""Money back (*tilbakebetaling*): told of first (fvl. § 16), demanded, registered, finished."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import insert, update

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import require
from portal.casework.firing import CaseChanged, Refused, fire
from portal.casework.rules import REASON_NEEDED
from portal.casework.services import take_part
from portal.database import answer_once, db, transaction
from portal.funding.granted import deadlines
from portal.funding.granted.demands import prepared_by, write_demand
from portal.funding.granted.entries import enter
from portal.funding.granted.events import (
    BreachTold,
    RepaymentDemanded,
    RepaymentReceived,
    RepaymentReturned,
    at,
)
from portal.funding.granted.facts import Claim, Demand, Grant
from portal.funding.granted.handling import end_payments, in_use, locked, release, staff, tell, unlike
from portal.funding.granted.models import BreachNotice, Repayment, RepaymentPart
from portal.funding.permissions import (
    APPLICATION_ASSESS,
    OWN_APPLICATION_SUBMIT,
    PAYMENT_MANAGE,
)
from portal.funding.scheme import Scheme
from portal.record import record
from portal.web.kit.formats import day, kr
from portal.web.kit.i18n import N_


class AmountRefused(ValueError):
    """A demand or a payment is more than there is; `most_ore` is what there is."""

    def __init__(self, most_ore: int) -> None:
        super().__init__(most_ore)
        self.most_ore = most_ore


def most(grant: Grant, ground: str) -> int:
    """The most that can be demanded, in øre: what is unused, or after a breach all that was paid."""
    return grant.unused_ore if ground == "unused" else grant.application.paid_ore


def tell_of_breach(
    scheme: Scheme, case_id: int, *, amount_ore: int, reasons: str, key: UUID | None, actor: Actor
) -> int:
    """Tell the recipient what UDI considers to demand and why, with time to comment; gives the case id.

    Raises `Denied`, `Refused` without reasons, `CaseChanged` when it is told already, `AmountRefused`.
    """
    with transaction(actor=actor):
        return answer_once(
            key, actor.person_id, lambda: _tell_of_breach(scheme, case_id, amount_ore, reasons, actor)
        )


def _tell_of_breach(scheme: Scheme, case_id: int, amount_ore: int, reasons: str, actor: Actor) -> int:
    grant = locked(scheme, case_id, actor=actor)
    facts = grant.application
    staff(facts, APPLICATION_ASSESS, actor=actor)
    in_use(grant)
    if grant.notice is not None or facts.state == "repayment":
        raise CaseChanged
    if not reasons.strip():
        raise Refused(REASON_NEEDED)
    if not 0 < amount_ore <= facts.paid_ore:
        raise AmountRefused(facts.paid_ore)
    answer_by = clock.today() + timedelta(days=scheme.comment_within_days)
    db.session.execute(
        insert(BreachNotice).values(
            case_id=case_id,
            amount_ore=amount_ore,
            reasons=reasons.strip(),
            answer_by=answer_by,
            sent_by=actor.person_id,
            sent_at=clock.now(),
        )
    )
    take_part(case_id, "prepared", actor=actor)
    deadlines.expect(case_id, deadlines.COMMENT, answer_by)
    enter(facts, "breach_told", actor=actor, reason=amount_ore)
    record(BreachTold(**at(facts), amount_ore=amount_ore), actor=actor)
    tell(
        facts,
        "breach_told",
        N_("UDI considers to demand money back for “%(title)s”"),
        N_("It is about %(sum)s. Read why, and say what you think before %(day)s. Nothing is decided yet."),
        sum=kr(amount_ore),
        day=day(answer_by),
    )
    return case_id


def comment(scheme: Scheme, case_id: int, *, text: str, actor: Actor) -> None:
    """Say what the recipient thinks, once. Raises `Denied`, `CaseChanged`, `Refused` without a word."""
    with transaction(actor=actor):
        grant = locked(scheme, case_id, actor=actor)
        require(actor, OWN_APPLICATION_SUBMIT, grant.application)
        if not text.strip():
            raise Refused(REASON_NEEDED)
        said = db.session.execute(
            update(BreachNotice)
            .where(BreachNotice.case_id == case_id, BreachNotice.commented_at.is_(None))
            .values(comment=text.strip(), commented_by=actor.person_id, commented_at=clock.now())
            .returning(BreachNotice.case_id)
        ).first()
        if said is None:
            raise CaseChanged
        enter(grant.application, "breach_commented", actor=actor, party=True)
        deadlines.met(case_id, deadlines.COMMENT)


def demand(
    scheme: Scheme, case_id: int, claim: Claim, *, version: int, key: UUID | None, actor: Actor
) -> int:
    """Demand money back, a decision, and give the demand's id; what was never paid goes back to the frame.

    Raises `Denied`, `CaseChanged`, `AmountRefused`, `Refused`: no reasons, nobody else has prepared it,
    or a breach not told of first.
    """
    with transaction(actor=actor):
        return answer_once(key, actor.person_id, lambda: _demand(scheme, case_id, claim, version, actor))


def _demand(scheme: Scheme, case_id: int, claim: Claim, version: int, actor: Actor) -> int:
    grant = locked(scheme, case_id, actor=actor)
    unlike(grant, version)
    facts = grant.application
    prepared = prepared_by(grant, claim.ground, actor=actor)
    limit = most(grant, claim.ground)
    if not 0 < claim.amount_ore <= limit:
        raise AmountRefused(limit)
    fire(facts, "demand", actor=actor, reason=claim.reasons)
    end_payments(grant, claim.reasons)
    release(facts, grant.unpaid_ore, actor=actor)
    repayment_id = write_demand(grant, claim, prepared, actor=actor)
    deadlines.met(case_id, deadlines.REPORT, deadlines.COMMENT)
    deadlines.expect(case_id, deadlines.REPAY, claim.due_on)
    event = RepaymentDemanded(
        **at(facts), repayment_id=repayment_id, ground=claim.ground, amount_ore=claim.amount_ore
    )
    record(event, actor=actor)
    tell(
        facts,
        "repayment_demanded",
        N_("%(sum)s of the grant to “%(title)s” must be paid back"),
        N_("Pay it by %(day)s. Log in to see why, to which account, and how you can appeal."),
        sum=kr(claim.amount_ore),
        day=day(claim.due_on),
    )
    return repayment_id


def register(
    scheme: Scheme,
    case_id: int,
    demand_id: int,
    *,
    amount_ore: int,
    paid_on: date,
    reference: str,
    key: UUID | None,
    actor: Actor,
) -> int:
    """Register money that came back, the whole or a part; the same key registers once. Gives the demand's id.

    Raises `Denied`, `CaseChanged`, `AmountRefused` with what is left when it is more than that.
    """

    def make() -> int:
        grant, found = _owed(scheme, case_id, demand_id, actor)
        if grant.application.state != "repayment":
            raise CaseChanged
        left = found.left_ore
        if not 0 < amount_ore <= left:
            raise AmountRefused(left)
        _receive(grant, found, amount_ore, paid_on, reference, actor)
        return demand_id

    with transaction(actor=actor):
        return answer_once(key, actor.person_id, make)


def _owed(scheme: Scheme, case_id: int, demand_id: int, actor: Actor) -> tuple[Grant, Demand]:
    grant = locked(scheme, case_id, actor=actor)
    staff(grant.application, PAYMENT_MANAGE, actor=actor)
    found = next((one for one in grant.demands if one.id == demand_id), None)
    if found is None:
        raise CaseChanged
    return grant, found


def _receive(
    grant: Grant, found: Demand, amount_ore: int, paid_on: date, reference: str, actor: Actor
) -> None:
    _move(found, amount_ore, paid_on, reference, actor)
    facts = grant.application
    enter(facts, "repayment_received", actor=actor, reason=amount_ore)
    record(RepaymentReceived(**at(facts), repayment_id=found.id, amount_ore=amount_ore), actor=actor)
    if found.paid_ore + amount_ore == found.amount_ore:
        deadlines.met(facts.id, deadlines.REPAY)
    tell(
        facts,
        "repayment_received",
        N_("We have received %(sum)s back for “%(title)s”"),
        N_("The payment is registered in case %(number)s."),
        sum=kr(amount_ore),
    )


def give_back(
    scheme: Scheme,
    case_id: int,
    demand_id: int,
    *,
    paid_on: date,
    reference: str,
    key: UUID | None,
    actor: Actor,
) -> int:
    """Register that what came and is not demanded any more was given back, all of it; gives the demand's id.

    The payment itself is made in the finance system. Raises `Denied`, `Refused`, and `CaseChanged` when
    there is nothing to give back.
    """

    def make() -> int:
        grant, found = _owed(scheme, case_id, demand_id, actor)
        over = found.over_ore
        if not over:
            raise CaseChanged
        _move(found, -over, paid_on, reference, actor)
        facts = grant.application
        enter(facts, "repayment_returned", actor=actor, reason=over)
        record(RepaymentReturned(**at(facts), repayment_id=found.id, amount_ore=over), actor=actor)
        tell(
            facts,
            "repayment_returned",
            N_("You get %(sum)s back for “%(title)s”"),
            N_("It is what you paid and UDI does not demand any more in case %(number)s."),
            sum=kr(over),
        )
        return demand_id

    with transaction(actor=actor):
        return answer_once(key, actor.person_id, make)


def _move(found: Demand, amount_ore: int, paid_on: date, reference: str, actor: Actor) -> None:
    db.session.execute(
        update(Repayment).where(Repayment.id == found.id).values(paid_ore=Repayment.paid_ore + amount_ore)
    )
    db.session.execute(
        insert(RepaymentPart).values(
            repayment_id=found.id,
            amount_ore=amount_ore,
            paid_on=paid_on,
            reference=reference.strip(),
            registered_by=actor.person_id,
        )
    )


def finish(scheme: Scheme, case_id: int, *, version: int, actor: Actor) -> None:
    """Finish the case when all is paid back. Raises `Denied`, `CaseChanged`, `Refused` before that."""
    with transaction(actor=actor):
        grant = locked(scheme, case_id, actor=actor)
        unlike(grant, version)
        fire(grant.application, "repaid", actor=actor)
        tell(
            grant.application,
            "repaid",
            N_("The case about “%(title)s” is finished"),
            N_("All that was demanded is paid back. You need not do anything more."),
        )
