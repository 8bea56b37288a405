"""The frame of every page: where one is, whom to ask, why one sees it; pages promise only what is there."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask, render_template_string
from flask_wtf.csrf import generate_csrf

from portal.database import transaction
from portal.units.contacts import Contact, add_contact
from portal.web.kit.csrf import unmask
from tests.pages import Reader, statements
from tests.world import World, holder

LATER = datetime(2099, 1, 1, tzinfo=UTC)
ABOUT = ("/veiledning", "/personvern", "/tilgjengelighet")


def contact(unit: int, name: str, *, deputy: bool = False) -> None:
    with transaction() as session:
        written = Contact(name=name, email=f"{name.split(maxsplit=1)[0].lower()}@example.no", deputy=deputy)
        add_contact(session, unit, written, actor=None)


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/organisasjoner", "/organisasjoner"),
        ("/organisasjoner/registreringer", "/organisasjoner/registreringer"),
        ("/min-side", "/min-side"),
        ("/kontakt", None),
    ],
)
def test_one_entry_of_the_menu_says_where_one_is(world: World, path: str, marked: str | None) -> None:
    html = holder(world, "regional_contact", "sor").get(path).get_data(as_text=True)
    menu = html.split('<nav class="nav"')[1].split("</nav>")[0]
    assert "/organisasjoner/registreringer" in menu
    assert re.findall(r'href="([^"]+)" aria-current="page"', menu) == ([marked] if marked else [])


def test_contact_persons_are_for_everybody_but_never_those_of_a_site(app: Flask, world: World) -> None:
    contact(world.unit("sor"), "Liv Tangen")
    contact(world.unit("sor"), "Per Myhre", deputy=True)
    contact(world.unit("ate"), "Randi Moe")
    contact(world.unit("udi"), "Henrik Dale")
    contact(world.site("Hemmelig særbol", "sor", type_code="special-housing"), "Mari Lund")
    visitor = Reader(app.test_client())
    with statements() as sent:
        page = visitor.text("/kontakt")
    assert len(sent) <= 2, sent
    for shown in (
        "Liv Tangen",
        "Per Myhre (stedfortreder)",
        "Randi Moe",
        "Henrik Dale",
        "Telemark",
        "Region Sør",
    ):
        assert shown in page
    assert page.index("Liv Tangen") < page.index("Randi Moe") < page.index("Henrik Dale")
    for hidden in ("Mari Lund", "mari@example.no", "særbol"):
        assert hidden not in page


def test_every_page_leads_to_whom_one_can_ask(app: Flask, world: World) -> None:
    everybody = Reader(app.test_client())
    for path in ("/", *ABOUT, "/barnetilskudd/"):
        html = everybody.get(path).get_data(as_text=True)
        assert html.count('href="/kontakt') >= 2, path
        assert "Hvorfor kan jeg se dette?" not in html
    own = f'href="/kontakt#enhet-{world.unit("sor")}"'
    assert own in holder(world, "regional_contact", "sor").get("/min-side").get_data(as_text=True)


def test_one_reads_why_one_sees_what_one_sees(world: World) -> None:
    mine, other = world.civil_unit("Fjordglimt barnelag"), world.civil_unit("Et annet lag")
    holder(world, "editor", other)
    leader = holder(world, "leader", mine)
    html = leader.get("/min-side").get_data(as_text=True)
    assert "Hvorfor kan jeg se dette?" in html
    for path in ("/min-side/tilgang", "/min-side/okter", "/varsler"):
        assert f'href="{path}"' in html
    with statements() as sent:
        page = leader.text("/min-side/tilgang")
    assert len(sent) <= 4, sent
    assert "Leder, Fjordglimt barnelag" in page
    assert "Sende søknader" in page
    assert "Et annet lag" not in page
    auditor = holder(world, "auditor", "udi", valid_to=LATER).text("/min-side/tilgang")
    assert re.search(r"Til og med 31\. desember 2098|Til og med 1\. januar 2099", auditor)
    newcomer = Reader(world.client(world.person("Ola Vik")))
    assert "Du har ingen rolle ennå" in newcomer.text("/min-side/tilgang")
    assert world.app.test_client().get("/min-side/tilgang").status_code == 303


def test_about_pages_say_when_they_were_read_over_and_promise_nothing_that_is_not_there(app: Flask) -> None:
    visitor = Reader(app.test_client())
    for path in ABOUT:
        assert "Sist gjennomgått" in visitor.text(path), path
    assert "Ingenting av dette kan dere gjøre i portalen ennå" in visitor.text("/veiledning")
    start = visitor.text("/")
    assert "Klarér" not in start
    assert "ikke her" in start


@pytest.mark.parametrize("language", ["nn", "en"])
def test_the_frame_reads_in_every_language(app: Flask, world: World, language: str) -> None:
    contact(world.unit("sor"), "Liv Tangen", deputy=True)
    leader = holder(world, "leader", world.civil_unit("Fjordglimt barnelag"))
    leader.client.set_cookie("__Host-language", language, secure=True)
    expected = {
        "nn": ("stadfortredar", "Sist gjennomgått", "Dette har du tilgang til", "Alle varsel"),
        "en": ("deputy", "Last reviewed", "What you have access to", "All notices"),
    }[language]
    pages = ("/kontakt", "/personvern", "/min-side/tilgang", "/min-side")
    for path, words in zip(pages, expected, strict=True):
        assert words in leader.text(path), path


def test_a_form_in_a_macro_of_the_page_carries_a_token_that_is_taken(app: Flask) -> None:
    page = (
        '{% from "macros/form.html" import csrf with context %}{% macro own() %}{{ csrf() }}{% endmacro %}'
        "{{ own() }}"
    )
    with app.test_request_context():
        token = render_template_string(page).split('value="')[1].split('"')[0]
        assert unmask(token) == generate_csrf()
