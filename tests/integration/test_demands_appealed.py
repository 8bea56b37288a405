"""A demand for money back is a decision: with letter and deadline, appealed, lowered, gone, given back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.casework.appeals import sending, services
from portal.casework.appeals.effects import AmountRefused
from portal.casework.appeals.queries import staff_appeal
from portal.casework.appeals.rules import FRESH_EYES
from portal.casework.decisions import decisions_of
from portal.casework.declaring import declare_impartial
from portal.casework.firing import Refused
from portal.casework.impartiality import Undeclared
from portal.casework.models import CaseDeadline, Decision, LetterDelivery
from portal.casework.rules import SEPARATION
from portal.database import read, scalar, transaction
from portal.documents.letters import make_letter
from portal.funding.earlier import earlier_of
from portal.funding.granted import deadlines, paying, repaying, reviewing, waiting
from portal.funding.granted.demands import DEMAND
from portal.funding.granted.facts import Claim, Demand
from portal.funding.granted.rules import ADVANCE_NOTICE
from portal.funding.models import AwardEntry, CallFrame
from portal.funding.rules import TO_GIVE_BACK
from portal.web.kit.formats import kr
from tests.funding import Grants, with_others
from tests.granted import (
    ACCOUNT,
    accepted,
    confirm,
    demand,
    grant,
    in_two_weeks,
    pay,
    paying_world,
    report,
)
from tests.pages import Reader
from tests.world import World

PATH = "/barnetilskudd/soknad"
KEY = uuid4()
WHY = "Bussen er også et vilkår."


@pytest.fixture
def made(world: World) -> Grants:
    """Grants with staff who had nothing to do with the demand."""
    return with_others(paying_world(world))


def demanded(made: Grants, *, unpaid: bool = False) -> int:
    """A case where 8,500 kr of 48,500 (or of 30,000 that are paid) is demanded back."""
    case_id = accepted(made)
    confirm(made, case_id)
    if unpaid:
        terms = [(30_000_00, clock.today()), (18_500_00, in_two_weeks())]
        paying.plan(SCHEME, case_id, terms, key=uuid4(), actor=made.actor("decider"))
    pay(made, case_id)
    report(made, case_id, 21_500_00 if unpaid else 40_000_00)
    demand(made, case_id)
    return case_id


def the_demand(made: Grants, case_id: int) -> Demand:
    return grant(made, case_id).demands[0]


def money_in(made: Grants, case_id: int, amount_ore: int) -> None:
    repaying.register(
        SCHEME, case_id, the_demand(made, case_id).id, amount_ore=amount_ore, paid_on=clock.today(),
        reference="I-1", key=uuid4(), actor=made.actor("officer"),
    )  # fmt: skip


def appealed(made: Grants, case_id: int) -> int:
    """The leader appeals, and a fresh caseworker takes the appeal."""
    decision = the_demand(made, case_id).decision_id
    appeal = sending.send_appeal(case_id, decision, text=WHY, key=uuid4(), actor=made.actor("leader"))
    services.step(appeal, "take", version=opened(made, appeal, "fresh"), actor=made.actor("fresh"))
    return appeal


def opened(made: Grants, appeal: int, who: str) -> int:
    """The appeal's version, for somebody who has said they have no ties."""
    for _ in range(4):
        try:
            facts = staff_appeal(appeal, actor=made.actor(who))
            services.limits(facts, actor=made.actor(who))
        except Undeclared as closed:
            declare_impartial(closed.case_id, actor=made.actor(who))
        else:
            return facts.version
    raise AssertionError("never opened")


def decided(made: Grants, case_id: int, outcome: str, amount_ore: int | None, who: str = "chief") -> int:
    """An appeal prepared by one and decided by another; gives its case."""
    appeal = appealed(made, case_id)
    prepared = services.Prepared(
        party=True, signed=True, late_accepted=False, note="", outcome=outcome, amount_ore=amount_ore,
        reasons="Bussen var et vilkår.",
    )  # fmt: skip
    version = opened(made, appeal, "fresh")
    services.propose(appeal, prepared, version=version, actor=made.actor("fresh"))
    decide(made, appeal, outcome, amount_ore, who)
    return appeal


def decide(made: Grants, appeal: int, outcome: str, amount_ore: int | None, who: str = "chief") -> None:
    services.decide(
        appeal, outcome=outcome, amount_ore=amount_ore, reasons="Bussen var et vilkår.",
        version=opened(made, appeal, who), actor=made.actor(who),
    )  # fmt: skip


def letters(case_id: int) -> list[tuple[int, str, dict[str, Any]]]:
    rows = read(
        text(
            "SELECT d.id, d.template, d.context FROM document d JOIN casework_document c"
            " ON c.document_id = d.id WHERE c.case_id = :case AND d.origin = 'letter' ORDER BY d.id"
        ),
        {"case": case_id},
    )
    return [tuple(row) for row in rows]


