"""How letters reach a party: available and told, opened by whom, told once more, printed and posted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from portal import clock
from portal.casework.delivery.reminding import notify_of_unopened_letters
from portal.casework.models import Decision, LetterDelivery
from portal.database import read, read_one, transaction
from portal.documents.letters import make_letter
from portal.identity.models import Person, UserSession
from portal.units.models import Unit
from tests.funding import Grants, grants, reader
from tests.world import World


@pytest.fixture
def made(world: World) -> Grants:
    return grants(world)


def decided(made: Grants) -> tuple[int, int]:
    """(case, letter) of a decision whose letter the worker has not made yet."""
    case_id = made.sent()
    made.propose(case_id, 40_000_00)
    made.decide(case_id, 40_000_00)
    [letter] = made.facts(case_id, "leader").letters
    return case_id, letter


def delivery(letter: int) -> Any:
    return read_one(select(LetterDelivery.__table__).where(LetterDelivery.document_id == letter))


def until(case_id: int) -> Any:
    row = read_one(select(Decision.appeal_until).where(Decision.case_id == case_id))
    assert row is not None
    return row.appeal_until


def notices(kind: str) -> list[int]:
    rows = read(text("SELECT person_id FROM notice WHERE kind = :kind ORDER BY id"), {"kind": kind})
    return [row.person_id for row in rows]


def alone(made: Grants) -> None:
    """The applicant is an individual."""
    with transaction() as session:
        session.execute(update(Unit).where(Unit.id == made.owner_id).values(kind="individual"))
    made.member("individual", "individual_applicant")


def test_the_party_is_told_and_the_deadline_begins_when_the_letter_is_there(made: Grants) -> None:
    case_id, letter = decided(made)
    assert notices("casework.letter") == []
    assert delivery(letter).available_at is None
    later = clock.now() + timedelta(days=3)
    with clock.fixed(later):
        make_letter(document_id=letter)
        make_letter(document_id=letter)
    assert delivery(letter).available_at == later
    assert notices("casework.letter") == [made.people["leader"]]
    assert until(case_id) == clock.oslo(later).date() + timedelta(days=21)


def test_only_the_partys_opening_counts_and_keeps_what_proved_the_right(made: Grants) -> None:
    _case, letter = decided(made)
    make_letter(document_id=letter)
    for who in ("caseworker", "decider"):
        assert reader(made, who).get(f"/dokument/{letter}").status_code == 200
    assert delivery(letter).opened_at is None
    party = reader(made, "leader")
    with transaction() as session:
        session.execute(update(UserSession).values(provider="idporten", acr="idporten-loa-high"))
    assert party.get(f"/dokument/{letter}").status_code == 200
    first = delivery(letter)
    assert first.opened_by == made.people["leader"]
    assert first.proof == f"leader@{made.owner_id} idporten idporten-loa-high"
    made.member("reader", "reader")
    assert reader(made, "reader").get(f"/dokument/{letter}").status_code == 200
    assert delivery(letter) == first
    assert made.world.person("Ola")
    other = made.world.civil_unit("Andre")
    made.member("stranger", owner_id=other)
    assert reader(made, "stranger").get(f"/dokument/{letter}").status_code == 404


def test_a_letter_a_week_unopened_is_told_of_once_by_two_workers(app: Flask, made: Grants) -> None:
    _case, unread = decided(made)
    _other, opened = decided(made)
    for letter in (unread, opened):
        make_letter(document_id=letter)
    reader(made, "leader").get(f"/dokument/{opened}")
    notify_of_unopened_letters()
    assert notices("casework.letter_again") == []
    with transaction() as session:
        session.execute(update(LetterDelivery).values(available_at=clock.now() - timedelta(days=8)))
    together = Barrier(2)

    def run() -> None:
        with app.app_context():
            together.wait(timeout=20)
            notify_of_unopened_letters()

    with ThreadPoolExecutor(2) as workers:
        for done in [workers.submit(run) for _ in range(2)]:
            done.result()
    notify_of_unopened_letters()
    assert notices("casework.letter_again") == [made.people["leader"]]


def test_who_is_reserved_gets_paper_and_the_deadline_waits_for_the_post(made: Grants) -> None:
    alone(made)
    page = reader(made, "individual")
    assert page.send("/saker/brev", {"way": "post", "address": ""}).status_code == 422
    assert page.send("/saker/brev", {"way": "post", "address": "Storgata 1\n0155 Oslo"}).status_code == 303
    case_id, letter = decided(made)
    assert until(case_id) is None
    make_letter(document_id=letter)
    assert notices("casework.letter") == []
    staff = reader(made, "caseworker")
    assert "0155 Oslo" in staff.text("/brev/post")
    assert "Storgata" not in reader(made, "other_region").text("/brev/post")
    path = f"/brev/post/{delivery(letter).id}"
    tomorrow = clock.today() + timedelta(days=1)
    field = f"{delivery(letter).id}-posted_on"
    assert staff.send(path, {field: tomorrow.isoformat()}, seen="/brev/post").status_code == 422
    foreign = reader(made, "other_region").send(path, {field: clock.today().isoformat()}, seen="/brev/post")
    assert foreign.status_code in (403, 404)
    assert until(case_id) is None
    today = clock.today()
    assert staff.send(path, {field: today.isoformat()}, seen="/brev/post").status_code == 303
    assert until(case_id) == today + timedelta(days=7 + 21)
    assert "0155 Oslo" not in staff.text("/brev/post")
    assert staff.send(path, {field: today.isoformat()}, seen="/brev/post").status_code == 404


def test_organisations_cannot_choose_paper(made: Grants) -> None:
    assert reader(made, "leader").get("/saker/brev").status_code == 403
    case_id, letter = decided(made)
    assert delivery(letter).channel == "portal"
    assert until(case_id) is not None


def test_where_nobody_can_be_told_the_letter_is_one_to_post(made: Grants) -> None:
    case_id, letter = decided(made)
    with transaction() as session:
        session.execute(update(Person).where(Person.id == made.people["leader"]).values(email=""))
    make_letter(document_id=letter)
    assert (delivery(letter).channel, delivery(letter).available_at) == ("post", None)
    assert until(case_id) is None
