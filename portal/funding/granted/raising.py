"""A grant that is raised after an appeal: the plan of payments and the deadline to accept follow the sum."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import insert, update

from portal import clock
from portal.access.actor import Actor
from portal.casework.firing import CaseChanged, Refused
from portal.casework.models import Case
from portal.database import db
from portal.funding.facts import ApplicationFacts
from portal.funding.granted import deadlines
from portal.funding.granted.accepting import FIRST_PAYMENT_DAYS
from portal.funding.granted.dates import accept_by
from portal.funding.granted.entries import enter
from portal.funding.granted.events import PaymentsPlanned, at
from portal.funding.granted.facts import Grant
from portal.funding.granted.handling import locked
from portal.funding.granted.models import Instalment
from portal.funding.granted.queries import follow
from portal.funding.granted.rules import GRANT_IS_OVER
from portal.record import record

ACCEPTED = ("accepted", "reported")
"""States of a grant that is answered: the answer holds for more money on the same conditions."""
Terms = list[tuple[date, int]]


def hold(facts: ApplicationFacts, *, actor: Actor) -> Grant | None:
    """Hold a grant still until the transaction ends, so that nobody accepts, plans or finishes it meanwhile.

    Gives it where it is accepted, None before. Raises `Refused(GRANT_IS_OVER)` after its end, `CaseChanged`.
    """
    grant = locked(facts.scheme, facts.id, actor=actor) if facts.state in ACCEPTED else None
    now = grant.application if grant is not None else facts
    if now.state not in ("granted", *ACCEPTED):
        raise Refused(GRANT_IS_OVER)
    held = db.session.execute(
        update(Case)
        .where(Case.id == now.id, Case.version == now.version, Case.state == now.state)
        .values(version=Case.version + 1)
        .returning(Case.id)
    ).first()
    if held is None:
        raise CaseChanged
    return grant


def expect_answer(facts: ApplicationFacts) -> None:
    """A grant made or raised before it is accepted: the time to answer begins anew."""
    deadlines.expect(facts.id, deadlines.ACCEPT, accept_by(facts, clock.now()))


def add_payment(grant: Grant, more_ore: int, *, actor: Actor) -> None:
    """Plan what an accepted grant got more, in øre, as one payment in two weeks, which UDI may divide.

    What is ordered or paid stays as it is, and the plan adds up to the grant if it did before.
    """
    last = max((term.position for term in grant.terms), default=0)
    facts = grant.application
    db.session.execute(
        insert(Instalment).values(case_id=facts.id, position=last + 1, amount_ore=more_ore, due_on=_due())
    )
    enter(facts, "payments_planned", actor=actor)
    record(PaymentsPlanned(**at(facts), terms=1), actor=actor)


def terms_with(facts: ApplicationFacts, more_ore: int) -> Terms:
    """(due, øre) of each payment as it will be with `more_ore`; none before the grant is accepted."""
    if facts.state not in ACCEPTED:
        return []
    kept = [term for term in follow(facts).terms if term.state != "stopped"]
    return [*((term.paid_on or term.due_on, term.amount_ore) for term in kept), (_due(), more_ore)]


def _due() -> date:
    return clock.today() + timedelta(days=FIRST_PAYMENT_DAYS)
