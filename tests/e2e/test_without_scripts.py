"""The same portal in a browser that runs no scripts: registering as oneself and sending an application."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.running import PHONE, WIDE, Visitor

pytestmark = pytest.mark.browser
Make = Callable[..., Visitor]
FORM = "main form button.ds-button"


@pytest.mark.parametrize("width", [WIDE, PHONE], ids=["1280", "360"])
def test_an_application_is_sent_without_scripts(visitor: Make, width: dict[str, int]) -> None:
    amina = visitor(width=width, scripts=False)
    amina.log_in("amina")
    page = amina.open("/")
    page.get_by_role("link", name=re.compile("Aktiviteter for barn i mottak 2027")).first.click()
    page.get_by_role("link", name=re.compile("Søk|Begynn", re.I)).first.click()
    page.locator('main [name="kind"][value="voluntary"]').check()
    page.locator(FORM).first.click()
    case = page.url.removesuffix("/skjema")
    mistake(amina, case)
    fill_in(page, case)
    amina.look("uten-skript-sammendrag")
    page.locator('form[action$="/send"] button').first.click()
    expect(page.locator("main")).to_contain_text(re.compile(r"20\d\d/\d{6}"))
    amina.look("uten-skript-kvittering")


def mistake(amina: Visitor, case: str) -> None:
    """A sum nobody can read is told at its place, and what was typed is kept."""
    page = amina.page
    page.goto(f"{case}/skjema/sum")
    page.locator('[name="amount"]').fill("førti tusen")
    page.locator(FORM).first.click()
    expect(page.locator(".ds-error-summary")).to_be_visible()
    expect(page.locator('[name="amount"]')).to_have_value("førti tusen")
    amina.look("uten-skript-feil")


def fill_in(page: Page, case: str) -> None:
    """Every page of the form, then the summary."""
    answers = {
        "maal": {"title": "Sjakk og saft", "goal": "Barna får en fast ettermiddag i uka."},
        "barna": {"target_group": "Barn fra 6 år", "children": "12", "area": "Mottaket"},
        "plan": {"plan": "Hver torsdag i vårhalvåret."},
        "mottak": {"site_contact": "Avtalt med daglig leder."},
        "budsjett": {"cost-0-text": "Sjakkbrett", "cost-0-amount": "6 000"},
        "sum": {"amount": "6 000"},
        "kontakt": {"contact_name": "Amina Warsame", "contact_email": "amina.warsame@example.no"},
    }
    for code, typed in answers.items():
        page.goto(f"{case}/skjema/{code}")
        for name, value in typed.items():
            page.locator(f'[name="{name}"]').first.fill(value)
        if code == "barna":
            option = page.locator("#sites_0 option", has_text="Fjordgløtt mottak").first
            page.locator("#sites_0").select_option(option.get_attribute("value"))
        page.locator(FORM).first.click()
    page.goto(f"{case}/send")


def test_a_person_registers_as_themselves_without_scripts(visitor: Make) -> None:
    ola = visitor(width=PHONE, scripts=False)
    ola.log_in("ola")
    page = ola.open("/registrer")
    ola.look("uten-skript-hvem")
    page.locator('main [value="individual"]').check()
    page.locator(FORM).first.click()
    expect(page.locator("main h1")).to_be_visible()
    ola.look("uten-skript-meg-selv")
