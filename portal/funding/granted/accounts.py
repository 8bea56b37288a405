"""Account numbers: proposed by one, confirmed by another, told to all leaders at once.

Money goes only to a confirmed account. A changed one waits some days, and what was ordered to the old one
is ordered anew (økonomibestemmelsene 6.3.8.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import allowed
from portal.casework.firing import CaseChanged, Refused
from portal.casework.impartiality import belongs
from portal.casework.models import Case
from portal.database import answer_once, db, transaction
from portal.funding.granted.account_number import masked
from portal.funding.granted.entries import enter
from portal.funding.granted.events import AccountAnswered, AccountProposed, at
from portal.funding.granted.facts import Account, Grant
from portal.funding.granted.handling import in_use, locked, staff, tell
from portal.funding.granted.models import Instalment, PayeeAccount
from portal.funding.granted.queries import leaders_of
from portal.funding.granted.rules import (
    ACCOUNT_NEEDED,
    ACCOUNT_NEW,
    ACCOUNT_TWO_PERSONS,
    ACCOUNT_WAITING,
    BUDGET_APART,
)
from portal.funding.permissions import (
    APPLICATION_DECIDE,
    OWN_APPLICATION_SUBMIT,
    PAYMENT_MANAGE,
    PAYMENT_ORDER,
)
from portal.funding.scheme import Scheme
from portal.notifications.services import notify
from portal.record import record
from portal.web.kit.i18n import N_

UNORDERED: Mapping[str, Any] = {
    "state": "planned",
    "account_id": None,
    "batch_id": None,
    "ordered_by": None,
    "ordered_at": None,
    "attested_by": None,
    "attested_at": None,
}


class ReasonNeeded(ValueError):
    """A change of account, or an answer to one, says why."""


def propose(scheme: Scheme, case_id: int, *, number: str, reason: str, key: UUID | None, actor: Actor) -> int:
    """Propose another account number for the recipient and give its id; the same key proposes once.

    `number` has eleven digits, see `account_number`. The leaders are told at once, and nothing is paid until
    it is answered. Raises `Denied`, `Refused`, `ReasonNeeded` when there is a confirmed account already.
    """
    with transaction(actor=actor):
        return answer_once(key, actor.person_id, lambda: _change(scheme, case_id, number, reason, actor))


def _change(scheme: Scheme, case_id: int, number: str, reason: str, actor: Actor) -> int:
    grant = locked(scheme, case_id, actor=actor)
    if not allowed(actor, OWN_APPLICATION_SUBMIT, grant.application):
        staff(grant.application, PAYMENT_MANAGE, actor=actor)
        _apart_from_budget(actor)
    in_use(grant)
    if grant.confirmed is not None and not reason.strip():
        raise ReasonNeeded
    return put(grant, number, reason, actor=actor)


def put(grant: Grant, number: str, reason: str, *, actor: Actor) -> int:
    """Have `number` wait to be confirmed, in the current transaction; one that is known already stays."""
    for known in (grant.waiting, grant.confirmed):
        if known is not None and known.number == number and (known is grant.waiting or not grant.waiting):
            return known.id
    facts = grant.application
    db.session.execute(
        update(PayeeAccount)
        .where(PayeeAccount.owner_id == facts.owner_id, PayeeAccount.state == "waiting")
        .values(state="replaced", confirmed_at=clock.now())
    )
    account_id: int = db.session.execute(
        insert(PayeeAccount)
        .values(
            owner_id=facts.owner_id,
            number=number,
            reason=reason.strip(),
            proposed_by=actor.person_id,
            proposed_at=clock.now(),
        )
        .returning(PayeeAccount.id)
    ).scalar_one()
    replaces = grant.confirmed is not None
    given = "account_changed" if replaces else "account_given"
    enter(facts, given, actor=actor, party=belongs(facts, actor))
    record(AccountProposed(**at(facts), account_id=account_id, replaces=replaces), actor=actor)
    if replaces:
        notify(
            person_ids=leaders_of(facts.owner_id),
            kind="funding.account_change",
            title_id=N_("Somebody asked to change the account number"),
            body_id=N_(
                "%(name)s asked that grants to %(owner)s be paid to %(account)s. "
                "If that is wrong, tell UDI at once. Nothing is paid until UDI has controlled it."
            ),
            values={"name": actor.name, "owner": facts.owner_name, "account": masked(number)},
            href=f"{facts.scheme.case_path(facts.id)}/konto",
        )
    return account_id


def confirm(scheme: Scheme, case_id: int, account_id: int, *, note: str, actor: Actor) -> None:
    """Confirm the account that waits; `note` says how it was controlled. What was ordered is ordered anew.

    Raises `Denied`, `Refused` for whoever proposed it or decides over the budget, `ReasonNeeded` without a
    note, `CaseChanged` when it does not wait any more.
    """
    with transaction(actor=actor):
        grant, account = _answerable(scheme, case_id, account_id, note, actor)
        answered = {"confirmed_by": actor.person_id, "confirmed_at": clock.now(), "note": note.strip()}
        db.session.execute(
            update(PayeeAccount)
            .where(PayeeAccount.owner_id == account.owner_id, PayeeAccount.state == "confirmed")
            .values(state="replaced")
        )
        _answer(account_id, "confirmed", answered)
        _order_anew(account.owner_id)
        facts = grant.application
        enter(facts, "account_confirmed", actor=actor, reason=note.strip())
        record(AccountAnswered(**at(facts), account_id=account_id, outcome="confirmed"), actor=actor)
        tell(
            facts,
            "account_confirmed",
            N_("The account number is confirmed"),
            N_("Grants are paid to %(account)s from now on. If that is wrong, tell UDI at once."),
            account=masked(account.number),
        )


def reject(scheme: Scheme, case_id: int, account_id: int, *, note: str, actor: Actor) -> None:
    """Say no to the account that waits; `note` tells the recipient why. Raises as `confirm`."""
    with transaction(actor=actor):
        grant, account = _answerable(scheme, case_id, account_id, note, actor)
        answered = {"confirmed_by": actor.person_id, "confirmed_at": clock.now(), "note": note.strip()}
        _answer(account_id, "rejected", answered)
        facts = grant.application
        enter(facts, "account_rejected", actor=actor, reason=note.strip())
        record(AccountAnswered(**at(facts), account_id=account_id, outcome="rejected"), actor=actor)
        tell(
            facts,
            "account_rejected",
            N_("UDI could not confirm the account number"),
            N_("The account %(account)s is not used: %(reason)s Give the right number, so that we can pay."),
            account=masked(account.number),
            reason=note.strip(),
        )


def _answerable(
    scheme: Scheme, case_id: int, account_id: int, note: str, actor: Actor
) -> tuple[Grant, Account]:
    grant = locked(scheme, case_id, actor=actor)
    staff(grant.application, PAYMENT_MANAGE, actor=actor)
    account = grant.waiting
    if account is None or account.id != account_id:
        raise CaseChanged
    if account.proposed_by == actor.person_id:
        raise Refused(ACCOUNT_TWO_PERSONS)
    _apart_from_budget(actor)
    if not note.strip():
        raise ReasonNeeded
    return grant, account


def _apart_from_budget(actor: Actor) -> None:
    if actor.may_somewhere(APPLICATION_DECIDE.name) or actor.may_somewhere(PAYMENT_ORDER.name):
        raise Refused(BUDGET_APART)


def _answer(account_id: int, state: str, answered: Mapping[str, Any]) -> None:
    moved = db.session.execute(
        update(PayeeAccount)
        .where(PayeeAccount.id == account_id, PayeeAccount.state == "waiting")
        .values(state=state, **answered)
        .returning(PayeeAccount.id)
    ).first()
    if moved is None:
        raise CaseChanged


def _order_anew(owner_id: int) -> None:
    """What is ordered but has not left for the bank goes back in the plan."""
    theirs = select(Case.id).where(Case.owner_id == owner_id)
    db.session.execute(
        update(Instalment)
        .where(
            Instalment.case_id.in_(theirs),
            Instalment.state.in_(("ordered", "attested")),
            Instalment.batch_id.is_(None),
        )
        .values(**UNORDERED)
    )


def payable(grant: Grant) -> Account:
    """The account a payment may go to now, of a grant read with its accounts locked.

    Raises `Refused`: none is confirmed, another waits, or it was changed too short a while ago.
    """
    if grant.waiting is not None:
        raise Refused(ACCOUNT_WAITING if grant.confirmed is not None else ACCOUNT_NEEDED)
    account = grant.confirmed
    if account is None or account.confirmed_at is None:
        raise Refused(ACCOUNT_NEEDED)
    if usable_from(grant, account) > clock.today():
        raise Refused(ACCOUNT_NEW)
    return account


def usable_from(grant: Grant, account: Account) -> date:
    """The first day money may go to a confirmed account: some days later when it replaced another."""
    changed = any(one.state == "replaced" and one.confirmed_by for one in grant.accounts)
    confirmed = clock.oslo(account.confirmed_at or clock.now()).date()
    return confirmed + timedelta(days=grant.application.scheme.account_delay_days if changed else 0)
