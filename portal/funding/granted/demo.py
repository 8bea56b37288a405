"""Invented grants that have come on: accepted, ordered, paid, reported on, demanded back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from portal import clock
from portal.access.actor import Actor
from portal.casework.declaring import declare_impartial
from portal.funding import queries as applications
from portal.funding.granted import accepting, accounts, paying, queries, repaying, reporting, reviewing
from portal.funding.granted.facts import Claim
from portal.funding.scheme import Scheme

STEPS = ("accepted", "ordered", "reported", "repayment")
_ACCOUNT, _UDIS_ACCOUNT = "12345678903", "86011117947"
_REPORTED = timedelta(days=8)  # so long ago was the report sent
_DEMANDED = timedelta(days=2)


@dataclass(frozen=True)
class Hands:
    """Who do what: the recipient's leader, the caseworker, the decision maker, the payment officer."""

    leader: Actor
    caseworker: Actor
    decider: Actor
    officer: Actor


def walk_on(scheme: Scheme, case_id: int, given: dict[str, Any], hands: Hands, decided: datetime) -> None:
    """Walk a grant as far as `given["until"]` says, beginning a week after it was decided."""
    until, at = given["until"], decided + timedelta(days=7)
    with clock.fixed(at):
        _accept(scheme, case_id, hands)
    if until == "accepted":
        return
    with clock.fixed(at + timedelta(days=1)):
        _order(scheme, case_id, hands)
    if until == "ordered":
        return
    with clock.fixed(at + timedelta(days=3)):
        _pay(scheme, case_id, hands)
    with clock.fixed(clock.now() - _REPORTED):
        _report(scheme, case_id, given, hands)
    if until == "repayment":
        with clock.fixed(clock.now() - _DEMANDED):
            _demand(scheme, case_id, given, hands)


def _accept(scheme: Scheme, case_id: int, hands: Hands) -> None:
    version = applications.get_application(case_id, scheme=scheme.code, actor=hands.leader).version
    accepting.accept(scheme, case_id, number=_ACCOUNT, version=version, key=uuid4(), actor=hands.leader)


def _order(scheme: Scheme, case_id: int, hands: Hands) -> None:
    declare_impartial(case_id, actor=hands.officer)
    grant = queries.get_grant(case_id, scheme=scheme.code, actor=hands.officer)
    if grant.waiting is not None:
        note = "Kontrollert mot bankens bekreftelse."
        accounts.confirm(scheme, case_id, grant.waiting.id, note=note, actor=hands.officer)
    paying.order(scheme, case_id, grant.terms[0].id, actor=hands.decider)


def _pay(scheme: Scheme, case_id: int, hands: Hands) -> None:
    term = queries.get_grant(case_id, scheme=scheme.code, actor=hands.officer).terms[0]
    paying.attest(scheme, case_id, term.id, actor=hands.officer)
    paying.paid(
        scheme, case_id, term.id, paid_on=clock.today(), reference=f"B-{case_id}", actor=hands.officer
    )


def _report(scheme: Scheme, case_id: int, given: dict[str, Any], hands: Hands) -> None:
    spent = {post: kroner * 100 for post, kroner in given["spent"]}
    reporting.save_answers(scheme, case_id, given["report"], version=0, actor=hands.leader)
    reporting.save_accounts(scheme, case_id, spent, version=0, actor=hands.leader)
    reporting.send(scheme, case_id, key=uuid4(), actor=hands.leader)


def _demand(scheme: Scheme, case_id: int, given: dict[str, Any], hands: Hands) -> None:
    version = queries.get_grant(case_id, scheme=scheme.code, actor=hands.caseworker).application.version
    reviewing.save(
        scheme,
        case_id,
        checks=dict.fromkeys(reviewing.CHECKS, "ok"),
        review="Regnskapet stemmer. Ikke alt er brukt.",
        version=version,
        actor=hands.caseworker,
    )
    grant = queries.get_grant(case_id, scheme=scheme.code, actor=hands.decider)
    claim = Claim(
        ground="unused",
        amount_ore=grant.unused_ore,
        reasons=given["demand"],
        due_on=clock.today() + timedelta(days=21),
        pay_to=_UDIS_ACCOUNT,
    )
    version = grant.application.version
    repaying.demand(scheme, case_id, claim, version=version, key=uuid4(), actor=hands.decider)
