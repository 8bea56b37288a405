"""New people in the register's roles: a feed of their own, a notice and a task for the leader."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from portal.database import read
from portal.identity.context import actor_of
from portal.organisations.following import nightly
from portal.organisations.following.feed import ROLES
from portal.organisations.members import services as members
from tests.integration.test_following import Make, cursor, found, make, night, register
from tests.organisation_registers import LOCAL, NATIONAL, Register
from tests.pages import Reader, plain, statements
from tests.world import World

__all__ = ["make", "register"]  # fixtures

TASK = f"Årsmøte? Bytt leder i {LOCAL.name}"


def role_cursor() -> int | None:
    rows = read(text("SELECT last_id FROM register_feed_cursor WHERE feed = 'roller'"))
    return int(rows[0].last_id) if rows else None


def leader() -> int:
    return int(read(text("SELECT person_id FROM assignment WHERE role = 'leader'"))[0].person_id)


def elected(register: Register, **fields: Any) -> None:
    """The annual meeting chose somebody, and the register knows; a night goes by."""
    register.handle.changes.change(LOCAL.number, leader="Ny Leder", birth="1980-02-03", **fields)
    night()


def test_new_roles_come_through_their_own_feed_and_are_told_once(register: Register, make: Make) -> None:
    make()
    units = cursor()
    elected(register)
    assert found() == [["roles"]]
    assert role_cursor() == 1
    assert cursor() == units  # the feed of units says nothing of roles
    night()
    assert found() == [["roles"]]
    event = read(text("SELECT data FROM audit_entry WHERE name = 'organisations.register_changed'"))
    assert [row.data["codes"] for row in event] == ["roles"]
    titles = [
        row.title_id for row in read(text("SELECT title_id FROM notice WHERE kind = 'register_change'"))
    ]
    assert titles == ["The register has new people in the roles of %(name)s"]


def test_the_leader_sees_the_new_people_and_says_that_nobody_new_is_to_act(
    world: World, register: Register, make: Make
) -> None:
    unit_id = make()
    page = Reader(world.client(leader()))
    assert TASK not in page.text("/min-side")
    elected(register)
    with statements() as sent:
        assert TASK in page.text("/min-side")
    assert len(sent) <= 10, sent
    shown = page.text(f"/organisasjoner/{unit_id}/bytt-leder")
    assert "Registeret har nye personer i rollene" in shown
    assert "Ny Leder Styrets leder Har ingen rolle her" in shown
    answer = page.send(
        f"/organisasjoner/{unit_id}/endringer/ingen-nye", seen=f"/organisasjoner/{unit_id}/bytt-leder"
    )
    assert answer.status_code == 303
    assert TASK not in page.text("/min-side")
    assert "nye personer i rollene" not in page.text(f"/organisasjoner/{unit_id}/bytt-leder")
    assert len(read(text("SELECT 1 FROM audit_entry WHERE name = 'organisations.new_people_answered'"))) == 1
    stranger = Reader(world.client(world.person("Ola")))
    assert stranger.send(f"/organisasjoner/{unit_id}/endringer/ingen-nye", seen="/min-side").status_code in (
        403,
        404,
    )


def test_handing_over_answers_for_the_new_people(world: World, register: Register, make: Make) -> None:
    unit_id = make()
    elected(register)
    old = leader()
    token = members.invite(unit_id, "ny@example.no", "leader", hands_over=True, actor=actor_of(old))
    new = world.person("Ny Leder")
    members.accept(token, actor=actor_of(new))
    page = Reader(world.client(new))
    assert TASK not in page.text("/min-side")
    shown = plain(page.get(f"/organisasjoner/{unit_id}/bytt-leder"))
    assert "Ny Leder Styrets leder Har en rolle her" in shown


@pytest.mark.parametrize("illness", ["503", "html", "truncated", "not-an-object", "null", "huge"])
def test_a_role_feed_that_is_down_holds_nobody_else_back(
    register: Register, make: Make, illness: str
) -> None:
    make()
    elected(register)
    before, units = role_cursor(), cursor()
    register.handle.changes.change(LOCAL.number, leader="Enda Nyere", birth="1981-02-03")
    register.handle.changes.change(LOCAL.number, bankrupt="2026-11-20")
    register.handle.faults.set({"rolleoppdateringer:*": illness})
    night()
    assert role_cursor() == before
    assert cursor() == units + 1
    assert "bankrupt" in found()[-1]
    register.well()
    night()
    assert role_cursor() == (before or 0) + 1


def test_only_ours_are_looked_up_and_the_feed_is_read_to_its_end(
    register: Register, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.organisations.following import feed
    from tests.integration.test_following import run_look_ups

    make()
    elected(register)
    monkeypatch.setattr(feed, "PAGE", 2)
    for place in range(5):
        register.handle.changes.change(NATIONAL.number, leader=f"Leder {place}", birth="1980-01-01")
    nightly.follow_feed(ROLES)
    assert run_look_ups() == 0
    assert role_cursor() == 6
