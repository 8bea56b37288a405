"""Agreements with UDI: noted by staff, seen by the organisation, searched for, taken out in the file."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from portal import clock
from portal.access.actor import Place
from portal.access.policy import Denied, OutOfReach
from portal.database import read, switch_transaction, transaction
from portal.identity.context import actor_of
from portal.organisations.affiliation import services as affiliation
from portal.organisations.agreements import services
from portal.organisations.agreements.services import Written
from portal.organisations.services import NewOrganisation, enter
from tests.pages import Reader, statements
from tests.world import World

FORM = {"title": "Intensjonsavtale", "valid_from": "2026-01-01", "valid_to": "", "reference": "26/01234"}


def make(world: World, name: str, *, region: str = "sor") -> tuple[int, int]:
    """An organisation and its leader: (unit, person)."""
    leader = world.person(f"Leder for {name}")
    place = Place(national_id=world.unit("udi"), regional_id=world.unit(region))
    with switch_transaction() as session:
        new = NewOrganisation(name=name, place=place, kind="voluntary", level="local")
        return enter(session, new, leader_id=leader, actor=None), leader


@pytest.fixture
def liv(world: World) -> int:
    person = world.person("Liv Tangen")
    world.grant(person, "regional_contact", world.unit("sor"))
    return person


def noted(unit_id: int, by: int, first: int, last: int | None = None, **other: Any) -> int:
    """Note an agreement that runs between two days, counted from today."""
    today = clock.today()
    until = today + timedelta(days=last) if last is not None else None
    written = Written("Avtalen", today + timedelta(days=first), until, **other)
    return services.add(unit_id, written, actor=actor_of(by))


def names(page: Reader, query: str) -> list[str]:
    html = page.get(f"/organisasjoner?{query}").get_data(as_text=True)
    return re.findall(r'<th scope="row"[^>]*><a[^>]*>([^<]+)</a>', html)


def test_staff_note_an_agreement_and_the_organisation_is_told_and_sees_it(world: World, liv: int) -> None:
    unit_id, leader = make(world, "Fjordglimt")
    here = f"/organisasjoner/{unit_id}/avtaler"
    staff, own = Reader(world.client(liv)), Reader(world.client(leader))
    assert "ikke notert noen avtale" in own.text(here)
    assert staff.send(here, FORM).status_code == 303
    for page in (own.text(here), own.text(f"/organisasjoner/{unit_id}"), staff.text(here)):
        assert "Intensjonsavtale" in page
        assert "Gjelder nå" in page
    assert "Noter en avtale" not in own.text(here)
    assert own.send(here, FORM).status_code == 403
    assert "notert en avtale med Fjordglimt: Intensjonsavtale" in own.text("/varsler")
    event = read(
        text("SELECT owner_id, data FROM audit_entry WHERE name = 'organisations.agreement_recorded'")
    )
    assert [row.owner_id for row in event] == [unit_id]
    assert event[0].data["valid_from"] == "2026-01-01"


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(world: World, liv: int) -> None:
    unit_id, _leader = make(world, "Fjordglimt")
    here = f"/organisasjoner/{unit_id}/avtaler"
    staff = Reader(world.client(liv))
    answer = staff.send(here, {**FORM, "valid_to": "2025-12-31"})
    page = answer.get_data(as_text=True)
    assert "Den siste dagen kan ikke være før den første." in page
    assert 'value="26/01234"' in page
    assert "Skriv hva avtalen heter." in staff.send(here, {**FORM, "title": " "}).get_data(as_text=True)
    assert world.count("cooperation_agreement") == 0


def test_the_same_form_twice_is_one_agreement(world: World, liv: int) -> None:
    unit_id, _leader = make(world, "Fjordglimt")
    staff = Reader(world.client(liv))
    here = f"/organisasjoner/{unit_id}/avtaler"
    html = staff.get(here).get_data(as_text=True)
    hidden = {
        name: re.search(f'name="{name}" value="([^"]+)"', html).group(1)  # type: ignore[union-attr]
        for name in ("csrf_token", "idempotency_key")
    }
    for _twice in range(2):
        assert staff.client.post(here, data={**hidden, **FORM}).status_code == 303
    assert world.count("cooperation_agreement") == 1


def test_an_agreement_is_ended_by_its_last_day_and_a_mistake_is_taken_out(world: World, liv: int) -> None:
    unit_id, leader = make(world, "Fjordglimt")
    made = noted(unit_id, liv, -30)
    here, staff = f"/organisasjoner/{unit_id}/avtaler", Reader(world.client(liv))
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    ended = {**FORM, "valid_to": yesterday}
    assert staff.send(f"{here}/{made}", ended).status_code == 303
    assert "Avsluttet" in Reader(world.client(leader)).text(here)
    assert services.queries.of(unit_id)[0].version == 2
    stale = staff.client.post(
        f"{here}/{made}",
        data={**ended, "version": "1", "csrf_token": _token(staff, f"{here}/{made}")},
    )
    assert "Noen andre har endret dette" in stale.get_data(as_text=True)
    for _twice in range(2):
        assert staff.send(f"{here}/{made}/fjern", seen=here).status_code == 303
    assert "ikke notert noen avtale" in staff.text(here)
    assert world.count("cooperation_agreement") == 1
    assert len(read(text("SELECT 1 FROM audit_entry WHERE name = 'organisations.agreement_removed'"))) == 1


def _token(page: Reader, path: str) -> str:
    html = page.get(path).get_data(as_text=True)
    found = re.search('name="csrf_token" value="([^"]+)"', html)
    assert found
    return found.group(1)


def test_another_region_notes_nothing_here(world: World, liv: int) -> None:
    unit_id, _leader = make(world, "Alta", region="nord")
    with pytest.raises(OutOfReach):
        noted(unit_id, liv, -1)
    reader = world.actor("auditor", "nord")
    with pytest.raises(Denied):
        services.add(unit_id, Written("Avtalen", date(2026, 1, 1)), actor=reader)
    mine, _ = make(world, "Larvik")
    made = noted(mine, liv, -1)
    assert Reader(world.client(liv)).get(f"/organisasjoner/{unit_id}/avtaler/{made}").status_code == 404


def test_the_list_narrows_by_agreement_and_the_file_has_it(world: World, liv: int) -> None:
    now, _ = make(world, "Ane lag")
    ended, _ = make(world, "Bo lag")
    make(world, "Cato lag")
    later, _ = make(world, "Dag lag")
    noted(now, liv, -400, -100)
    noted(now, liv, -99)
    noted(ended, liv, -30, -1)
    noted(later, liv, 1)
    staff = Reader(world.client(liv))
    assert names(staff, "avtale=now") == ["Ane lag"]
    assert names(staff, "avtale=expired") == ["Bo lag"]
    assert names(staff, "avtale=none") == ["Cato lag", "Dag lag"]
    assert len(names(staff, "avtale=nonsense")) == 4
    assert staff.text("/organisasjoner").count("Avtale med UDI") == 2  # the label of the choice, and Ane lag
    with statements() as sent:
        staff.text("/organisasjoner?avtale=none")
    assert len(sent) <= 6, sent
    body = staff.get("/organisasjoner/eksport.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(body.lstrip("\ufeff")), delimiter=";"))
    told = {row["Navn"]: (row["Avtale med UDI"], row["Nyeste avtale gjelder til og med"]) for row in rows}
    assert told["Ane lag"] == ("Har avtale nå", "")
    assert told["Bo lag"][0] == "Har hatt avtale, men ikke nå"
    assert told["Bo lag"][1]
    assert told["Cato lag"] == ("Har aldri hatt avtale", "")


def test_a_parents_agreement_shows_below_only_where_it_says_that_it_covers_branches(
    world: World, liv: int
) -> None:
    parent, head = make(world, "Landslaget")
    branch, leader = make(world, "Lokallaget")
    made = affiliation.claim(branch, parent, actor=actor_of(leader))
    affiliation.step(made, "confirm", unit_id=parent, version=1, actor=actor_of(head))
    noted(parent, liv, -10)
    page = f"/organisasjoner/{branch}/avtaler"
    assert "ikke notert noen avtale" in Reader(world.client(leader)).text(page)
    noted(parent, liv, -10, covers_branches=True)
    noted(parent, liv, -10, -1, covers_branches=True)
    shown = Reader(world.client(leader)).text(page)
    assert shown.count("Avtalen til Landslaget, som gjelder dere også") == 1
    noted(branch, liv, -5)
    shared = Reader(world.client(head)).text(f"/organisasjoner/{parent}/lag/{made}")
    assert "uten sluttdato" in shared
    with transaction() as session:
        session.execute(text("UPDATE affiliation SET shares = '{contact}'"))
    assert "uten sluttdato" not in Reader(world.client(head)).text(f"/organisasjoner/{parent}/lag/{made}")
