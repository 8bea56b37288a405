"""Payments by terms (*terminer*): planned, ordered by one, attested by another, handed over, paid.

Every step moves a row from the one state it may come from, so that a second click, or a second person at the
same moment, finds it moved. The database stands behind: two persons, acceptance, a confirmed account.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, update

from portal import clock
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import allowed
from portal.casework.firing import CaseChanged, Refused
from portal.casework.rules import REASON_NEEDED
from portal.database import answer_once, db, transaction
from portal.funding.granted.accounts import UNORDERED, payable
from portal.funding.granted.entries import enter
from portal.funding.granted.events import PaymentMoved, PaymentsPlanned, at
from portal.funding.granted.facts import Grant, Term
from portal.funding.granted.handling import in_use, locked, staff, tell
from portal.funding.granted.models import Instalment
from portal.funding.granted.rules import PAYMENT_TWO_PERSONS, PLAN_IS_THE_GRANT
from portal.funding.permissions import PAYMENT_MANAGE, PAYMENT_ORDER
from portal.funding.scheme import Scheme
from portal.record import record
from portal.web.kit.formats import day, kr
from portal.web.kit.i18n import N_

MOST_TERMS = 12


class PlanRefused(ValueError):
    """The plan does not add up to the grant; `off_ore` is how much it is over (negative: under)."""

    def __init__(self, off_ore: int) -> None:
        super().__init__(off_ore)
        self.off_ore = off_ore


def plan(
    scheme: Scheme, case_id: int, terms: Sequence[tuple[int, date]], *, key: UUID | None, actor: Actor
) -> int:
    """Plan what is not ordered yet as `terms` of (øre, day); what is ordered or paid stays.

    Raises `Denied`, `Refused`, `CaseChanged`, `PlanRefused` unless the whole adds up to exactly the grant.
    """
    with transaction(actor=actor):
        return answer_once(key, actor.person_id, lambda: _plan(scheme, case_id, terms, actor))


def _plan(scheme: Scheme, case_id: int, terms: Sequence[tuple[int, date]], actor: Actor) -> int:
    grant = locked(scheme, case_id, actor=actor)
    staff(grant.application, PAYMENT_ORDER, actor=actor)
    in_use(grant)
    kept = [term for term in grant.terms if term.state != "planned"]
    bound = sum(term.amount_ore for term in kept if term.state != "stopped")
    off = bound + sum(amount for amount, _day in terms) - grant.application.awarded_ore
    if off or any(amount <= 0 for amount, _day in terms) or len(terms) > MOST_TERMS:
        raise PlanRefused(off)
    db.session.execute(delete(Instalment).where(Instalment.case_id == case_id, Instalment.state == "planned"))
    after = max((term.position for term in kept), default=0)
    for number, (amount, due_on) in enumerate(terms, after + 1):
        db.session.execute(
            insert(Instalment).values(case_id=case_id, position=number, amount_ore=amount, due_on=due_on)
        )
    enter(grant.application, "payments_planned", actor=actor)
    record(PaymentsPlanned(**at(grant.application), terms=len(terms)), actor=actor)
    return case_id


def order(scheme: Scheme, case_id: int, term_id: int, *, actor: Actor) -> None:
    """Order a planned payment to the recipient's confirmed account.

    Raises `Denied`, `CaseChanged`, `Refused`: not accepted, no account, a plan that is not the grant.
    """
    with transaction(actor=actor):
        grant, term = _term(scheme, case_id, term_id, PAYMENT_ORDER, actor)
        if grant.planned_ore != grant.application.awarded_ore:
            raise Refused(PLAN_IS_THE_GRANT)
        account = payable(grant)
        _move(
            grant,
            term,
            "planned",
            "ordered",
            actor,
            account_id=account.id,
            ordered_by=actor.person_id,
            ordered_at=clock.now(),
        )


def attest(scheme: Scheme, case_id: int, term_id: int, *, actor: Actor) -> None:
    """Attest (*attestere*) a payment that somebody else has ordered (økonomibestemmelsene 6.3.3).

    Raises `Denied`, `CaseChanged`, `Refused`: one's own order, or no account to pay to.
    """
    with transaction(actor=actor):
        grant, term = _term(scheme, case_id, term_id, PAYMENT_MANAGE, actor)
        if term.ordered_by == actor.person_id:
            raise Refused(PAYMENT_TWO_PERSONS)
        account = payable(grant)
        if account.id != term.account_id:
            raise CaseChanged
        _move(grant, term, "ordered", "attested", actor, attested_by=actor.person_id, attested_at=clock.now())


def stop(scheme: Scheme, case_id: int, term_id: int, *, reason: str, actor: Actor) -> None:
    """Stop a payment that has not left (§ 10) and tell the recipient why; it can be planned again.

    For whoever orders or attests payments. Raises `Denied`, `CaseChanged`, `Refused` without a reason.
    """
    with transaction(actor=actor):
        grant = locked(scheme, case_id, actor=actor)
        orders = allowed(actor, PAYMENT_ORDER, grant.application)
        staff(grant.application, PAYMENT_ORDER if orders else PAYMENT_MANAGE, actor=actor)
        term = _found(grant, term_id)
        if not reason.strip():
            raise Refused(REASON_NEEDED)
        if term.state not in ("planned", "ordered", "attested") or term.batch_id is not None:
            raise CaseChanged
        _move(grant, term, term.state, "stopped", actor, stop_reason=reason.strip())
        tell(
            grant.application,
            "payment_stopped",
            N_("A payment for “%(title)s” is stopped"),
            N_("UDI has stopped the payment of %(sum)s: %(reason)s"),
            sum=kr(term.amount_ore),
            reason=reason.strip(),
        )


def paid(scheme: Scheme, case_id: int, term_id: int, *, paid_on: date, reference: str, actor: Actor) -> None:
    """Register that an attested payment has left, with its reference, and tell the recipient.

    Raises `Denied`, `CaseChanged` when it is registered already.
    """
    with transaction(actor=actor):
        grant, term = _term(scheme, case_id, term_id, PAYMENT_MANAGE, actor)
        _move(grant, term, "attested", "paid", actor, paid_on=paid_on, reference=reference.strip())
        tell(
            grant.application,
            "paid",
            N_("%(sum)s is paid for “%(title)s”"),
            N_("The money was paid %(day)s to the account you gave. Use it as the letter says."),
            sum=kr(term.amount_ore),
            day=day(paid_on),
        )


def came_back(scheme: Scheme, case_id: int, term_id: int, *, reason: str, actor: Actor) -> None:
    """Register that the bank could not pay: the payment stands in the plan again, to be ordered anew.

    Raises `Denied`, `CaseChanged`, `Refused` without a reason.
    """
    with transaction(actor=actor):
        grant, term = _term(scheme, case_id, term_id, PAYMENT_MANAGE, actor)
        if not reason.strip():
            raise Refused(REASON_NEEDED)
        if term.batch_id is None:
            raise CaseChanged
        _move(
            grant, term, "attested", "planned", actor, step="returned", stop_reason=reason.strip(),
            **{name: value for name, value in UNORDERED.items() if name != "state"},
        )  # fmt: skip


def _term(
    scheme: Scheme, case_id: int, term_id: int, permission: Permission, actor: Actor
) -> tuple[Grant, Term]:
    grant = locked(scheme, case_id, actor=actor)
    staff(grant.application, permission, actor=actor)
    in_use(grant)
    return grant, _found(grant, term_id)


def _found(grant: Grant, term_id: int) -> Term:
    found = next((term for term in grant.terms if term.id == term_id), None)
    if found is None:
        raise CaseChanged
    return found


def _move(
    grant: Grant, term: Term, source: str, target: str, actor: Actor, *, step: str = "", **values: Any
) -> None:
    moved = db.session.execute(
        update(Instalment)
        .where(
            Instalment.id == term.id,
            Instalment.case_id == grant.application.id,
            Instalment.state == source,
        )
        .values(state=target, **values)
        .returning(Instalment.id)
    ).first()
    if moved is None:
        raise CaseChanged
    enter(grant.application, f"payment_{step or target}", actor=actor, reason=term.amount_ore)
    event = PaymentMoved(
        **at(grant.application), instalment_id=term.id, amount_ore=term.amount_ore, step=step or target
    )
    record(event, actor=actor)
