"""Those who act for an organisation, in a real browser: who they are, how they hand over, what they keep."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.registering import SECONDS, Make, as_persona, give_number, press
from tests.e2e.running import PHONE, WIDE, Visitor, wait_until

pytestmark = pytest.mark.browser
ELVEBAKKEN = "311 094 688"
ANOTHER = "311 193 163"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """A file to hand in."""
    path = tmp_path / "fullmakt.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    return path


def own_organisation(amina: Visitor) -> str:
    """The path of the organisation Amina leads."""
    page = amina.open("/min-side")
    link = page.locator('a[href^="/organisasjoner/"], a[href^="/representer/"]').first
    address = link.get_attribute("href") or ""
    return "/organisasjoner/" + address.rsplit("/", 1)[1]


@pytest.mark.parametrize("width", [PHONE, WIDE], ids=["phone", "wide"])
def test_a_leader_looks_after_people_and_papers(visitor: Make, pdf: Path, width: dict[str, int]) -> None:
    amina = as_persona(visitor, "amina", width=width)
    here = own_organisation(amina)
    page = amina.open(f"{here}/medlemmer")
    amina.look("medlemmer")
    page.get_by_label(re.compile("^E-post")).fill("siw@example.no")
    page.get_by_label("Fullmaktshaver", exact=True).check()
    press(page, "Send invitasjonen")
    expect(page.locator("main")).to_contain_text("En fullmaktshaver må ha en fullmakt")
    amina.look("medlemmer-uten-fullmakt")
    page.locator('[name="mandate"]').set_input_files(pdf)
    press(page, "Send invitasjonen")
    expect(page.locator("main")).to_contain_text("siw@example.no")
    page = amina.open(f"{here}/papirer")
    page.get_by_label("Vedtekter", exact=True).check()
    page.locator('[name="file"]').set_input_files(pdf)
    press(page, "Lever")
    expect(page.locator("main table")).to_contain_text("fullmakt.pdf")
    amina.look("papirer")
    page = amina.open(f"{here}/bytt-leder")
    page.get_by_label(re.compile("E-postadressen til den nye")).fill("ny@example.no")
    press(page, "Inviter den nye lederen")
    expect(page.locator("main")).to_contain_text("Spurt, ikke takket ja ennå")
    amina.look("bytt-leder")


def test_three_ways_to_show_it_without_scripts_and_on_a_phone(visitor: Make, pdf: Path) -> None:
    for scripts in (False, True):
        jonas = as_persona(visitor, "jonas" if scripts else "elin", width=PHONE, scripts=scripts)
        number = give_number(jonas, ANOTHER).rsplit("/", 1)[1]
        page = jonas.open(f"/registrer/{number}/representere")
        jonas.look(f"representere-{'med' if scripts else 'uten'}-skript")
        page.get_by_label("Fødselsdatoen din").fill("1990-01-02")
        press(page, "Sammenlign med registeret")
        expect(page.locator("main")).to_contain_text("Ingen med det navnet og den fødselsdatoen")
        page.locator('[name="file"]').set_input_files(pdf)
        press(page, "Lever fullmakten")
        expect(page.locator("main")).to_contain_text("fullmakt.pdf")
        press(page, "Spør organisasjonen")
        expect(page.locator("main")).to_contain_text("ikke svart ennå")
        jonas.look(f"representere-spurt-{'med' if scripts else 'uten'}-skript")
    wait_until(lambda: _asked(jonas), SECONDS)
    link = re.search(r"/bekreft/[\w-]+", _asked(jonas)[-1])
    assert link is not None
    stranger = visitor(width=PHONE)
    page = stranger.open(link[0])
    stranger.look("bekreft")
    press(page, "Ja, personen kan representere oss")
    expect(page.locator("h1")).to_contain_text("Takk, svaret er lagret")
    stranger.look("bekreftet")


def _asked(visitor: Visitor) -> list[str]:
    return [str(mail) for mail in visitor.running.mails() if "/bekreft/" in str(mail)]


def test_somebody_asks_and_udi_helps_where_the_leader_is_gone(visitor: Make) -> None:
    ola = as_persona(visitor, "ola", width=PHONE)
    page = ola.open("/registrer/nummer")
    page.get_by_label("Organisasjonsnummer").fill(ELVEBAKKEN)
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile("/registrer/tilgang/"))
    ola.look("be-om-tilgang")
    page.locator('[name="message"]').fill("Jeg ble valgt på årsmøtet.")
    page.locator('[name="leader_gone"]').check()
    press(page, "Be om tilgang")
    expect(page.locator("main")).to_contain_text("Forespørselen er sendt")
    for width in (WIDE, PHONE):
        liv = as_persona(visitor, "liv", width=width)
        liv.open("/organisasjoner/uten-leder")
        liv.look("uten-leder")
        page = liv.page
        page.get_by_role("link", name=re.compile("Elvebakken")).first.click()
        page.locator("summary", has_text="Slipp inn").first.click()
        page.get_by_role("button", name="Slipp inn", exact=True).click(trial=True)  # unfolded, and at rest
        liv.look("uten-leder-hjelp")


def test_one_person_alone_registers_on_a_phone(visitor: Make) -> None:
    ola = as_persona(visitor, "ola", width=PHONE)
    page = ola.open("/registrer")
    page.locator('[value="individual"]').check()
    page.locator("main form button").last.click()
    ola.look("registrer-alene")
    page.get_by_label(re.compile("^E-post")).fill("ola@example.no")
    page.locator('[name="municipality"]').select_option("3909")
    page.locator("main form button.ds-button").first.click()
    page.wait_for_url(re.compile("/send$"))
    page.locator('[name="accept"]').check()
    ola.look("registrer-alene-send")
    page.locator("main form button.ds-button").first.click()
    page.wait_for_url(re.compile("/kvittering$"))
    number = page.url.split("/")[-2]
    liv = as_persona(visitor, "liv", width=WIDE)
    page = liv.open(f"/organisasjoner/registreringer/{number}")
    liv.look("registrering-alene")
    page.locator('form[action$="/godkjenn"] button').first.click()
    expect(page.locator("main")).to_contain_text(re.compile("godkjent", re.I))
    ola.open(f"/registrer/{number}")
    ola.look("registrert-alene")
