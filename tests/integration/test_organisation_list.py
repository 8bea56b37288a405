"""Staff's list of organisations: found by words, place and kind; taken out as a file; fast as it grows."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from benchmarks.many import fill
from portal.access.actor import Place
from portal.database import db, read, switch_transaction
from portal.identity.context import actor_of
from portal.organisations import export, queries
from portal.organisations.searching import Wish
from portal.organisations.services import NewOrganisation, enter
from portal.organisations.vocabulary import activities
from portal.settings import Settings
from tests.pages import Reader, plain, statements
from tests.world import World

MANY = 100_000


def make(world: World, name: str, *, region: str | None = "sor", **other: Any) -> int:
    """Enter an organisation; gives the unit's id."""
    place = Place(national_id=world.unit("udi"), regional_id=world.unit(region) if region else None)
    given = {"kind": "voluntary", "level": "local", **other}
    with switch_transaction() as session:
        new = NewOrganisation(name=name, place=place, **given)
        return enter(session, new, leader_id=world.person("Amina Warsame"), actor=None)


def contact_person(world: World, *regions: str) -> int:
    """Somebody who follows up the organisations of these regions."""
    liv = world.person("Liv")
    for region in regions or ("sor",):
        world.grant(liv, "regional_contact", world.unit(region))
    return liv


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("ås lag", ["Lag på Ås"]),
        ("LAG", ["Lag på Ås"]),
        ("aas", ["Lag på Ås", "Ås barnelag og turlag"]),
        ("ungdom", ["Røde Kors-ungdom (Skien)"]),
        ("skien røde", ["Røde Kors-ungdom (Skien)"]),
        ("arnelag", []),
        ("'", []),
        ("')) OR 1=1 --", []),
        ("\\", []),
        ("a" * 5000, []),
        ("Українська", ["Українська спільнота"]),
        ("311 094", ["Lag på Ås"]),
    ],
)
def test_a_name_is_found_by_the_beginning_of_its_words(world: World, search: str, names: list[str]) -> None:
    make(world, "Ås barnelag og turlag")
    make(world, "Lag på Ås", number="311094688")
    make(world, "Røde Kors-ungdom (Skien)")
    make(world, "Українська спільнота")
    make(world, "Ås barnelag i nord", region="nord")
    actor = actor_of(contact_person(world))
    found = [row.name for row in queries.listed(actor, None, Wish(search)).rows]
    assert found == names


def test_the_list_narrows_by_place_level_kind_activity_and_status(world: World) -> None:
    make(world, "Alta", region="nord", municipality_number="5601", activities=["sport"])
    make(world, "Larvik", municipality_number="3909", activities=["children"], kind="operator")
    make(world, "Horten", municipality_number="3901", level="regional")
    liv = contact_person(world, "sor", "nord")
    page = Reader(world.client(liv))

    def names(query: str) -> list[str]:
        html = page.get(f"/organisasjoner?{query}").get_data(as_text=True)
        return re.findall(r'<th scope="row"[^>]*><a[^>]*>([^<]+)</a>', html)

    assert names("") == ["Alta", "Horten", "Larvik"]
    assert names(f"region={world.unit('nord')}") == ["Alta"]
    assert names("fylke=39") == ["Horten", "Larvik"]
    assert names("fylke=39&kommune=3909") == ["Larvik"]
    assert names("kommune=5601") == ["Alta"]
    assert names("fylke=39&kommune=5601") == ["Horten", "Larvik"]
    assert names("niva=regional") == ["Horten"]
    assert names("type=operator") == ["Larvik"]
    assert names("virksomhet=children") == ["Larvik"]
    assert names("status=bankrupt") == []
    assert names("status=nonsense&region=x&fylke=%C2%B2&type='") == ["Alta", "Horten", "Larvik"]
    assert names("region=999999999") == []


def test_filters_do_not_reach_beyond_the_readers_own(world: World) -> None:
    make(world, "Alta", region="nord", municipality_number="5601")
    make(world, "Larvik", municipality_number="3909")
    liv = Reader(world.client(contact_person(world, "sor")))
    assert "Larvik" in liv.text("/organisasjoner")
    assert "Alta" not in liv.text(f"/organisasjoner?region={world.unit('nord')}")
    taken = liv.get("/organisasjoner/eksport.csv").get_data(as_text=True)
    assert "Larvik" in taken
    assert "Alta" not in taken