def pile(made: Grants, code: str) -> list[int]:
    rows = waiting.waiting(SCHEME.code, waiting.PILES[code], actor=made.actor("officer")).rows
    return [row.amount for row in rows]


def repay_deadline_met(case_id: int) -> bool:
    wanted = select(CaseDeadline.met_at).where(
        CaseDeadline.case_id == case_id, CaseDeadline.code == deadlines.REPAY
    )
    return scalar(wanted) is not None


def test_a_demand_is_a_decision_whose_letter_starts_its_own_appeal_deadline(made: Grants) -> None:
    case_id = demanded(made)
    first, demand = decisions_of(case_id)
    assert (first.about, demand.about, demand.outcome) == ("case", DEMAND, "demanded")
    assert demand.reasons == "Ikke brukt."
    [by] = read(select(Decision.prepared_by, Decision.decided_by).where(Decision.id == demand.id))
    assert tuple(by) == (made.people["caseworker"], made.people["decider"])
    with transaction() as session:
        session.execute(update(Decision).values(appeal_until=None))
    letter, template, context = letters(case_id)[-1]
    assert template.endswith("repayment_nb.html")
    assert context["appeal_to"] == demand.appeal_to
    make_letter(document_id=letter)
    first, demand = decisions_of(case_id)
    assert (first.appeal_until, demand.appeal_until) == (None, clock.today() + timedelta(days=21))
    assert scalar(select(LetterDelivery.decision_id).where(LetterDelivery.document_id == letter)) == demand.id
    assert made.facts(case_id).outcome == "granted"
    assert [one.id for one in earlier_of(made.facts(case_id), actor=made.actor("caseworker"))] == []


def test_who_prepared_a_demand_does_not_make_it(made: Grants) -> None:
    made.world.grant(made.people["decider"], "grant_caseworker", made.world.unit("sor"))
    case_id = accepted(made)
    confirm(made, case_id)
    pay(made, case_id)
    decider = made.actor("decider")
    with transaction(actor=decider) as session:
        session.execute(text("UPDATE casework_case SET handler_id = :who"), {"who": decider.person_id})
    repaying.tell_of_breach(
        SCHEME, case_id, amount_ore=1_000_00, reasons="Brukt til annet.", key=uuid4(), actor=decider
    )
    made.declare(case_id, "chief")
    claim = Claim(
        ground="breach", amount_ore=1_000_00, reasons="Brudd.", due_on=in_two_weeks(), pay_to=ACCOUNT
    )

    def demand(who: str) -> None:
        version = made.facts(case_id).version
        repaying.demand(SCHEME, case_id, claim, version=version, key=uuid4(), actor=made.actor(who))

    with pytest.raises(Refused) as early:
        demand("chief")
    assert early.value.rule is ADVANCE_NOTICE
    repaying.comment(SCHEME, case_id, text="Nei.", actor=made.actor("leader"))
    with pytest.raises(Refused) as own:
        demand("decider")
    assert own.value.rule is SEPARATION
    demand("chief")
    assert made.facts(case_id).state == "repayment"


def test_others_than_those_who_demanded_lower_it_and_what_is_too_much_is_given_back(made: Grants) -> None:
    case_id = demanded(made)
    money_in(made, case_id, 5_000_00)
    with pytest.raises(Refused) as first:
        decided(made, case_id, "changed", 3_000_00, who="decider")
    assert first.value.rule is FRESH_EYES
    appeal = the_appeal(made, case_id)
    with pytest.raises(AmountRefused) as higher:
        decide(made, appeal, "changed", 8_500_00)
    assert higher.value.code == "not_lower"
    assert (pile(made, "tilbake"), pile(made, "gi-tilbake")) == ([3_500_00], [])
    decide(made, appeal, "changed", 3_000_00)
    demand = the_demand(made, case_id)
    assert (demand.demanded_ore, demand.amount_ore, demand.over_ore) == (8_500_00, 3_000_00, 2_000_00)
    assert (pile(made, "tilbake"), pile(made, "gi-tilbake")) == ([], [2_000_00])
    assert repay_deadline_met(case_id)
    [(letter, template, context)] = letters(appeal)
    assert template.endswith("repayment_changed_nb.html")
    assert (context["over"], context["left"]) == (kr(2_000_00), "")
    make_letter(document_id=letter)
    [changed] = decisions_of(appeal)
    assert (changed.outcome, changed.appeal_until) == ("partly", clock.today() + timedelta(days=21))
    officer = made.actor("officer")
    version = made.facts(case_id, "officer").version
    with pytest.raises(Refused) as early:
        repaying.finish(SCHEME, case_id, version=version, actor=officer)
    assert early.value.rule is TO_GIVE_BACK
    for _twice in range(2):
        repaying.give_back(
            SCHEME, case_id, demand.id, paid_on=clock.today(), reference="U-9", key=KEY, actor=officer
        )
    assert [part.amount_ore for part in grant(made, case_id).parts] == [5_000_00, -2_000_00]
    repaying.finish(SCHEME, case_id, version=version, actor=officer)
    assert made.facts(case_id).state == "closed"


