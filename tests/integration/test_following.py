"""Following the register: what changes there becomes events, tasks and notices here, once each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.access.actor import Place
from portal.database import db, read, switch_transaction, transaction
from portal.identity.context import actor_of
from portal.organisations.facts import as_stored
from portal.organisations.following import nightly, services
from portal.organisations.following.changes import changes
from portal.organisations.registers import client
from portal.organisations.services import NewOrganisation, enter
from tests.organisation_registers import BANKRUPT, LOCAL, NATIONAL, Register
from tests.pages import Reader, statements
from tests.world import World

Make = Callable[..., int]


@pytest.fixture
def register(app: Flask) -> Iterator[Register]:
    """Running registers, well."""
    with Register(app) as running:
        yield running


@pytest.fixture
def make(app: Flask, world: World, register: Register) -> Make:
    """Enter an organisation as the register knows it, and begin to follow; gives the unit's id."""

    def entered(number: str = LOCAL.number, name: str = LOCAL.name, **other: Any) -> int:
        facts = as_stored(client.lookup(number, registers=app.extensions["settings"].registers))
        place = Place(national_id=world.unit("udi"), regional_id=world.unit("sor"))
        given = {"kind": "voluntary", "level": "local", "facts": facts, **other}
        leader = world.person("Amina Warsame")
        with switch_transaction() as session:
            new = NewOrganisation(name=name, place=place, number=number, **given)
            unit_id = enter(session, new, leader_id=leader, actor=None)
        nightly.follow_feed()
        with transaction() as session:
            session.execute(
                text("INSERT INTO register_feed_cursor VALUES ('enheter', 0) ON CONFLICT DO NOTHING")
            )
        nightly.follow_feed()
        run_look_ups()
        return unit_id

    return entered


def run_look_ups() -> int:
    """Run the look-ups that wait, as a worker would; gives how many there were."""
    with transaction() as session:
        rows = session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'succeeded'"
                " WHERE task_name = 'organisations.look_again' AND status = 'todo' RETURNING args"
            )
        ).all()
    for row in rows:
        nightly.look_again(**row.args)
    return len(rows)


def night() -> None:
    """The nightly job and what it has a worker do."""
    nightly.follow()
    run_look_ups()


def found() -> list[list[str]]:
    return [row.codes for row in read(text("SELECT codes FROM register_change ORDER BY id"))]


def cursor() -> int:
    return int(read(text("SELECT last_id FROM register_feed_cursor WHERE feed = 'enheter'"))[0].last_id)


@pytest.mark.parametrize(
    ("change", "codes", "status"),
    [
        ({"deleted": "2026-11-20"}, ["deleted"], "deleted"),
        ({"removed": True}, ["removed"], "deleted"),
        ({"bankrupt": "2026-11-20"}, ["bankrupt"], "bankrupt"),
        ({"winding_up": True}, ["winding_up"], "winding_up"),
        ({"forced": True}, ["winding_up"], "winding_up"),
        ({"name": "Fjordglimt leik"}, ["name"], "registered"),
        ({"leader": "Ny Leder", "birth": "1980-02-03"}, ["roles"], "registered"),
        ({"voluntary": False}, ["voluntary_out"], "registered"),
        ({"form": "ENK"}, ["legal_form", "commercial"], "registered"),
    ],
)
def test_a_change_becomes_an_event_a_notice_and_a_task(
    world: World, register: Register, make: Make, change: dict[str, Any], codes: list[str], status: str
) -> None:
    unit_id = make()
    assert found() == []
    register.handle.changes.change(LOCAL.number, **change)
    night()
    assert [code for code in found()[0] if code != "roles" or "roles" in codes][: len(codes)] == codes
    assert len(found()) == 1
    row = read(text("SELECT register_status FROM organisation"))[0]
    assert row.register_status == status
    event = read(text("SELECT data, owner_id FROM audit_entry WHERE name = 'organisations.register_changed'"))
    assert [one.owner_id for one in event] == [unit_id]
    assert len(read(text("SELECT 1 FROM notice WHERE kind = 'register_change'"))) == 1


