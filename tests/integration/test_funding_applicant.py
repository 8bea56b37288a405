"""What the applicant meets: may we apply, who wrote what, how much is left, the deadline, the receipt."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, text

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.database import read, transaction
from portal.documents.letters import make_letter
from portal.funding import applying, eligibility
from portal.funding.completeness import progress
from portal.funding.writing import last_saves
from portal.organisations.exclusion.rules import NOT_EXCLUDED
from portal.organisations.models import Organisation
from tests.funding import Grants, grants, reader
from tests.pages import Reader, plain, statements
from tests.world import World

PREFIX = "/barnetilskudd"


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world)


def check_page(made: Grants) -> str:
    return f"{PREFIX}/utlysning/{made.call_id}/kan-vi-soke"


def organisation(made: Grants, *, state: str = "active", registered: bool = True) -> None:
    values = {
        "unit_id": made.owner_id,
        "owner_id": made.owner_id,
        "name": "Elvebakken",
        "sort_key": "elvebakken",
        "kind": "voluntary",
        "level": "local",
        "facts": {"in_voluntary_register": registered},
        "state": state,
    }
    with transaction() as session:
        session.execute(insert(Organisation).values(values))


@pytest.mark.parametrize(
    ("asked", "answer", "rule"),
    [
        ("kind=voluntary&register=yes", "Ja, dere kan søke", "§ 2 bokstav b"),
        ("kind=voluntary&register=no", "Nei, dere kan ikke få", "§ 2 bokstav b"),
        ("kind=operator", "Nei, dere kan ikke få", "§ 2"),
        ("kind=public_body", "Nei, dere kan ikke få", "§ 2"),
        ("kind=business", "Nei, dere kan ikke få", "§ 2"),
        ("kind=individual", "Ja, dere kan søke", "§ 2"),
        ("kind=non_profit", "UDI vurderer om dere kan få", "§ 2"),
    ],
)
def test_anybody_gets_an_answer_with_its_rule_before_login(
    made: Grants, asked: str, answer: str, rule: str
) -> None:
    page = Reader(made.world.app.test_client()).text(f"{check_page(made)}?{asked}")
    assert answer in page
    assert rule in page


def test_half_an_answer_is_asked_for_and_nonsense_is_told_kindly(made: Grants) -> None:
    visitor = Reader(made.world.app.test_client())
    assert "Si om dere står i Frivillighetsregisteret" in visitor.text(f"{check_page(made)}?kind=voluntary")
    assert "Velg hva dere er" in visitor.text(f"{check_page(made)}?register=yes")
    assert visitor.get(f"{check_page(made)}?kind=%00&register=x").status_code == 200


def test_the_calls_own_terms_count(world: World) -> None:
    made = grants(world, register_strength="should", applicants=("voluntary",))
    visitor = Reader(world.app.test_client())
    assert "UDI vurderer om dere" in visitor.text(f"{check_page(made)}?kind=voluntary&register=no")
    assert "Nei, dere kan ikke" in visitor.text(f"{check_page(made)}?kind=individual")


@pytest.mark.parametrize(
    ("registered", "answer"), [(True, "Ja, dere kan søke"), (False, "Nei, dere kan ikke")]
)
def test_after_login_the_answer_is_there_from_what_is_registered(
    made: Grants, registered: bool, answer: str
) -> None:
    organisation(made, registered=registered)
    leader = reader(made, "leader")
    with statements() as sent:
        assert f"Elvebakken frivilligsentral: {answer}" in leader.text(check_page(made))
    assert len(sent) <= 6


def test_ended_cooperation_stops_new_applications_and_tells_how_one_is_heard(made: Grants) -> None:
    draft = made.draft()
    organisation(made, state="excluded")
    leader, start = reader(made, "leader"), f"{PREFIX}/utlysning/{made.call_id}/sok"
    told = leader.send(start, {"owner": str(made.owner_id), "kind": "voluntary"})
    sent = leader.send(f"{PREFIX}/soknad/{draft}/send")
    for answer in (told, sent):
        assert answer.status_code == 422
        assert f'href="/organisasjoner/{made.owner_id}/samarbeid"' in answer.get_data(as_text=True)
        assert "avsluttet samarbeid" in plain(answer)
    assert "avsluttet samarbeid" in leader.text(check_page(made))
    with pytest.raises(eligibility.NotEligible) as refused:
        applying.submit(SCHEME, draft, key=uuid4(), actor=made.actor("leader"))
    assert refused.value.rule is NOT_EXCLUDED


def test_the_task_list_says_how_much_is_done_and_about_how_long_is_left(made: Grants) -> None:
    leader, start = reader(made, "leader"), f"{PREFIX}/utlysning/{made.call_id}/sok"
    begun = leader.send(start, {"owner": str(made.owner_id), "kind": "voluntary"})
    tasks = begun.headers["Location"]
    assert "0 av 9 deler er ferdige , omtrent 70 minutter igjen" in leader.text(tasks)
    leader.send(f"{tasks}/plan", {"plan": "Ti onsdager."})
    assert "1 av 9 deler er ferdige , omtrent 55 minutter igjen" in leader.text(tasks)
    leader.send(f"{tasks}/maal", {"title": "Svømming", "goal": ""})
    assert "1 av 9 deler er ferdige , omtrent 50 minutter igjen" in leader.text(tasks)
    facts = made.facts(made.draft(), "leader")
    assert progress(facts).done == 8
    assert all(group.minutes > 0 for group in SCHEME.groups)


def test_those_who_write_together_see_each_other(made: Grants) -> None:
    case_id = made.draft()
    made.member("Jonas", "editor")
    leader, jonas = reader(made, "leader"), reader(made, "Jonas")
    page = f"{PREFIX}/soknad/{case_id}/skjema/plan"
    assert jonas.send(page, {"plan": "Elleve onsdager."}).status_code == 303
    assert "Jonas skriver på denne siden nå" in leader.text(page)
    assert "Du lagret denne siden" in jonas.text(page)
    assert "av Jonas" in leader.text(f"{PREFIX}/soknad/{case_id}/skjema")
    with clock.fixed(clock.now() + timedelta(minutes=10)):
        assert "Jonas lagret denne siden" in leader.text(page)
    assert last_saves(case_id)["plan"].name == "Jonas"
    with statements() as sent:
        leader.text(page)
    assert len(sent) <= 6


def test_a_page_that_saves_itself_says_when_it_does_not(made: Grants) -> None:
    case_id, leader = made.draft(), reader(made, "leader")
    page = f"{PREFIX}/soknad/{case_id}/skjema/budsjett"
    token = re.findall(r'name="csrf_token" value="([^"]+)"', leader.get(page).get_data(as_text=True))[-1]
    typed = {"csrf_token": token, "version": "1", "cost-0-post": "rent", "cost-0-amount": "mye"}
    answer = leader.client.post(page, data=typed, headers={"X-Autosave": "1"})
    assert answer.get_json()["sound"] is False
    leader.client.delete_cookie("__Host-session")
    with transaction() as session:
        session.execute(text("UPDATE user_session SET expires_at = now() - interval '1 minute'"))
    over = leader.client.post(page, data=typed, headers={"X-Autosave": "1"})
    assert over.status_code == 401


def at(summer: str) -> datetime:
    return datetime.fromisoformat(summer).replace(tzinfo=clock.OSLO).astimezone(UTC)


@pytest.mark.parametrize(
    ("deadline", "moment", "late"),
    [
        ("2027-01-22T23:59:59", "2027-01-22T23:59:58", False),
        ("2027-01-22T23:59:59", "2027-01-22T23:59:59", True),
        ("2027-03-29T00:00:00", "2027-03-28T23:59:59", False),  # the night after the clock went forward
        ("2027-03-29T00:00:00", "2027-03-29T00:00:00", True),
        ("2027-03-28T03:00:00", "2027-03-28T01:59:59", False),  # one second later it is three o'clock
    ],
)
def test_the_deadline_is_the_servers_clock_in_oslo_to_the_second(
    world: World, deadline: str, moment: str, late: bool
) -> None:
    with clock.fixed(at(moment) - timedelta(days=2)):
        made = grants(world, closes_at=at(deadline))
        case_id = made.draft()
    leader = reader(made, "leader")
    with clock.fixed(at(moment)):
        assert ("Fristen er gått ut" in leader.text(f"{PREFIX}/soknad/{case_id}/send")) is late
        assert leader.send(f"{PREFIX}/soknad/{case_id}/send").status_code == 303
        facts = made.facts(case_id, "leader")
        assert facts.late is late
        for who, page in (("leader", "/kvittering"), ("leader", ""), ("caseworker", "")):
            made.declare(case_id, who)
            shown = reader(made, who).text(f"{PREFIX}/soknad/{case_id}{page}")
            assert ("etter fristen" in shown) is late, (who, page)
            assert clock.oslo(at(moment)).strftime("%H.%M") in shown


def test_the_receipt_is_a_copy_of_what_was_sent_for_the_organisation_at_once(made: Grants) -> None:
    case_id = made.sent()
    facts = made.facts(case_id, "leader")
    assert facts.receipt is not None
    page = reader(made, "leader").get(f"{PREFIX}/soknad/{case_id}/kvittering").get_data(as_text=True)
    assert f'href="/dokument/{facts.receipt}"' in page
    make_letter(document_id=facts.receipt)
    made.member("Jonas", "reader")
    made.member("stranger", owner_id=made.world.civil_unit("Et annet lag"))
    pdf = reader(made, "Jonas").get(f"/dokument/{facts.receipt}")
    assert pdf.mimetype == "application/pdf"
    words = text_of(pdf.data)
    for said in (
        facts.number,
        "Svømmekurs for nybegynnere",
        "Ti onsdager i svømmehallen",
        "48 500 kr",
        "Buss",
    ):
        assert said in words, said
    assert reader(made, "stranger").get(f"/dokument/{facts.receipt}").status_code == 404
    assert facts.attachments == []
    assert [tuple(r) for r in read(text("SELECT role FROM casework_document"))] == [("receipt",)]


def text_of(pdf: bytes) -> str:
    import io

    from pypdf import PdfReader

    pages: list[Any] = list(PdfReader(io.BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))
