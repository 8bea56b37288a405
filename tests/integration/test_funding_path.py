"""The straight path of a grant, by the people who walk it, and what each of them must not reach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.access.policy import Denied, OutOfReach
from portal.casework.decisions import decisions_of
from portal.casework.declaring import declare_tie
from portal.casework.firing import CaseChanged, Refused
from portal.casework.models import Case, CaseNumber, Decision
from portal.casework.own import own_cases
from portal.casework.queries import get_own
from portal.database import read, read_one, scalar, switch_transaction, transaction
from portal.documents.letters import make_letter
from portal.documents.queries import list_documents, readable
from portal.funding import applying, calls, queries
from portal.funding.eligibility import NotEligible
from portal.funding.models import AwardEntry, CallFrame
from portal.pluginhost.models import PluginSwitch
from portal.record import sealing
from tests.funding import FRAME, Grants, grants, terms
from tests.world import World

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world)


def test_from_call_to_letter(made: Grants) -> None:
    case_id = made.draft()
    applying.attach_file(SCHEME, case_id, content=PDF, filename="vedtekter.pdf", actor=made.actor("leader"))
    applying.submit(SCHEME, case_id, key=uuid4(), actor=made.actor("leader"))
    sent = made.facts(case_id)
    assert sent.number == f"{clock.today().year}/000001"
    assert (sent.state, sent.late, sent.amount_ore) == ("submitted", False, 48_500_00)
    assert sent.regional_id == made.world.unit("sor")
    assert [row.title for row in list_documents(sent.attachments)] == ["vedtekter.pdf"]
    made.propose(case_id, 40_000_00)
    assert made.decide(case_id, 40_000_00) == "partly"
    decided = made.facts(case_id, "leader")
    assert (decided.state, decided.awarded_ore, decided.committed_ore) == ("granted", 40_000_00, 40_000_00)
    assert decided.appeal_until == clock.today() + timedelta(days=21)
    [letter] = decided.letters
    make_letter(document_id=letter)
    opened = readable(letter, made.actor("leader"))
    assert opened.content is not None
    assert opened.content.startswith(b"%PDF")
    assert made.world.count("notice") >= 2
    sealing.seal(b"key")
    assert sealing.verify(b"key").sound


def test_another_region_reaches_neither_case_list_nor_file(made: Grants) -> None:
    case_id = made.draft()
    document = applying.attach_file(
        SCHEME, case_id, content=PDF, filename="regnskap.pdf", actor=made.actor("leader")
    )
    applying.submit(SCHEME, case_id, key=uuid4(), actor=made.actor("leader"))
    other = made.actor("other_region")
    with pytest.raises(OutOfReach):
        made.facts(case_id, "other_region")
    assert queries.queue(SCHEME.code, actor=other).rows == []
    with pytest.raises(OutOfReach):
        readable(document, other)
    assert made.facts(case_id, "caseworker").id == case_id
    assert len(queries.queue(SCHEME.code, actor=made.actor("caseworker")).rows) == 1
    assert readable(document, made.actor("caseworker")).id == document


def test_a_draft_is_its_owners_alone(made: Grants) -> None:
    case_id = made.draft()
    document = applying.attach_file(
        SCHEME, case_id, content=PDF, filename="utkast.pdf", actor=made.actor("leader")
    )
    made.staff("auditor", "auditor", "udi")
    made.member("stranger", owner_id=made.world.civil_unit("Et annet lag"))
    for who in ("caseworker", "decider", "auditor", "stranger"):
        with pytest.raises(OutOfReach):
            made.facts(case_id, who)
        with pytest.raises(OutOfReach):
            readable(document, made.actor(who))
    made.member("editor", "editor")
    assert made.facts(case_id, "editor").title == "Svømmekurs for nybegynnere"


def test_the_call_can_send_a_county_to_another_region(made: Grants) -> None:
    nord = made.world.unit("nord")
    calls.change_call(made.call_id, terms(distribution={"39": nord}), actor=made.actor("decider"))
    case_id = made.sent(site="sor")
    assert made.facts(case_id, "other_region").regional_id == nord


def test_who_prepared_cannot_decide(made: Grants) -> None:
    case_id = made.sent()
    made.world.grant(made.people["caseworker"], "decision_maker", made.world.unit("sor"))
    made.propose(case_id, 40_000_00)
    with pytest.raises(Refused) as refused:
        made.decide(case_id, 40_000_00, who="caseworker")
    assert refused.value.rule.name == "casework.separation_of_duties"
    assert made.decide(case_id, 40_000_00) == "partly"


def test_neither_party_nor_disqualified_handles(made: Grants) -> None:
    case_id = made.sent()
    made.world.grant(made.people["caseworker"], "reader", made.owner_id)
    with pytest.raises(Refused) as refused:
        made.step(case_id, "take", "caseworker")
    assert refused.value.rule.basis == "forvaltningsloven § 6"
    made.staff("second", "grant_caseworker", "sor")
    declare_tie(case_id, ground="family", reason="", actor=made.actor("second"))
    with pytest.raises(Refused) as refused:
        made.step(case_id, "take", "second")
    assert refused.value.rule.name == "casework.disqualified"
    made.staff("third", "grant_caseworker", "sor")
    made.step(case_id, "take", "third")


def test_two_clicks_send_once_and_numbers_have_no_holes(made: Grants) -> None:
    case_id, key = made.draft(), uuid4()
    for _click in range(2):
        assert applying.submit(SCHEME, case_id, key=key, actor=made.actor("leader")) == case_id
    with pytest.raises(CaseChanged):
        applying.submit(SCHEME, case_id, key=uuid4(), actor=made.actor("leader"))
    second = made.draft()
    made.member("editor", "editor")
    with pytest.raises(Denied):
        applying.submit(SCHEME, second, key=uuid4(), actor=made.actor("editor"))
    third = made.sent()
    assert made.facts(third).number == f"{clock.today().year}/000002"
    assert scalar(select(CaseNumber.last)) == 2


def test_the_same_key_begins_one_draft(made: Grants) -> None:
    key = uuid4()
    begun = {
        applying.start_application(
            SCHEME,
            made.call_id,
            owner_id=made.owner_id,
            kind="voluntary",
            key=key,
            actor=made.actor("leader"),
        )
        for _click in range(3)
    }
    assert len(begun) == 1
    assert made.world.count("funding_application") == 1


def test_the_servers_clock_marks_what_is_late(made: Grants) -> None:
    closes = datetime(2027, 1, 22, 23, 0, tzinfo=UTC)  # midnight in Oslo
    opens = datetime(2026, 12, 1, tzinfo=UTC)
    with clock.fixed(opens + timedelta(days=1)):
        changed = terms(opens_at=opens, closes_at=closes)
        made.call_id = calls.publish_call(changed, actor=made.actor("decider"))
        drafts = [made.draft(), made.draft()]
    for case_id, moment in zip(drafts, (closes - timedelta(seconds=1), closes), strict=True):
        with clock.fixed(moment):
            applying.submit(SCHEME, case_id, key=uuid4(), actor=made.actor("leader"))
    assert [made.facts(case_id).late for case_id in drafts] == [False, True]


def test_with_a_common_deadline_nothing_is_decided_before_it(world: World) -> None:
    made = grants(world, rolling=False)
    case_id = made.sent()
    made.propose(case_id, 10_000_00)
    with pytest.raises(Refused) as refused:
        made.decide(case_id, 10_000_00)
    assert refused.value.rule.name == "funding.decide_after_deadline"
    with clock.fixed(clock.now() + timedelta(days=31)):
        assert made.decide(case_id, 10_000_00) == "partly"


def test_what_is_missing_is_told_and_nothing_is_sent(made: Grants) -> None:
    case_id = applying.start_application(
        SCHEME,
        made.call_id,
        owner_id=made.owner_id,
        kind="voluntary",
        key=uuid4(),
        actor=made.actor("leader"),
    )
    with pytest.raises(applying.Incomplete) as incomplete:
        applying.submit(SCHEME, case_id, key=uuid4(), actor=made.actor("leader"))
    lacking = {one.question or one.group for one in incomplete.value.found}
    assert {"goal", "sites", "amount", "contact_email", "budsjett"} <= lacking
    assert made.facts(case_id, "leader").number is None


def test_two_writers_do_not_overwrite_each_other_unseen(made: Grants) -> None:
    case_id = made.draft()
    plan, leader = SCHEME.group("plan"), made.actor("leader")
    assert plan is not None
    saved = applying.save_answers(SCHEME, case_id, plan, {"plan": "Første"}, version=1, actor=leader)
    assert saved.version == 2
    with pytest.raises(applying.Conflict) as conflict:
        applying.save_answers(SCHEME, case_id, plan, {"plan": "Andre"}, version=1, actor=leader)
    assert conflict.value.version == 2
    assert made.facts(case_id, "leader").find("plan") == "Første"
    assert made.facts(case_id, "leader").find("goal") == "Barna blir trygge i vann."


def test_the_excluded_are_told_the_rule(made: Grants) -> None:
    for kind, rule in (("operator", "operators"), ("business", "business"), ("public_body", "public_bodies")):
        with pytest.raises(NotEligible) as refused:
            applying.start_application(
                SCHEME,
                made.call_id,
                owner_id=made.owner_id,
                kind=kind,
                key=uuid4(),
                actor=made.actor("leader"),
            )
        assert rule in refused.value.rule.name
        assert "§ 2" in refused.value.rule.basis
    assert made.world.count("casework_case") == 0


def test_a_deviation_from_the_proposal_is_reasoned(made: Grants) -> None:
    case_id = made.sent()
    made.propose(case_id, 40_000_00)
    with pytest.raises(Refused) as refused:
        made.decide(case_id, 30_000_00)
    assert refused.value.rule.name == "funding.reasoned_deviation"
    assert made.decide(case_id, 30_000_00, deviation="Mindre buss holder.") == "partly"


def test_a_refusal_binds_no_money_and_can_be_appealed(made: Grants) -> None:
    case_id = made.sent()
    made.propose(case_id, 0)
    assert made.decide(case_id, 0) == "refused"
    decided = made.facts(case_id, "leader")
    assert (decided.state, decided.awarded_ore, decided.committed_ore) == ("refused", 0, 0)
    with pytest.raises(Refused):
        made.step(case_id, "close", "caseworker")
    with clock.fixed(clock.now() + timedelta(days=22)):
        made.step(case_id, "close", "caseworker")


def test_money_is_exact_to_the_ore(made: Grants) -> None:
    amounts = [12_345_67, 1, 33_333_33]
    for amount in amounts:
        case_id = made.sent(amount_ore=amount)
        made.propose(case_id, amount)
        assert made.decide(case_id, amount) == "granted"
    assert scalar(select(CallFrame.committed_ore)) == sum(amounts)
    assert sum(row.amount_ore for row in read(select(AwardEntry.amount_ore))) == sum(amounts)


def test_the_decision_names_two_persons_and_an_instance(made: Grants) -> None:
    case_id = made.sent()
    made.propose(case_id, 40_000_00)
    made.decide(case_id, 40_000_00)
    row = read_one(select(Decision.prepared_by, Decision.decided_by, Decision.appeal_to))
    assert row is not None
    assert row.prepared_by == made.people["caseworker"]
    assert row.decided_by == made.people["decider"]
    assert row.appeal_to == "Justis- og beredskapsdepartementet"


def test_a_changed_call_tells_those_with_drafts(made: Grants) -> None:
    case_id = made.draft()
    before = made.world.count("notice")
    calls.change_call(made.call_id, terms(frame_ore=FRAME * 2), actor=made.actor("decider"))
    assert made.world.count("notice") == before + 1
    assert made.facts(case_id, "leader").call_version == 2
    with pytest.raises(Denied):
        calls.publish_call(terms(), actor=made.actor("caseworker"))
    with pytest.raises(calls.CallRefused, match="unbound_goal"):
        calls.publish_call(terms(goals=("happiness",)), actor=made.actor("decider"))


def test_the_party_keeps_case_and_letter_when_the_plugin_is_off(made: Grants) -> None:
    case_id = made.sent()
    made.propose(case_id, 40_000_00)
    made.decide(case_id, 40_000_00)
    [letter] = made.facts(case_id, "leader").letters
    with switch_transaction() as session:
        session.add(PluginSwitch(plugin="child_grants", unit_id=None, enabled=False))
    leader = made.actor("leader")
    with pytest.raises(OutOfReach):
        made.facts(case_id, "leader")
    assert f"/saker/{case_id}" in [row.href for row in own_cases(leader, None).rows]
    own = get_own(case_id, actor=leader)
    [decision] = decisions_of(case_id)
    assert own.outcome == "partly"
    assert decision.appeal_to == "Justis- og beredskapsdepartementet"
    assert readable(letter, leader).id == letter
    with pytest.raises(OutOfReach):
        readable(letter, made.actor("caseworker"))


def test_the_database_itself_keeps_drafts_private(made: Grants) -> None:
    case_id = made.draft()
    leak = update(Case).where(Case.id == case_id).values(regional_id=made.world.unit("sor"))
    with pytest.raises(IntegrityError, match="draft_is_private"), transaction() as session:
        session.execute(leak)