def test_a_grave_change_waits_for_staff_until_somebody_has_looked(
    world: World, register: Register, make: Make
) -> None:
    unit_id = make()
    liv, nils = world.person("Liv"), world.person("Nils")
    world.grant(liv, "regional_contact", world.unit("sor"))
    world.grant(nils, "regional_contact", world.unit("nord"))
    register.handle.changes.change(LOCAL.number, bankrupt="2026-11-20")
    night()
    task = f"Registeret er endret for {LOCAL.name}"
    mine = Reader(world.client(liv))
    with statements() as sent:
        assert task in mine.text("/min-side")
    assert len(sent) <= 6, sent
    assert task not in Reader(world.client(nils)).text("/min-side")
    page = f"/organisasjoner/{unit_id}"
    with statements() as sent:
        assert "Jeg har sett på det" in mine.text(page)
    assert len(sent) <= 6, sent
    change_id = read(text("SELECT id FROM register_change"))[0].id
    theirs = Reader(world.client(nils)).send(f"{page}/endringer/{change_id}/sett", seen="/min-side")
    assert theirs.status_code == 404
    for _twice in range(2):
        assert mine.send(f"{page}/endringer/{change_id}/sett", seen="/min-side").status_code == 303
    assert task not in mine.text("/min-side")
    assert "Sett på av Liv" in mine.text(page)
    assert len(read(text("SELECT 1 FROM audit_entry WHERE name = 'organisations.register_change_seen'"))) == 1
    assert mine.send(f"{page}/endringer/999/sett", seen="/min-side").status_code == 404


def test_a_new_name_is_the_name_here_too_and_can_be_searched_for(
    world: World, register: Register, make: Make
) -> None:
    make()
    register.handle.changes.change(LOCAL.number, name="Ås leikelag")
    night()
    liv = world.person("Liv")
    world.grant(liv, "regional_contact", world.unit("sor"))
    page = Reader(world.client(liv)).text("/organisasjoner?q=leikelag")
    assert "Ås leikelag" in page
    assert [row.name for row in read(text("SELECT name FROM unit WHERE tree = 'civil'"))] == ["Ås leikelag"]


def test_each_change_is_told_once_whatever_is_run_again(register: Register, make: Make) -> None:
    unit_id = make()
    register.handle.changes.change(LOCAL.number, bankrupt="2026-11-20")
    night()
    night()
    nightly.look_again(unit_id)
    with transaction() as session:
        session.execute(text("UPDATE register_feed_cursor SET last_id = 0"))
    night()
    assert found() == [["bankrupt"]]
    assert len(read(text("SELECT 1 FROM notice WHERE kind = 'register_change'"))) == 1
    register.handle.changes.change(LOCAL.number, bankrupt=None)
    night()
    assert found() == [["bankrupt"], ["restored"]]


