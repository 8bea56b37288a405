"""What follows a grant in tests: somebody who pays, and a grant that has come a certain length."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.funding.granted import accepting, accounts, paying, queries, repaying, reporting, reviewing
from portal.funding.granted.facts import Claim, Grant
from tests.funding import Grants, grants
from tests.world import World

ACCOUNT = "12345678903"
OTHER_ACCOUNT = "86011117947"
REPORT = {
    "activities": "Ti onsdager i svømmehallen.",
    "effect": "Barna er trygge i vann.",
    "adaptation": "To grupper etter alder.",
    "children_reached": 22,
}


def paying_world(world: World, **changed: Any) -> Grants:
    """As `grants`, with a payment officer in the region."""
    made = grants(world, **changed)
    made.staff("officer", "payment_officer", "sor")
    return made


def granted(made: Grants, amount_ore: int = 48_500_00, **about: Any) -> int:
    """A grant that waits for an answer."""
    case_id = made.sent(amount_ore=amount_ore, **about)
    made.propose(case_id, amount_ore)
    made.decide(case_id, amount_ore)
    for who in ("officer", "caseworker", "decider"):
        made.declare(case_id, who)
    return case_id


def grant(made: Grants, case_id: int, who: str = "officer") -> Grant:
    """The grant as somebody reads it."""
    return queries.get_grant(case_id, scheme=SCHEME.code, actor=made.actor(who))


def accepted(made: Grants, amount_ore: int = 48_500_00, *, number: str = ACCOUNT, **about: Any) -> int:
    """A grant the leader has accepted; the account waits where it is new."""
    case_id = granted(made, amount_ore, **about)
    accept(made, case_id, number=number)
    return case_id


def accept(made: Grants, case_id: int, *, number: str = ACCOUNT, **more: Any) -> None:
    """The leader accepts."""
    version = made.facts(case_id, "leader").version
    accepting.accept(
        SCHEME, case_id, number=number, version=version, key=uuid4(), actor=made.actor("leader"), **more
    )


def confirm(made: Grants, case_id: int, who: str = "officer") -> None:
    """Confirm the account that waits, if one does."""
    waiting = grant(made, case_id).waiting
    if waiting is not None:
        note = "Kontrollert mot bankens bekreftelse."
        accounts.confirm(SCHEME, case_id, waiting.id, note=note, actor=made.actor(who))


def pay(made: Grants, case_id: int, *, number: int = 0) -> None:
    """Order, attest and register a payment."""
    term = grant(made, case_id).terms[number]
    paying.order(SCHEME, case_id, term.id, actor=made.actor("decider"))
    paying.attest(SCHEME, case_id, term.id, actor=made.actor("officer"))
    paying.paid(SCHEME, case_id, term.id, paid_on=clock.today(), reference="B-1", actor=made.actor("officer"))


def paid(made: Grants, amount_ore: int = 48_500_00, **about: Any) -> int:
    """A grant that is paid in one term."""
    case_id = accepted(made, amount_ore, **about)
    confirm(made, case_id)
    pay(made, case_id)
    return case_id


def reported(made: Grants, spent_ore: int, amount_ore: int = 48_500_00) -> int:
    """A grant that is paid and reported on."""
    case_id = paid(made, amount_ore)
    report(made, case_id, spent_ore)
    return case_id


def report(made: Grants, case_id: int, spent_ore: int) -> None:
    """The leader writes the report and sends it."""
    leader = made.actor("leader")
    begun = grant(made, case_id, "leader").report
    versions = begun.versions if begun else {}
    reporting.save_answers(SCHEME, case_id, REPORT, version=versions.get("maal", 0), actor=leader)
    spent = {"rent": spent_ore}
    reporting.save_accounts(SCHEME, case_id, spent, version=versions.get("regnskap", 0), actor=leader)
    reporting.send(SCHEME, case_id, key=uuid4(), actor=leader)


def controlled(made: Grants, case_id: int) -> int:
    """The caseworker writes down the control, so that money can be demanded; gives the case's version."""
    version = made.facts(case_id).version
    checks = dict.fromkeys(reviewing.CHECKS, "ok")
    reviewing.save(
        SCHEME, case_id, checks=checks, review="Sett.", version=version, actor=made.actor("caseworker")
    )
    return version


def demand(made: Grants, case_id: int, reasons: str = "Ikke brukt.") -> None:
    """The caseworker controls the report, the decider demands 8,500 kr back."""
    version = controlled(made, case_id)
    claim = Claim(
        ground="unused", amount_ore=8_500_00, reasons=reasons, due_on=in_two_weeks(), pay_to=ACCOUNT
    )
    repaying.demand(SCHEME, case_id, claim, version=version, key=uuid4(), actor=made.actor("decider"))


def in_two_weeks() -> Any:
    """A day for a payment."""
    return clock.today() + timedelta(days=14)
