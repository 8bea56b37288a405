"""A grant raised after an appeal: plan, ledger and frame follow; finished cases wait for nothing."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.access.policy import Denied
from portal.casework import reminding
from portal.casework.appeals.effects import Root
from portal.casework.deadlines import open_deadlines
from portal.casework.declaring import correct_tie, declare_tie
from portal.casework.firing import CaseChanged
from portal.casework.impartiality import Undeclared
from portal.casework.models import CaseRequest
from portal.casework.rules import DISQUALIFIED, OWN_TIE, UNDECLARED, Refused
from portal.database import read, scalar, switch_transaction, transaction
from portal.funding import asking
from portal.funding.appealing import GrantAppeals
from portal.funding.granted import accepting, paying
from portal.funding.granted.models import Instalment
from portal.funding.granted.rules import GRANT_IS_OVER
from portal.funding.models import AwardEntry, CallFrame
from portal.funding.queries import get_application
from portal.funding.workflow import KIND
from tests.funding import Grants
from tests.granted import accept, accepted, confirm, grant, granted, in_two_weeks, pay, paying_world
from tests.pages import Reader
from tests.world import World

PATH = "/barnetilskudd"


@pytest.fixture
def made(world: World) -> Grants:
    return paying_world(world)


def raised(made: Grants, case_id: int, amount_ore: int) -> Any:
    made.declare(case_id, "decider")
    with transaction(actor=made.actor("decider")):
        return GrantAppeals().change(
            Root(0, "case", case_id, KIND),
            amount_ore=amount_ore,
            reasons="Vi har sett på saken på nytt.",
            reference="2026/000009",
            final=False,
            actor=made.actor("decider"),
        )


def in_part(made: Grants) -> int:
    """A grant of less than was sought, accepted, to a confirmed account."""
    case_id = made.sent(amount_ore=48_500_00)
    made.propose(case_id, 20_000_00)
    made.decide(case_id, 20_000_00)
    for who in ("officer", "caseworker"):
        made.declare(case_id, who)
    accept(made, case_id)
    confirm(made, case_id)
    return case_id


def sound(made: Grants, case_id: int) -> tuple[int, int]:
    """(granted, planned); fails where the ledger and the frame differ, or more is planned than granted."""
    ledger = scalar(select(func.coalesce(func.sum(AwardEntry.amount_ore), 0)))
    assert ledger == scalar(select(CallFrame.committed_ore))
    own = select(func.coalesce(func.sum(AwardEntry.amount_ore), 0)).where(AwardEntry.case_id == case_id)
    live = select(func.coalesce(func.sum(Instalment.amount_ore), 0)).where(
        Instalment.case_id == case_id, Instalment.state != "stopped"
    )
    bound, planned = int(scalar(own)), int(scalar(live))
    assert planned <= bound
    return bound, planned


def test_what_is_added_to_a_paid_grant_is_a_payment_of_its_own(made: Grants) -> None:
    case_id = in_part(made)
    pay(made, case_id)
    letter = raised(made, case_id, 30_000_00).letter
    assert letter.context["added"].startswith("10")
    assert len(letter.context["terms"]) == 2
    assert sound(made, case_id) == (30_000_00, 30_000_00)
    assert [(term.state, term.amount_ore) for term in grant(made, case_id).terms] == [
        ("paid", 20_000_00),
        ("planned", 10_000_00),
    ]
    pay(made, case_id, number=1)
    assert made.facts(case_id, "leader").paid_ore == 30_000_00


def test_a_grant_raised_before_it_is_accepted_has_the_time_to_answer_anew(made: Grants) -> None:
    case_id = made.sent(amount_ore=48_500_00)
    made.propose(case_id, 0)
    made.decide(case_id, 0)
    assert open_deadlines(case_id) == []
    assert raised(made, case_id, 20_000_00).letter.context["added"] == ""
    assert [one.code for one in open_deadlines(case_id)] == ["grant_accept"]
    raised(made, case_id, 30_000_00)
    accept(made, case_id)
    assert sound(made, case_id) == (30_000_00, 30_000_00)


def test_a_grant_that_is_over_is_not_raised(made: Grants) -> None:
    case_id = made.sent(amount_ore=48_500_00)
    made.propose(case_id, 20_000_00)
    made.decide(case_id, 20_000_00)
    version = made.facts(case_id, "leader").version
    accepting.decline(SCHEME, case_id, reason="", version=version, actor=made.actor("leader"))
    assert open_deadlines(case_id) == []
    with pytest.raises(Refused) as over:
        raised(made, case_id, 30_000_00)
    assert over.value.rule is GRANT_IS_OVER
    assert sound(made, case_id) == (0, 0)
    assert "har ikke tatt imot pengene" in reader(made, "leader").text(f"{PATH}/soknad/{case_id}")


def test_plan_ledger_and_frame_agree_whatever_is_done(made: Grants) -> None:
    case_id = in_part(made)
    chance = random.Random(11)
    raises = 0
    for _try in range(25):
        name, act = chance.choice(acts(made, case_id, chance))
        try:
            act()
        except (Refused, CaseChanged, Denied, ValueError):
            continue
        raises += name == "raise"
        sound(made, case_id)
    assert raises


def acts(made: Grants, case_id: int, chance: random.Random) -> list[tuple[str, Any]]:
    """What somebody may try with the grant now, by name."""
    term, (bound, _planned) = chance.choice(grant(made, case_id).terms).id, sound(made, case_id)
    decider, officer = made.actor("decider"), made.actor("officer")
    whole = [(bound - kept(made, case_id), in_two_weeks())]
    return [
        ("order", lambda: paying.order(SCHEME, case_id, term, actor=decider)),
        ("attest", lambda: paying.attest(SCHEME, case_id, term, actor=officer)),
        ("stop", lambda: paying.stop(SCHEME, case_id, term, reason="Feil", actor=officer)),
        ("raise", lambda: raised(made, case_id, bound + 1_000_00)),
        ("plan", lambda: paying.plan(SCHEME, case_id, whole, key=None, actor=decider)),
    ]


def kept(made: Grants, case_id: int) -> int:
    return sum(
        term.amount_ore for term in grant(made, case_id).terms if term.state not in ("planned", "stopped")
    )


def reader(made: Grants, who: str) -> Reader:
    return Reader(made.world.client(made.people[who]))


def test_lists_and_tasks_tell_neither_title_nor_sum_before_a_declaration(made: Grants) -> None:
    case_id = accepted(made, 43_210_00)
    made.staff("newcomer", "grant_caseworker", "sor")
    made.staff("second", "payment_officer", "sor")
    waiting = made.sent(amount_ore=31_700_00)
    for path in ("/behandling?vis=alle", f"/behandling/sammenlign/{made.call_id}"):
        page = reader(made, "newcomer").text(PATH + path)
        assert "Svømmekurs" not in page
        assert "43 210" not in page.replace("\xa0", " ")
        assert "Elvebakken" in page
    assert "Svømmekurs" not in reader(made, "newcomer").text("/min-side")
    assert "Svømmekurs" not in reader(made, "second").text(f"{PATH}/oppfolging?vis=konto")
    made.declare(waiting, "newcomer")
    page = reader(made, "newcomer").text(f"{PATH}/behandling?vis=alle").replace("\xa0", " ")
    assert "31 700" in page
    assert "43 210" not in page
    assert case_id
    told = read(
        text('SELECT "values" FROM notice WHERE person_id = ANY(:staff)'),
        {"staff": [made.people[who] for who in ("caseworker", "officer", "decider", "newcomer")]},
    )
    assert not [row for row in told if "Svømmekurs" in str(tuple(row))]


def test_a_tie_declared_by_mistake_is_corrected_by_another_and_asked_anew(made: Grants) -> None:
    case_id = made.sent()
    made.declare(case_id, "caseworker")
    made.staff("spreader", "decision_maker", "sor")
    caseworker = made.people["caseworker"]
    declare_tie(case_id, ground="family", reason="", actor=made.actor("caseworker"))
    with pytest.raises(Denied):
        correct_tie(case_id, caseworker, reason="Feil sak.", actor=made.actor("caseworker"))
    page = reader(made, "spreader")
    path = f"/sak/{case_id}/fordeling"
    target = f"/sak/{case_id}/inhabil/{caseworker}/rett"
    assert page.send(target, {f"{caseworker}-reason": ""}, seen=path).status_code == 422
    with pytest.raises(Undeclared) as closed:
        get_application(case_id, scheme=SCHEME.code, actor=made.actor("caseworker"))
    assert closed.value.rule is DISQUALIFIED
    assert page.send(target, {f"{caseworker}-reason": "Feil sak."}, seen=path).status_code == 303
    assert "Feil sak." in page.text(path)
    with pytest.raises(Undeclared) as asked:
        get_application(case_id, scheme=SCHEME.code, actor=made.actor("caseworker"))
    assert asked.value.rule is UNDECLARED
    with pytest.raises(CaseChanged):
        correct_tie(case_id, caseworker, reason="En gang til.", actor=made.actor("spreader"))
    declare_tie(case_id, ground="spouse", reason="", actor=made.actor("caseworker"))
    with pytest.raises(Undeclared):
        made.facts(case_id)
    assert OWN_TIE.basis


def test_a_withdrawn_case_waits_for_nothing_and_an_unreachable_one_does_not_nag(made: Grants) -> None:
    case_id = made.sent()
    made.step(case_id, "take", "caseworker")
    facts = made.facts(case_id)
    asking.ask_more(
        SCHEME,
        case_id,
        fields=["maal.goal"],
        text="Skriv mer.",
        due_on=clock.today() + timedelta(days=4),
        version=facts.version,
        actor=made.actor("caseworker"),
    )
    [due] = open_deadlines(case_id)
    with switch_transaction() as session:
        session.execute(
            text(
                "INSERT INTO plugin_switch (plugin, enabled, changed_by) VALUES ('child_grants', false, :who)"
            ),
            {"who": made.people["decider"]},
        )
        session.execute(text("UPDATE casework_deadline SET due_on = :day"), {"day": clock.today()})
    assert due.for_party
    assert reminding.remind() == 0
    assert "Svar på" not in reader(made, "leader").text("/frister")
    with switch_transaction() as session:
        session.execute(text("UPDATE plugin_switch SET enabled = true"))
    assert reminding.remind() == 1
    made.step(case_id, "withdraw", "leader")
    assert open_deadlines(case_id) == []
    assert read(select(CaseRequest.id).where(CaseRequest.answered_at.is_(None))) == []


def test_staff_see_how_letters_fared_and_the_party_its_deadlines_and_reference(made: Grants) -> None:
    case_id = granted(made)
    with transaction() as session:
        session.execute(text("UPDATE casework_case SET udisak_reference = '27/01234'"))
    assert "blir laget" in reader(made, "caseworker").text(f"{PATH}/soknad/{case_id}")
    for path in (f"/saker/{case_id}", f"{PATH}/soknad/{case_id}"):
        page = reader(made, "leader").text(path)
        assert "27/01234" in page
        assert "Fristene deres" in page
