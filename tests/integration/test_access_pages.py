"""The pages of access: who sees which roles, giving and ending one, asking why."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select, text

from portal.access.models import Assignment
from portal.database import read, scalar
from tests.pages import Reader, plain
from tests.world import World, holder


@pytest.fixture
def admin(world: World) -> Reader:
    """A national access administrator at their browser."""
    person = world.person("Berit Haugland")
    world.grant(person, "access_administrator", world.unit("udi"))
    return Reader(world.client(person))


def form_for(
    world: World, person: str, unit: str = "sor", role: str = "grant_caseworker", **more: object
) -> dict[str, object]:
    return {
        "person": person,
        "role": role,
        "unit": world.unit(unit),
        "valid_from": "2099-01-01",
        "reason": "Ny jobb",
        **more,
    }


def test_an_administrator_gives_a_role_and_ends_it_with_a_reason(world: World, admin: Reader) -> None:
    world.person("Torunn Ødegård")
    answer = admin.send("/tilgang/ny", form_for(world, "torunn ØDEGÅRD"))
    assert answer.status_code == 303, plain(answer)
    shown = admin.text(answer.location)
    assert "Torunn Ødegård" in shown
    assert "Ny jobb" in shown
    assert "Berit Haugland" in shown
    refused = admin.send(answer.location + "/avslutt", {"reason": " "}, seen=answer.location)
    assert refused.status_code == 422
    assert scalar(select(func.count()).where(Assignment.ended_at.is_not(None))) == 0
    ended = admin.send(answer.location + "/avslutt", {"reason": "Sluttet"}, seen=answer.location)
    assert ended.status_code == 303
    assert "Sluttet" in admin.text(answer.location)
    assert "Torunn Ødegård" not in admin.text("/tilgang")
    assert "Torunn Ødegård" in admin.text("/tilgang?vis=alle")
    assert [row.name for row in read(text("SELECT name FROM audit_entry ORDER BY id"))] == [
        "access.assignment_granted",
        "access.assignment_ended",
    ]


def test_a_form_sent_twice_gives_one_role(world: World, admin: Reader) -> None:
    world.person("Per Vik")
    page = admin.get("/tilgang/ny").get_data(as_text=True)
    hidden = {"csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0]}
    hidden["idempotency_key"] = page.split('name="idempotency_key" value="')[1].split('"')[0]
    wish = {**hidden, **form_for(world, "Per Vik")}
    first, second = (admin.client.post("/tilgang/ny", data=wish) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.location == second.location


def test_refusals_stand_at_their_field_and_keep_what_was_typed(world: World, admin: Reader) -> None:
    world.person("Kari To")
    world.person("Kari To")
    for form, said in (
        (form_for(world, "Ingen Her"), "innlogget"),
        (form_for(world, "Kari To"), "Flere"),
        (form_for(world, "Berit Haugland"), "deg selv"),
        (form_for(world, "Berit Haugland", valid_from="ikke en dato"), "dato"),
    ):
        answer = admin.send("/tilgang/ny", form)
        assert answer.status_code == 422
        assert str(form["person"]) in answer.get_data(as_text=True)
        assert said in plain(answer), plain(answer)
    assert world.count("assignment") == 1


@pytest.mark.parametrize(
    ("path", "first"), [("/tilgang/ny", "person"), ("/tilgang/ny/flere", "person"), ("rule", "number")]
)
def test_what_must_be_mended_is_listed_in_the_order_of_the_page(
    world: World, admin: Reader, path: str, first: str
) -> None:
    reader = admin
    if path == "rule":
        reader = holder(world, "regional_director", "sor")
        path = f"/enheter/{world.unit('sor')}/regler/organisations.answer_within"
    html = reader.send(path, {"valid_from": ""}).get_data(as_text=True)
    listed = re.findall(r'<li><a class="ds-link" href="#(\w+)"', html)
    assert listed[0] == first
    assert len(listed) > 1
    stands = [html.index(f' id="{one}"') for one in listed]
    assert stands == sorted(stands)


def test_a_region_sees_and_reaches_its_own_part_only(world: World) -> None:
    person = world.person("Regine Sør")
    world.grant(person, "access_administrator", world.unit("sor"))
    south, north = world.person("Siri Sør"), world.person("Nils Nord")
    here = world.grant(south, "regional_contact", world.unit("sor"))
    there = world.grant(north, "regional_contact", world.unit("nord"))
    reader = Reader(world.client(person))
    listed = reader.text("/tilgang?vis=alle")
    assert "Siri Sør" in listed
    assert "Nils Nord" not in listed
    assert reader.get(f"/tilgang/{here}").status_code == 200
    assert reader.get(f"/tilgang/{there}").status_code == 404
    assert reader.send(f"/tilgang/{there}/avslutt", {"reason": "x"}, seen="/tilgang/ny").status_code == 404
    assert reader.send("/tilgang/ny", form_for(world, "Nils Nord", "nord")).status_code == 422
    assert world.count("assignment") == 3


def test_the_list_is_narrowed_by_unit_role_and_person_and_pages_on(world: World, admin: Reader) -> None:
    for number in range(30):
        world.grant(world.person(f"Reidun {number:02d}"), "regional_contact", world.unit("vest"))
    first = admin.get("/tilgang?role=regional_contact")
    assert plain(first).count("Reidun") == 25
    more = first.get_data(as_text=True).split('class="table-more"')[1].split('href="')[1].split('"')[0]
    assert plain(admin.get(more.replace("&amp;", "&"))).count("Reidun") == 5
    assert plain(admin.get("/tilgang?person=reidun+07")).count("Reidun 07") >= 1
    assert "Reidun" not in plain(admin.get(f"/tilgang?unit={world.unit('nord')}"))
    assert admin.get("/tilgang?unit=tull&after=tull").status_code == 200


def test_why_names_the_role_or_what_is_missing_and_who_can_give_it(world: World, admin: Reader) -> None:
    person = world.person("Siri Sør")
    world.grant(person, "grant_caseworker", world.unit("sor"))
    asked = "/tilgang/hvorfor?person=Siri+S%C3%B8r&permission=funding.application.{}&unit={}"
    yes = admin.text(asked.format("assess", world.unit("sor")))
    assert "Siri Sør kan" in yes
    assert "Saksbehandler" in yes
    no = admin.text(asked.format("decide", world.unit("sor")))
    assert "Siri Sør kan ikke" in no
    assert "Ingen av rollene" in no
    assert "Berit Haugland" in no
    elsewhere = admin.text(asked.format("assess", world.unit("nord")))
    assert "et annet sted" in elsewhere
    assert "Region Sør" in elsewhere.split("Spør igjen")[0]
    north = world.person("Nils Nord")
    world.grant(north, "access_administrator", world.unit("nord"))
    narrow = Reader(world.client(north)).text(asked.format("assess", world.unit("nord")))
    assert "et annet sted" in narrow
    assert "Region Sør" not in narrow, "where somebody else's role stands was told beyond the reader's reach"


def test_nobody_without_the_right_comes_in(world: World) -> None:
    coordinator = world.person("Kåre Lid")
    world.grant(coordinator, "coordinator", world.unit("udi"))
    for reader, expected in (
        (Reader(world.client(coordinator)), 403),
        (Reader(world.app.test_client()), 303),
    ):
        for path in ("/tilgang", "/tilgang/ny", "/tilgang/1", "/tilgang/hvorfor", "/revisjon"):
            assert reader.get(path).status_code == expected, path
