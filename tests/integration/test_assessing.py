"""The assessment: by criterion with its source, with the budget's marks, earlier grants and sentences."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.casework.decisions import write_decision
from portal.casework.firing import Refused
from portal.database import transaction
from portal.funding import applying, assessing
from portal.funding.facts import Line
from portal.funding.granted.demands import DEMAND
from portal.funding.granted.models import Repayment
from tests.funding import Grants, grants, reader
from tests.pages import plain, statements
from tests.world import World

CRITERIA = {f"criterion_{code}": "yes" for code, _label in SCHEME.all_criteria()}


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world)


@pytest.fixture
def case_id(made: Grants) -> int:
    sent = made.sent()
    made.step(sent, "take", "caseworker")
    return sent


def path(case_id: int) -> str:
    return f"/barnetilskudd/soknad/{case_id}/vurdering"


def filled(**more: Any) -> dict[str, Any]:
    return {**CRITERIA, "outcome": "granted", "amount": "40 000", "reasons": "Godt tiltak.", **more}


def test_each_criterion_names_the_goal_or_the_rule_it_comes_from(made: Grants, case_id: int) -> None:
    page = reader(made).text(path(case_id))
    assert "Målet: En mer meningsfull hverdag" in page
    assert "nr. 2921 §§ 1 og 8" in page


def test_nothing_is_sent_to_decision_before_every_criterion_is_answered(made: Grants, case_id: int) -> None:
    who = reader(made)
    some = {**filled(), "criterion_reach": "", "send": "1"}
    refused = who.send(path(case_id), some)
    assert refused.status_code == 422
    assert plain(refused).count("Velg et svar før du sender til vedtak") == 2
    assert made.facts(case_id).state == "in_progress"
    assert who.send(path(case_id), {**filled(), "criterion_reach": ""}).status_code == 303  # kept for later


def test_a_grant_for_a_public_duty_must_be_explained(made: Grants, case_id: int) -> None:
    who = reader(made)
    duty = filled(criterion_public_duty="no", send="1")
    refused = who.send(path(case_id), duty)
    assert refused.status_code == 422
    assert "nr. 2921 §§ 1 og 8" in plain(refused)
    assert made.facts(case_id).assessment is None
    done = who.send(path(case_id), {**duty, "why_public_duty": "Skolen tilbyr det bare i ukedagene."})
    assert done.status_code == 303
    made.staff("second", "decision_maker", "sor")
    made.declare(case_id, "second")
    assert "Skolen tilbyr det bare" in reader(made, "second").text(f"/barnetilskudd/soknad/{case_id}/vedtak")


def test_the_service_itself_asks_for_the_explanation_but_not_of_a_refusal(made: Grants, case_id: int) -> None:
    def assess(outcome: str, ore: int) -> None:
        assessing.assess(
            SCHEME,
            case_id,
            criteria={"public_duty": "no"},
            outcome=outcome,
            proposed_ore=ore,
            reasons="Kommunen skal tilby dette.",
            version=made.facts(case_id).version,
            send=True,
            actor=made.actor("caseworker"),
        )

    with pytest.raises(Refused, match="no_public_duty"):
        assess("partly", 10_000_00)
    assess("refused", 0)
    assert made.facts(case_id).state == "proposed"


def test_sentences_are_inserted_without_scripts_and_can_be_edited(made: Grants, case_id: int) -> None:
    who = reader(made)
    shown = who.send(path(case_id), {**filled(), "sentences": ["new_offer", "few_children"], "insert": "1"})
    assert shown.status_code == 200
    text = shown.get_data(as_text=True)
    reasons = text[text.index('name="reasons"') :].partition("</textarea>")[0]
    assert "Godt tiltak." in reasons
    assert "Barna har ikke et slikt tilbud" in reasons
    assert made.facts(case_id).assessment is None
    only = who.send(path(case_id), {**filled(reasons=""), "sentences": "new_offer"})
    assert only.status_code == 303
    written = made.facts(case_id).assessment
    assert written is not None
    assert written.reasons == "Barna har ikke et slikt tilbud på mottaket i dag."


def test_budget_marks_are_the_same_for_applicant_and_caseworker(made: Grants) -> None:
    draft = made.draft()
    budget = SCHEME.group("budsjett")
    assert budget is not None
    lines = [Line("cost", "wages", "Instruktør", 40_000_00), Line("cost", "rent", "Hall", 10_000_00)]
    applying.save_budget(SCHEME, draft, budget, lines, version=1, actor=made.actor("leader"))
    told = "80 prosent av kostnadene"
    assert told in reader(made, "leader").text(f"/barnetilskudd/soknad/{draft}/skjema/budsjett")
    assert told in reader(made, "leader").text(f"/barnetilskudd/soknad/{draft}/send")
    from uuid import uuid4

    applying.submit(SCHEME, draft, key=uuid4(), actor=made.actor("leader"))
    made.step(draft, "take", "caseworker")
    page = reader(made).text(path(draft))
    assert told in page
    assert "ikke fastsatt i noe regelverk" in page


def test_earlier_grants_are_shown_as_far_as_one_may_read(made: Grants, case_id: int) -> None:
    before = made.sent(amount_ore=60_000_00)
    made.propose(before, 50_000_00)
    made.decide(before, 50_000_00)
    with transaction() as session:
        demand = write_decision(
            before,
            about=DEMAND,
            outcome="demanded",
            reasons="Ubrukt",
            prepared_by=made.people["caseworker"],
            decided_by=made.people["decider"],
            decided_at=clock.now(),
            appeal_to="",
            appeal_until=None,
        )
        session.execute(
            insert(Repayment).values(
                case_id=before,
                decision_id=demand,
                demanded_ore=7_000_00,
                ground="unused",
                pay_to="12345678903",
                amount_ore=7_000_00,
                paid_ore=2_000_00,
                reasons="Ubrukt",
                due_on="2027-05-01",
                claimed_by=made.people["decider"],
            )
        )
    elsewhere = made.sent(site="nord")
    made.propose(elsewhere, 33_333_00, who="other_region")
    made.decide(elsewhere, 33_333_00)
    who = reader(made)
    with statements() as sent:
        page = plain(who.get(path(case_id))).replace("\N{NO-BREAK SPACE}", " ")
    assert len(sent) <= 6, sent
    assert "Søkte om 60 000 kr, fikk 50 000 kr" in page
    assert "Krevd tilbake 7 000 kr, betalt tilbake 2 000 kr" in page
    assert "33 333" not in page
