"""What an appeal won does to a demand for money back: it is lowered or falls away, and the money follows."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import OutOfReach
from portal.casework.appeals.effects import AmountRefused, Changed, Limits, Root
from portal.casework.firing import fire
from portal.database import db
from portal.documents.letters import Letter
from portal.funding.appealing import application_of
from portal.funding.deciding import bind_award
from portal.funding.facts import ApplicationFacts
from portal.funding.granted import deadlines
from portal.funding.granted.dates import report_due
from portal.funding.granted.entries import enter
from portal.funding.granted.events import RepaymentLowered, at
from portal.funding.granted.facts import Demand, Grant
from portal.funding.granted.handling import locked, staff, tell
from portal.funding.granted.letters import Lowered, lowered_letter
from portal.funding.granted.models import Repayment
from portal.funding.granted.queries import follow
from portal.funding.granted.raising import add_payment
from portal.funding.permissions import APPLICATION_DECIDE
from portal.record import record
from portal.web.kit.formats import kr
from portal.web.kit.i18n import N_
from portal.web.kit.i18n import gettext as _


class DemandAppeals:
    """How demands for money back are changed after an appeal: only to the better for the recipient."""

    def limits(self, root: Root, *, actor: Actor) -> Limits:
        """From nothing up to what is demanded now."""
        now = _demand(follow(application_of(root.case_id, actor)), root).amount_ore
        told = _(
            "Demanded now: %(now)s. A change lowers the sum; write 0 if the demand falls away.", now=kr(now)
        )
        return Limits(now, 0, now, told)

    def change(
        self, root: Root, *, amount_ore: int, reasons: str, reference: str, final: bool, actor: Actor
    ) -> Changed:
        """Lower the demand in the current transaction, with a new day to pay by.

        When it falls away the case goes back to where it stood, and what went back to the frame with it is
        bound to the grant again, and planned as a payment. What came and is not demanded any more, waits to
        be given back. Raises `AmountRefused`, `Refused` with the rule: the frame, or ties to the case.
        """
        facts = application_of(root.case_id, actor)
        grant = locked(facts.scheme, facts.id, actor=actor)
        staff(grant.application, APPLICATION_DECIDE, actor=actor)
        demand = _demand(grant, root)
        change = _change(grant, demand, amount_ore, reasons, reference, final=final)
        letter = lowered_letter(grant.application, demand, change, signed_by=actor.name)
        db.session.execute(
            update(Repayment)
            .where(Repayment.id == demand.id)
            .values(amount_ore=amount_ore, due_on=change.due_on)
        )
        event = RepaymentLowered(
            **at(facts), repayment_id=demand.id, before_ore=demand.amount_ore, amount_ore=amount_ore
        )
        enter(facts, "repayment_lowered", actor=actor, reason=f"{demand.amount_ore} {amount_ore}")
        record(event, actor=actor)
        if amount_ore:
            _still_owed(facts, demand, change)
        else:
            _fallen_away(grant, demand, reasons, actor)
        _tell(facts, amount_ore)
        return Changed("partly" if amount_ore else "granted", letter)

    def preview(self, root: Root, *, amount_ore: int, reasons: str, reference: str, actor: Actor) -> Letter:
        """The letter as the change would give it; nothing is stored."""
        grant = follow(application_of(root.case_id, actor))
        demand = _demand(grant, root)
        change = _change(grant, demand, amount_ore, reasons, reference, final=False)
        return lowered_letter(grant.application, demand, change, signed_by=actor.name)


def _demand(grant: Grant, root: Root) -> Demand:
    found = next((one for one in grant.demands if one.decision_id == root.decision_id), None)
    if found is None:
        raise OutOfReach(f"decision {root.decision_id} demands nothing")
    return found


def _change(
    grant: Grant, demand: Demand, amount_ore: int, reasons: str, reference: str, *, final: bool
) -> Lowered:
    if amount_ore >= demand.amount_ore:
        raise AmountRefused("not_lower")
    again = clock.today() + timedelta(days=grant.application.scheme.repay_within_days)
    due_on = max(demand.due_on, again) if amount_ore > demand.paid_ore else demand.due_on
    return Lowered(amount_ore, due_on, reasons, reference, final)


def _still_owed(facts: ApplicationFacts, demand: Demand, change: Lowered) -> None:
    if demand.paid_ore >= change.amount_ore:
        deadlines.met(facts.id, deadlines.REPAY)
    elif facts.state == "repayment":
        deadlines.expect(facts.id, deadlines.REPAY, change.due_on)


def _fallen_away(grant: Grant, demand: Demand, reasons: str, actor: Actor) -> None:
    """The case as it stood before the demand: the report to be controlled, or the grant in use."""
    sent = grant.report is not None and grant.report.sent_at is not None
    facts = application_of(grant.application.id, actor)
    deadlines.met(facts.id, deadlines.REPAY)
    fire(facts, "undo_demand" if sent else "undo_demand_in_use", actor=actor, reason=reasons)
    if not sent:
        deadlines.expect(facts.id, deadlines.REPORT, max(report_due(facts), clock.today()))
    if demand.released_ore:
        bind_award(facts.call_id, facts.id, demand.released_ore, actor=actor)
        add_payment(grant, demand.released_ore, actor=actor)


def _tell(facts: ApplicationFacts, amount_ore: int) -> None:
    if amount_ore:
        title = N_("Less is to be paid back of the grant to “%(title)s”")
        body = N_(
            "The demand is now %(sum)s in all. Log in to read the letter, and to see what is left to pay."
        )
    else:
        title = N_("Nothing is to be paid back of the grant to “%(title)s”")
        body = N_("The demand for money back has fallen away. Log in to read the letter.")
    tell(facts, "repayment_lowered", title, body, sum=kr(amount_ore))
