"""The register of units: what is seen where, changing it, and what is refused."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import insert, select

from portal.access.models import Assignment
from portal.administration import unit_services as services
from portal.clock import end_of_day
from portal.database import read, scalar, transaction
from portal.identity.context import actor_of
from portal.units import contacts
from portal.units.contacts import Contact
from portal.units.contracts import Contract
from portal.units.models import ContactPerson, CountyRegion, OperatorContract
from portal.units.queries import sites_shown_to_all
from portal.units.refusals import UnitRefused
from tests.pages import Reader, plain
from tests.world import World

OPERATOR = {
    "operator_name": "Fjordheim drift AS",
    "organisation_number": "889640782",
    "awarded_on": "01.10.2026",
    "signed_on": "15.10.2026",
    "operation_from": "2026-11-01",
}
CONTACT = {"contact_name": "Liv Moen", "email": "liv@example.no", "phone": "+47 400 00 000"}


@pytest.fixture
def admin(world: World) -> Reader:
    """A national access administrator at their browser."""
    return reader_with(world, "access_administrator", "udi")


def reader_with(world: World, role: str, unit: str | int) -> Reader:
    person = world.person(f"Person {role}")
    world.grant(person, role, world.unit(unit) if isinstance(unit, str) else unit)
    return Reader(world.client(person))


def contact_of(unit_id: int, name: str = "Liv Moen", *, deputy: bool = False) -> int:
    with transaction() as session:
        return contacts.add_contact(
            session, unit_id, Contact(name=name, email="x@example.no", deputy=deputy), actor=None
        )


def new_site(world: World, admin: Reader, **more: object) -> int:
    under = world.unit("sor")
    form = {
        "name": "Dale mottak",
        "type_code": "ordinary",
        "municipality": "4601",
        "places": "120",
        **CONTACT,
        **more,
    }
    answer = admin.send(f"/enheter/{under}/nytt-sted", form)
    assert answer.status_code == 303, plain(answer)
    return int(answer.location.rsplit("/", 1)[1])


def test_the_tree_shows_the_country_to_the_directorate_and_its_part_to_others(
    world: World, admin: Reader
) -> None:
    south, north = world.site("Mottak Sør", "sor"), world.site("Mottak Nord", "nord")
    shown = admin.text("/enheter")
    for name in (
        "Utlendingsdirektoratet",
        "LT Logistikk",
        "Region Vest",
        "Ankomst- og",
        "Mottak Sør",
        "Mottak Nord",
    ):
        assert name in shown
    region = reader_with(world, "regional_contact", "sor")
    assert "Mottak Sør" in region.text("/enheter")
    assert "Mottak Nord" not in region.text("/enheter")
    assert region.get(f"/enheter/{north}").status_code == 404
    site = reader_with(world, "site_manager", south)
    assert "Mottak Sør" in site.text("/enheter")
    assert "Region Sør" not in site.text("/enheter")
    assert site.get(f"/enheter/{south}/endre").status_code == 403


def test_a_site_is_registered_with_its_contact_person_and_changed(world: World, admin: Reader) -> None:
    made = new_site(world, admin)
    shown = admin.text(f"/enheter/{made}")
    for words in ("Dale mottak", "Asylmottak", "Bergen", "Vestland", "Liv Moen", "120"):
        assert words in shown
    change = {"name": "Dale mottak og TA", "type_code": "adapted", "municipality": "4601", "places": ""}
    page = f"/enheter/{made}/endre"
    assert admin.send(page, change).status_code == 303
    assert "Dale mottak og TA" in admin.text(f"/enheter/{made}")
    stale = admin.client.post(page, data={**change, "version": "1", "csrf_token": token(admin, page)})
    assert stale.status_code == 422
    assert "i mellomtiden" in plain(stale)


def token(reader: Reader, page: str) -> str:
    return reader.get(page).get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]


def test_a_site_without_contact_person_or_with_unknown_choices_is_not_stored(
    world: World, admin: Reader
) -> None:
    units = world.count("unit")
    page = f"/enheter/{world.unit('sor')}/nytt-sted"
    form = {"name": "Dale", "type_code": "ordinary", "municipality": "4601", **CONTACT}
    for wrong in (
        {"contact_name": ""},
        {"email": "nei"},
        {"municipality": "9999"},
        {"type_code": "x"},
        {"places": "-3"},
    ):
        answer = admin.send(page, {**form, **wrong})
        assert answer.status_code == 422, wrong
        assert "Dale" in answer.get_data(as_text=True)
    assert admin.get(f"/enheter/{world.unit('udi')}/nytt-sted").status_code == 404
    assert world.count("unit") == units
    assert admin.get(page).get_data(as_text=True).count("<option") > 357


def test_the_last_contact_person_stays(world: World, admin: Reader) -> None:
    unit = world.unit("vest")
    only = contact_of(unit)
    contact_of(unit, "Stein Stedfortreder", deputy=True)
    refused = admin.send(f"/enheter/kontaktpersoner/{only}/avslutt", seen=f"/enheter/kontaktpersoner/{only}")
    assert refused.status_code == 422
    assert "eneste kontaktpersonen" in plain(refused)
    as_deputy = {**CONTACT, "deputy": "y"}
    assert admin.send(f"/enheter/kontaktpersoner/{only}", as_deputy).status_code == 422
    assert (
        admin.send(f"/enheter/{unit}/kontaktpersoner/ny", {**CONTACT, "contact_name": "Ny"}).status_code
        == 303
    )
    gone = admin.send(f"/enheter/kontaktpersoner/{only}/avslutt", seen=f"/enheter/kontaktpersoner/{only}")
    assert gone.status_code == 303
    assert "Liv Moen" not in admin.text(f"/enheter/{unit}")


def test_two_who_leave_at_once_leave_one_behind(app: Flask, world: World) -> None:
    unit = world.unit("vest")
    both = [contact_of(unit, name) for name in ("Ene", "Andre")]
    actor = world.actor("access_administrator", "udi")
    start, outcome = threading.Barrier(2), []

    def leave(contact_id: int) -> None:
        with app.app_context():
            start.wait(10)
            try:
                services.end_contact(contact_id, actor=actor)
                outcome.append("gone")
            except UnitRefused as refused:
                outcome.append(refused.code)

    threads = [threading.Thread(target=leave, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcome) == ["gone", "last_contact"]


def test_a_county_moves_from_a_day_and_keeps_its_history(world: World, admin: Reader) -> None:
    page = "/enheter/fylker/33/flytt"
    assert "ikke bekreftet" in admin.text("/enheter/fylker")
    form = {"region": world.unit("sor"), "valid_from": "2027-01-01"}
    assert admin.send(page, form).status_code == 303
    rows = read(
        select(CountyRegion).where(CountyRegion.county_number == "33").order_by(CountyRegion.valid_from)
    )
    assert [(row.region_id, row.valid_from, row.valid_to) for row in rows] == [
        (world.unit("indre-ostland"), date(2024, 1, 1), date(2027, 1, 1)),
        (world.unit("sor"), date(2027, 1, 1), None),
    ]
    assert admin.send(page, form).status_code == 422
    assert admin.send(page, {"region": world.unit("vest"), "valid_from": "2020-01-01"}).status_code == 422
    assert admin.get("/enheter/fylker/99/flytt").status_code == 404
    region = reader_with(world, "access_administrator", "sor")
    assert region.get("/enheter/fylker").status_code == 200
    assert region.send(page, {"region": world.unit("vest"), "valid_from": "2028-01-01"}).status_code == 403
    assert len(read(select(CountyRegion).where(CountyRegion.county_number == "33"))) == 2


def test_a_contract_carries_its_dates_and_ends_the_roles_held_for_it(world: World, admin: Reader) -> None:
    site = world.site("Dale", "vest")
    page = f"/enheter/{site}/kontrakter/ny"
    for wrong in (
        {"organisation_number": "123456789"},
        {"signed_on": "2026-12-24"},
        {"valid_to": "2026-10-31"},
    ):
        assert admin.send(page, {**OPERATOR, **wrong}).status_code == 422, wrong
    assert world.count("operator_contract") == 0
    assert admin.send(page, OPERATOR).status_code == 303
    assert admin.send(page, {**OPERATOR, "operation_from": "2027-11-01"}).status_code == 422
    contract = scalar(select(OperatorContract.id))
    person = world.person("Daglig Leder")
    assert (
        admin.send(
            "/tilgang/ny",
            {
                "person": "Daglig Leder",
                "role": "site_manager",
                "unit": site,
                "valid_from": "2099-01-01",
                "reason": "x",
            },
        ).status_code
        == 303
    )
    assert admin.send(f"/enheter/kontrakter/{contract}", {"valid_to": "2099-06-30"}).status_code == 303
    ends = scalar(select(Assignment.valid_to).where(Assignment.person_id == person))
    assert ends == end_of_day(date(2099, 6, 30))


def test_where_a_protected_site_lies_is_not_told_to_all(world: World) -> None:
    world.site("Særbol Lia", "sor", type_code="special-housing")
    world.site("Dale", "sor")
    shown = {row.name: row.municipality for row in sites_shown_to_all()}
    assert shown["Særbol Lia"] is None
    assert shown["Dale"] is not None


def test_a_revoked_administrator_changes_nothing(world: World) -> None:
    unit = world.unit("vest")
    actor = world.actor("access_administrator", "vest")
    contact_of(unit)
    stranger = world.actor("regional_contact", "sor")
    for who in (stranger, actor_of(world.person("Uten roller"))):
        with pytest.raises(LookupError):
            services.add_contact(unit, Contact(name="X", email="x@example.no"), actor=who)
    contract = Contract(
        operator_name="A", organisation_number="889640782", awarded_on=date(2026, 1, 1),
        signed_on=date(2026, 1, 1), operation_from=date(2026, 1, 1),
    )  # fmt: skip
    with pytest.raises(UnitRefused, match="not_a_site"):
        services.enter_contract(unit, contract, actor=actor_of(actor.person_id or 0))
    with transaction() as session:
        session.execute(
            insert(ContactPerson).values(
                unit_id=unit,
                name="Sist",
                email="s@example.no",
                valid_from=date(2020, 1, 1),
                valid_to=date(2021, 1, 1),
            )
        )
    assert world.count("contact_person") == 2
