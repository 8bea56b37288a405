"""*Mine saker*: cases and registrations in one list, each once, for those they belong to."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from portal.access.actor import Place
from portal.casework.own import OWN_SOURCES, own_cases
from portal.database import switch_transaction, transaction
from portal.identity.context import actor_of
from portal.organisations.services import NewOrganisation, enter
from tests.pages import Reader, statements
from tests.world import World

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def party(world: World) -> tuple[int, int]:
    """(unit, leader) of an organisation."""
    leader = world.person("Amina Warsame")
    place = Place(national_id=world.unit("udi"), regional_id=world.unit("sor"))
    new = NewOrganisation(name="Elvebakken", kind="voluntary", level="local", place=place)
    with switch_transaction() as session:
        return enter(session, new, leader_id=leader, actor=None), leader


def case(unit_id: int, person_id: int, title: str, at: datetime) -> None:
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO casework_case"
                " (kind, title, state, state_kind, owner_id, applicant_id, created_at)"
                " VALUES ('unknown', :t, 'draft', 'draft', :u, :p, :at)"
            ),
            {"t": title, "u": unit_id, "p": person_id, "at": at},
        )


def registration(person_id: int, name: str, at: datetime, *, unit_id: int | None = None) -> None:
    sent = "approved" if unit_id else "draft"
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO registration"
                " (path, person_id, state, name, receipt, unit_id, created_at, submitted_at)"
                " VALUES ('group', :p, :s, :n, :r, :u, :at, :sent)"
            ),
            {
                "p": person_id, "s": sent, "n": name, "r": f"2026/{name}" if unit_id else None, "u": unit_id,
                "at": at, "sent": at if unit_id else None,
            },
        )  # fmt: skip


def test_registrations_stand_among_the_cases_with_number_state_and_receipt(
    world: World, party: tuple[int, int]
) -> None:
    unit_id, leader = party
    case(unit_id, leader, "Sommerleir", START)
    registration(leader, "Elvebakken", START + timedelta(days=1), unit_id=unit_id)
    registration(leader, "Ny gruppe", START + timedelta(days=2))
    html = Reader(world.client(leader)).get("/saker").get_data(as_text=True)
    order = re.findall(r'<th scope="row"[^>]*><a[^>]*>([^<]+)</a>', html)
    assert order == ["Registrering av Ny gruppe", "Registrering av Elvebakken", "Sommerleir"]
    assert "2026/Elvebakken" in html
    assert re.search(r'href="/registrer/\d+/kvittering"', html)
    assert "Påbegynt, ikke sendt" in html


def test_whoever_has_no_role_yet_sees_their_registration(world: World) -> None:
    kari = world.person("Kari")
    registration(kari, "Ny gruppe", START)
    assert "Ny gruppe" in Reader(world.client(kari)).text("/saker")
    assert "Ny gruppe" not in Reader(world.client(world.person("Ola"))).text("/saker")


def test_another_member_reads_how_the_organisation_was_registered(
    world: World, party: tuple[int, int]
) -> None:
    unit_id, leader = party
    registration(leader, "Elvebakken", START, unit_id=unit_id)
    jonas = world.person("Jonas")
    world.grant(jonas, "reader", unit_id)
    page = Reader(world.client(jonas))
    html = page.get("/saker").get_data(as_text=True)
    assert f'href="/organisasjoner/{unit_id}/registrering"' in html
    assert "kvittering" not in html
    assert "2026/Elvebakken" in page.text(f"/organisasjoner/{unit_id}/registrering")
    stranger = world.client(world.person("Ola"))
    assert stranger.get(f"/organisasjoner/{unit_id}/registrering").status_code in (403, 404)


def test_the_list_goes_on_over_both_sources_without_holes_or_doubles(
    world: World, party: tuple[int, int]
) -> None:
    unit_id, leader = party
    for number in range(40):
        at = START + timedelta(minutes=number // 4)  # many at the same moment
        case(unit_id, leader, f"sak {number}", at)
        registration(leader, f"registrering {number}", at)
    actor = actor_of(leader)
    seen, after = [], None
    for _page in range(5):
        page = own_cases(actor, after)
        seen += [(row.at, row.href) for row in page.rows]
        after = page.next_key
        if after is None:
            break
    assert len(seen) == 80
    assert len({href for _at, href in seen}) == 80
    assert [at for at, _href in seen] == sorted((at for at, _href in seen), reverse=True)
    assert set(OWN_SOURCES) >= {"case", "registration"}


def test_the_page_costs_few_statements_however_much_there_is(world: World, party: tuple[int, int]) -> None:
    unit_id, leader = party
    page = Reader(world.client(leader))
    for count in (1, 30):
        for number in range(count):
            case(unit_id, leader, f"sak {count} {number}", START)
            registration(leader, f"r {count} {number}", START)
        with statements() as sent:
            page.text("/saker")
        assert len(sent) <= 6, sent
    assert page.get("/saker?after=nonsense").status_code == 200
