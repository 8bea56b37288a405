"""An organisation that moves to another region is followed up there, and what is open goes with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from portal.database import read, transaction
from portal.organisations.members import rescues
from tests.integration.test_following import Make, found, make, night, register
from tests.organisation_registers import LOCAL, Register
from tests.pages import Reader
from tests.world import World

__all__ = ["make", "register"]  # fixtures
BODO = "1804"


def staff(world: World, region: str) -> Reader:
    person = world.person(f"Kontakt i {region}")
    world.grant(person, "regional_contact", world.unit(region))
    return Reader(world.client(person))


def row() -> Any:
    return read(text("SELECT regional_id, municipality_number FROM organisation"))[0]


def test_a_new_business_address_in_another_county_moves_it_to_that_region(
    world: World, register: Register, make: Make
) -> None:
    unit_id = make(municipality_number=LOCAL.municipality)
    sor, nord = staff(world, "sor"), staff(world, "nord")
    with transaction():
        rescues.open_for(unit_id, "asked", actor=None)
    register.handle.changes.change(LOCAL.number, municipality=BODO)
    night()
    assert found() == [["municipality", "region"]]
    assert (row().regional_id, row().municipality_number) == (world.unit("nord"), BODO)
    page = f"/organisasjoner/{unit_id}"
    assert sor.get(page).status_code == 404
    assert "Flyttet hit fra en annen region" in nord.text(page)
    assert LOCAL.name in nord.text("/organisasjoner/uten-leder")
    assert LOCAL.name not in sor.text("/organisasjoner/uten-leder")
    for who in (sor, nord):
        assert f"følger nå opp {LOCAL.name}" in who.text("/varsler")
    assert "til Bodø, fra området til" in nord.text("/varsler")
    leader = read(text("SELECT person_id FROM assignment WHERE role = 'leader'"))[0].person_id
    assert "Dere har flyttet til Bodø" in Reader(world.client(leader)).text("/varsler")
    event = read(text("SELECT data FROM audit_entry WHERE name = 'organisations.moved'"))
    assert [one.data for one in event] == [{"from_unit": world.unit("sor"), "unit_id": world.unit("nord")}]
    night()
    assert len(found()) == 1


def test_a_move_within_the_region_tells_no_region(world: World, register: Register, make: Make) -> None:
    make(municipality_number=LOCAL.municipality)
    register.handle.changes.change(LOCAL.number, municipality="4204")
    night()
    assert found() == [["municipality"]]
    assert row().municipality_number == "4204"
    assert read(text("SELECT 1 FROM audit_entry WHERE name = 'organisations.moved'")) == []


def test_where_the_organisation_gave_another_place_the_region_hands_it_over_itself(
    world: World, register: Register, make: Make
) -> None:
    unit_id = make(municipality_number="4204")  # its own word, not the register's
    sor, nord = staff(world, "sor"), staff(world, "nord")
    register.handle.changes.change(LOCAL.number, municipality=BODO)
    night()
    assert found() == [["municipality", "address_elsewhere"]]
    assert row().regional_id == world.unit("sor")
    assert "Adressen i registeret ligger i en annen region" in sor.text("/min-side")
    here = f"/organisasjoner/{unit_id}/flytt"
    assert nord.get(here).status_code == 404
    assert sor.send(here, {"municipality": "9999"}).status_code == 200
    assert row().regional_id == world.unit("sor")
    assert "Velg" in sor.send(here, {"municipality": ""}).get_data(as_text=True)
    assert sor.send(here, {"municipality": BODO}).status_code == 303
    assert row().regional_id == world.unit("nord")
    assert nord.get(f"/organisasjoner/{unit_id}").status_code == 200
    assert "Adressen i registeret ligger i en annen region" in nord.text("/min-side")


def test_national_organisations_stay_with_the_national_team(
    world: World, register: Register, make: Make
) -> None:
    make(level="national", municipality_number=LOCAL.municipality)
    register.handle.changes.change(LOCAL.number, municipality=BODO)
    night()
    assert found() == [["municipality"]]
    assert row().regional_id == world.unit("sor")
