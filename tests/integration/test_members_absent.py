"""A leader who has not logged in for long, or is said to be gone: UDI offers to help, once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from portal import clock
from portal.database import read, transaction
from portal.organisations.members.rescues import find_leaderless
from tests.integration.test_organisation_agreements import make
from tests.pages import Reader
from tests.world import World


def causes() -> list[str]:
    return [row.cause for row in read(text("SELECT cause FROM organisation_rescue ORDER BY id"))]


def logged_in(person: int, days_ago: int) -> None:
    with transaction() as session:
        session.execute(
            text("UPDATE person SET logged_in_at = :at WHERE id = :id"),
            {"at": clock.now() - timedelta(days=days_ago), "id": person},
        )


def test_a_leader_not_seen_for_many_months_is_asked_for_once(world: World) -> None:
    unit_id, leader = make(world, "Fjordglimt")
    logged_in(leader, 500)
    find_leaderless()
    assert causes() == []
    logged_in(leader, 600)
    second = world.person("Nora")
    world.grant(second, "leader", unit_id)
    find_leaderless()
    assert causes() == []  # another leader is new here
    logged_in(second, 700)
    find_leaderless()
    find_leaderless()
    assert causes() == ["absent"]
    assert "Leder du fortsatt Fjordglimt?" in Reader(world.client(leader)).text("/varsler")
    with transaction() as session:
        session.execute(text("UPDATE organisation_rescue SET closed_at = now()"))
    find_leaderless()
    assert causes() == ["absent"]  # UDI has just looked


def test_a_member_asks_udi_for_help_and_others_cannot(world: World) -> None:
    unit_id, leader = make(world, "Fjordglimt")
    reader = world.person("Nora")
    world.grant(reader, "reader", unit_id)
    liv = world.person("Liv")
    world.grant(liv, "regional_contact", world.unit("sor"))
    here = f"/organisasjoner/{unit_id}"
    page = Reader(world.client(reader))
    assert "Be UDI om hjelp" in page.text(here)
    assert "Be UDI om hjelp" not in Reader(world.client(leader)).text(here)
    for _twice in range(2):
        answer = page.send(f"{here}/uten-leder", seen=here)
        assert answer.status_code == 303
    assert "UDI har fått beskjed" in page.text(answer.headers["Location"])
    assert causes() == ["asked"]
    assert "Fjordglimt" in Reader(world.client(liv)).text("/organisasjoner/uten-leder")
    stranger = Reader(world.client(world.person("Ola")))
    assert stranger.send(f"{here}/uten-leder", seen="/min-side").status_code in (403, 404)