def test_a_crash_between_the_cursor_and_the_look_up_loses_nothing(
    register: Register, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make()
    before = cursor()
    register.handle.changes.change(LOCAL.number, deleted="2026-11-20")

    def crash(**_arguments: Any) -> None:
        raise RuntimeError("the process ends here")

    with monkeypatch.context() as broken:
        broken.setattr(nightly.look_again, "defer", crash)
        with pytest.raises(RuntimeError):
            nightly.follow_feed()
    assert cursor() == before
    with monkeypatch.context() as broken:
        broken.setattr(services, "notify", crash)
        nightly.follow_feed()
        assert cursor() == before + 1
        with pytest.raises(RuntimeError):
            run_look_ups()
    assert found() == []
    nightly.look_again(read(text("SELECT unit_id FROM organisation"))[0].unit_id)
    assert found() == [["deleted"]]


def test_two_workers_at_once_look_once(app: Flask, register: Register, make: Make) -> None:
    unit_id = make()
    register.handle.changes.change(LOCAL.number, bankrupt="2026-11-20")
    start = threading.Barrier(2)

    def run() -> None:
        with app.app_context():
            start.wait()
            try:
                nightly.follow_feed()
                nightly.look_again(unit_id)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    run_look_ups()
    assert found() == [["bankrupt"]]


@pytest.mark.parametrize(
    "illness", ["refused", "503", "html", "truncated", "wrong-json", "null", "slow:5000"]
)
def test_a_register_that_is_down_is_read_on_from_there_the_next_night(
    register: Register, make: Make, illness: str
) -> None:
    make()
    before = cursor()
    register.handle.changes.change(LOCAL.number, bankrupt="2026-11-20")
    register.ill(illness)
    night()
    assert cursor() == before
    assert found() == []
    register.well()
    night()
    assert found() == [["bankrupt"]]
    assert cursor() == before + 1


def test_a_look_up_that_fails_is_asked_again_by_itself(register: Register, make: Make) -> None:
    make()
    register.handle.changes.change(LOCAL.number, bankrupt="2026-11-20")
    register.handle.faults.set({f"enhet:{LOCAL.number}": "503"})
    night()
    assert found() == []
    register.well()
    assert run_look_ups() == 1
    assert found() == [["bankrupt"]]


def test_only_numbers_that_are_here_are_looked_up(register: Register, make: Make) -> None:
    make()
    for number in (NATIONAL.number, BANKRUPT):
        register.handle.changes.change(number, name="Andre")
    nightly.follow_feed()
    assert run_look_ups() == 0
    register.handle.changes.change(LOCAL.number)
    nightly.follow_feed()
    assert run_look_ups() == 1
    assert found() == []


def test_a_feed_longer_than_a_page_is_read_to_its_end(
    register: Register, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.organisations.following import feed

    make()
    monkeypatch.setattr(feed, "PAGE", 3)
    for _ in range(7):
        register.handle.changes.change(NATIONAL.number)
    register.handle.changes.change(LOCAL.number, winding_up=True)
    night()
    assert found() == [["winding_up"]]


def test_whoever_comes_to_run_sites_is_flagged_once(world: World, register: Register, make: Make) -> None:
    make()
    night()
    assert found() == []
    with transaction() as session:
        session.execute(
            text("INSERT INTO operator (name, organisation_number) VALUES ('Drift', :n)"), {"n": LOCAL.number}
        )
    night()
    night()
    assert found() == [["operator"]]
    assert read(text("SELECT kind FROM organisation"))[0].kind == "operator"


def test_a_deleted_organisation_keeps_what_was_known(register: Register, make: Make) -> None:
    make()
    register.handle.changes.change(LOCAL.number, deleted="2026-11-20")
    night()
    facts = read(text("SELECT facts FROM organisation"))[0].facts
    assert facts["business_address"]
    assert facts["deleted_on"] == "2026-11-20"


def test_members_do_not_see_who_looked(world: World, register: Register, make: Make) -> None:
    unit_id = make()
    register.handle.changes.change(LOCAL.number, winding_up=True)
    night()
    amina = read(text("SELECT person_id FROM assignment WHERE role = 'leader'"))[0].person_id
    page = Reader(world.client(amina)).text(f"/organisasjoner/{unit_id}")
    assert "Hva som er endret i registeret" in page
    assert "Jeg har sett på det" not in page
    assert actor_of(amina).person_id == amina


def test_nothing_known_before_is_no_change() -> None:
    assert changes(None, {"name": "A"}) == []
    assert changes({"name": "A"}, {"name": "A"}) == []
    assert changes({"name": "A"}, {"name": "B"}) == ["name"]
    assert changes({"name": "FJORD  LAG"}, {"name": "Fjord lag"}) == []
    assert changes({"removed": True}, {"name": ""}) == ["restored"]