def the_appeal(made: Grants, case_id: int) -> int:
    return decisions_of(case_id)[1].appeals[0][0]


def test_a_demand_that_falls_away_puts_the_case_back_and_the_money_to_the_grant(made: Grants) -> None:
    case_id = demanded(made, unpaid=True)
    assert ledger(made) == (30_000_00, 30_000_00)
    decided(made, case_id, "changed", 0)
    facts, standing = made.facts(case_id), grant(made, case_id)
    assert (facts.state, facts.awarded_ore, standing.unused_ore) == ("reported", 48_500_00, 0)
    assert [term.state for term in standing.terms] == ["paid", "stopped", "planned"]
    assert standing.planned_ore == facts.awarded_ore
    assert ledger(made) == (48_500_00, 48_500_00)
    assert repay_deadline_met(case_id)
    assert (pile(made, "tilbake"), pile(made, "gi-tilbake")) == ([], [])
    reviewing.approve(
        SCHEME, case_id, checks=dict.fromkeys(reviewing.CHECKS, "ok"), review="Klagen førte fram.",
        version=facts.version, actor=made.actor("caseworker"),
    )  # fmt: skip
    assert made.facts(case_id).state == "closed"


def ledger(made: Grants) -> tuple[int, int]:
    """(bound by the frame, sum of the ledger)."""
    bound = scalar(select(CallFrame.committed_ore).where(CallFrame.call_id == made.call_id))
    entries = scalar(
        select(func.coalesce(func.sum(AwardEntry.amount_ore), 0)).where(AwardEntry.call_id == made.call_id)
    )
    return int(bound), int(entries)


def test_the_appeal_body_lowers_a_demand_that_is_paid_and_finished(made: Grants) -> None:
    case_id = demanded(made)
    appeal = decided(made, case_id, "forwarded", None)
    money_in(made, case_id, 8_500_00)
    officer = made.actor("officer")
    repaying.finish(SCHEME, case_id, version=made.facts(case_id, "officer").version, actor=officer)
    answer = services.Answer(
        result="changed", reference="KLN 7", answered_on=clock.today(), amount_ore=8_000_00,
        filename="svar.pdf", content=b"%PDF-1.7\n%%EOF\n",
    )  # fmt: skip
    version = opened(made, appeal, "chief")
    services.register_answer(appeal, answer, version=version, actor=made.actor("chief"))
    assert (made.facts(case_id).state, the_demand(made, case_id).over_ore) == ("closed", 500_00)
    assert pile(made, "gi-tilbake") == [500_00]
    assert letters(appeal)[-1][2]["final"]


def test_the_recipient_appeals_from_the_page_of_the_demand(made: Grants) -> None:
    case_id = demanded(made)
    decision = the_demand(made, case_id).decision_id
    leader = Reader(made.world.client(made.people["leader"]))
    page, form = f"{PATH}/{case_id}/tilbakebetaling", f"/saker/{case_id}/vedtak/{decision}/klage"
    assert form in leader.get(page).get_data(as_text=True)
    assert form in leader.get(f"/saker/{case_id}").get_data(as_text=True)
    assert leader.send(form, {"text": ""}).status_code == 422
    sent = leader.send(form, {"text": WHY})
    assert sent.status_code == 303
    appeal = the_appeal(made, case_id)
    assert sent.location.endswith(f"/saker/{appeal}/klage/kvittering")
    assert leader.get(form).location == f"/saker/{appeal}"
    assert "Klage 20" in leader.text(page)
    assert leader.get(f"/saker/{case_id}/vedtak/{decision + 1000}/klage").status_code == 404
    first = decisions_of(case_id)[0]
    assert leader.get(f"/saker/{case_id}/vedtak/{first.id}/klage").status_code == 200
    opened(made, appeal, "fresh")
    services.step(appeal, "take", version=opened(made, appeal, "fresh"), actor=made.actor("fresh"))
    fresh = Reader(made.world.client(made.people["fresh"]))
    assert "Krav om tilbakebetaling" in fresh.text(f"/klager/{appeal}")
    work = f"/klager/{appeal}/forbered"
    values = {"party": "y", "signed": "y", "outcome": "changed", "reasons": "Bussen."}
    assert fresh.send(work, values).status_code == 422
    assert fresh.send(work, {**values, "amount": "0"}).status_code == 303
    opened(made, appeal, "chief")
    chief = Reader(made.world.client(made.people["chief"]))
    shown = chief.send(
        f"/klager/{appeal}/avgjor",
        {"outcome": "changed", "amount": "0", "reasons": "Bussen.", "preview": "page"},
    )
    assert "Dere skal ikke betale noe tilbake" in shown.get_data(as_text=True)
    assert made.facts(case_id).state == "repayment"