def test_a_file_opens_in_a_spreadsheet_and_computes_nothing(world: World) -> None:
    hostile = ['=HYPERLINK("http://evil")', "+47 SUM(A1)", "-2+3", "@cmd", "\u202e=x", 'a;b"c\r\n=d', "  =1"]
    for name in hostile:
        make(world, name, email="=cmd@example.no", phone="+47 900 00 000")
    liv = Reader(world.client(contact_person(world)))
    answer = liv.get("/organisasjoner/eksport.csv")
    body = answer.get_data()
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 1 + len(hostile)
    assert {len(row) for row in rows} == {16}
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\n") or "\n" in cell]
    assert "'=cmd@example.no" in cells


def test_who_takes_a_file_out_is_written_down_without_what_they_searched_for(world: World) -> None:
    make(world, "Larvik turlag", municipality_number="3909")
    liv = contact_person(world)
    Reader(world.client(liv)).get("/organisasjoner/eksport.csv?q=larvik&fylke=39")
    row = read(
        text("SELECT actor_id, regional_id, data FROM audit_entry WHERE name = 'organisations.exported'")
    )[0]
    assert row.actor_id == liv
    assert row.regional_id == world.unit("sor")
    assert row.data == {"rows": 1, "wish": "county=39, search=yes"}


def test_a_list_too_long_for_a_file_says_so(world: World, monkeypatch: Any) -> None:
    make(world, "En")
    make(world, "To")
    liv = Reader(world.client(contact_person(world)))
    monkeypatch.setattr(queries, "EXPORT_LIMIT", 1)
    answer = liv.get("/organisasjoner/eksport.csv")
    assert answer.status_code == 422
    assert "for lang" in plain(answer)
    assert not read(text("SELECT 1 FROM audit_entry WHERE name = 'organisations.exported'"))
    monkeypatch.setattr(queries, "EXPORT_LIMIT", 2)
    assert liv.get("/organisasjoner/eksport.csv").status_code == 200


def test_only_staff_take_files_out(world: World) -> None:
    unit_id = make(world, "Larvik turlag")
    kari = world.person("Kari")
    world.grant(kari, "leader", unit_id)
    assert world.client(kari).get("/organisasjoner/eksport.csv").status_code == 403


def test_a_page_of_the_list_costs_few_statements_however_long_it_is(world: World) -> None:
    liv = contact_person(world, "sor", "nord")
    page = Reader(world.client(liv))
    for count in (1, 40):
        for number in range(count):
            make(world, f"Lag {count} {number}", municipality_number="3909")
        with statements() as sent:
            page.text("/organisasjoner?fylke=39&q=lag")
        assert len(sent) <= 6, sent


def test_no_list_reads_the_whole_table(app: Flask, world: World, settings: Settings) -> None:
    fill(settings.owner_url, MANY, list(activities()))
    sor, nord = world.unit("sor"), world.unit("nord")
    readers = {
        "one region": actor_of(contact_person(world, "sor")),
        "two regions": actor_of(contact_person(world, "sor", "nord")),
        "the directorate": world.actor("auditor", "udi"),
    }
    wishes = [
        Wish(), Wish("fjord"), Wish("barnelag 1234"), Wish("7000 1234"), Wish(kind="operator"),
        Wish(register_status="bankrupt"), Wish(level="national"), Wish(activity=next(iter(activities()))),
        Wish(county="39"), Wish(municipality="3909"), Wish(region=nord), Wish(region=sor, kind="operator"),
        Wish("fjordglimt", county="39", kind="voluntary"),
    ]  # fmt: skip
    slow = []
    for who, actor in readers.items():
        for wish in wishes:
            for after in (None, queries.listed(actor, None).next_key):
                slow += [(who, wish, after is None, plan) for plan in _plans(actor, after, wish)]
    assert not slow, slow[:3]
    assert len(queries.listed(readers["one region"], None, Wish("fjord")).rows) == 25


def test_reading_the_whole_table_would_be_noticed(app: Flask, settings: Settings) -> None:
    fill(settings.owner_url, MANY, list(activities()))
    assert _whole("SELECT * FROM organisation WHERE purpose = 'x'", {})


def _plans(actor: Any, after: str | None, wish: Wish) -> list[str]:
    """The plan of the list's statement, when it reads the whole table."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    queries.listed(actor, after, wish)
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return [plan for statement, parameters in sent if (plan := _whole(statement, parameters))]


def _whole(statement: str, parameters: Any) -> str:
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        plan = "\n".join(row[0] for row in rows)
    return plan if "Seq Scan on organisation" in plan else ""


def test_the_words_of_a_file_are_inert() -> None:
    assert export.inert("=1+1") == "'=1+1"
    assert export.inert("a=b") == "a=b"
    assert export.inert(None) == ""
