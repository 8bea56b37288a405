"""A refusal that is appealed against: once won with UDI, once sent on to the appeal body.

The applicant has a phone and no scripts; the staff sit at a desk, and axe looks over their pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e import granting
from tests.e2e.granting import NO_TIES, assess, declare, go, letter_text, says
from tests.e2e.registering import as_persona, press
from tests.e2e.running import PHONE, Running, Visitor

pytestmark = pytest.mark.browser
Make = Callable[..., Visitor]
CALL = "Aktiviteter for barn i mottak 2027"
WON, KEPT = "Skøyter på torget", "Karneval i gata"


def refused(amina: Visitor, ingrid: Visitor, per: Visitor, title: str) -> str:
    """Amina applies, Ingrid proposes no, and Per, who has not prepared it, refuses; gives the case's path."""
    case = granting.begin(amina, CALL)
    granting.fill(amina, case, title, "20 000")
    granting.send(amina, case)
    page = declare(ingrid, case)
    press(page, "Ta saken")
    assess(ingrid, case, "refused", "", "Tiltaket er ikke avtalt med mottaket.")
    page = declare(per, f"{case}/vedtak")
    press(page, "Avgjør og send brevet")
    return case


def appeal(amina: Visitor, case: str, title: str) -> str:
    """Amina finds the refusal under Mine saker, forgets to say why, and appeals; gives its number."""
    page = amina.open("/saker")
    go(page, title)
    says(amina, "Avslått", "Skriv en klage")
    amina.look("klage-avslag")
    go(page, "Skriv en klage")
    press(page, "Send klagen")
    says(amina, "Skriv hva du vil ha endret")
    amina.look("klage-uten-tekst")
    page.locator('[name="text"]').fill("Mottaket sa ja i går. Her er avtalen om torsdager.")
    press(page, "Send klagen")
    says(amina, "Klagen er mottatt", re.compile(r"20\d\d/\d{6}"))
    amina.look("klage-kvittering")
    return re.search(r"/saker/(\d+)/", page.url)[1]  # type: ignore[index]


def those_who_decided_keep_away(ingrid: Visitor, number: str) -> None:
    """Ingrid prepared the refusal: she cannot take the appeal, and reads why."""
    page = declare(ingrid, f"/klager/{number}")
    says(ingrid, "forvaltningsloven §")
    assert page.get_by_role("button", name="Ta klagen").count() == 0
    ingrid.look("klage-ikke-samme")


def prepare(hanne: Visitor, number: str, outcome: str, kroner: str = "") -> None:
    """Hanne, who has not seen the case, declares, takes the appeal, checks it and proposes."""
    page = declare(hanne, f"/klager/{number}", "klage-habilitet")
    press(page, "Ta klagen")
    go(page, "Kontroller og forbered")
    press(page, NO_TIES)  # the case the decision was made in opens too
    for mark in ("party", "signed"):
        assert page.locator(f'[name="{mark}"]').is_checked()
    page.locator(f'[name="outcome"][value="{outcome}"]').check()
    page.locator('[name="amount"]').fill(kroner)
    page.locator('[name="reasons"]').fill("Avtalen med mottaket er nå lagt fram.")
    hanne.look(f"klage-forbered-{outcome}")
    press(page, "Send til vedtak")
    hanne.look(f"klage-forberedt-{outcome}")


def decide(berit: Visitor, number: str, shot: str) -> None:
    """Berit, who had no hand in the refusal, decides as proposed."""
    page = declare(berit, f"/klager/{number}")
    go(page, "Avgjør")
    press(page, NO_TIES)
    berit.look(f"klage-avgjor-{shot}")
    press(page, "Avgjør og send brevet")
    berit.look(f"klage-avgjort-{shot}")


def won(amina: Visitor, case: str, number: str) -> None:
    """Amina reads that she won, finds the new letter with the case, and may accept the grant."""
    page = amina.open(f"/saker/{number}")
    says(amina, "Du fikk medhold")
    amina.look("klage-medhold")
    amina.open(case)
    says(amina, re.compile(r"får 20\s000\skr"), "Avtalen med mottaket er nå lagt fram.")
    expect(amina.page.locator("main")).not_to_contain_text("ikke avtalt med mottaket")
    amina.look("klage-innvilget")
    assert "20 000" in letter_text(amina, last=False)
    go(page, "Svar på tilskuddet")
    page.locator('[name="conditions"]').check()
    press(page, "Aksepter tilskuddet")
    says(amina, "Akseptert")


def sent_on(amina: Visitor, hanne: Visitor, number: str) -> None:
    """Amina comments on what UDI wrote to the appeal body; Hanne sees it where she registers the answer."""
    page = amina.open(f"/saker/{number}")
    says(amina, "Hos klageinstansen")
    amina.look("klage-sendt-videre")
    go(page, "Legg til i klagen")
    page.locator('[name="text"]').fill("Vi står ved det vi skrev.")
    press(page, "Send")
    page = hanne.open(f"/klager/{number}")
    says(hanne, "Vi står ved det vi skrev.", "Justis- og beredskapsdepartementet")
    go(page, "Registrer svaret")
    hanne.look("klage-registrer-svar")


def test_an_appeal_is_won_and_another_is_sent_on(running: Running, visitor: Make) -> None:
    amina = as_persona(visitor, "amina", width=PHONE, scripts=False)
    ingrid, per, hanne, berit = (as_persona(visitor, who) for who in ("ingrid", "per", "hanne", "berit"))
    case = refused(amina, ingrid, per, WON)
    number = appeal(amina, case, WON)
    those_who_decided_keep_away(ingrid, number)
    prepare(hanne, number, "changed", "20 000")
    decide(berit, number, "endret")
    won(amina, case, number)
    number = appeal(amina, refused(amina, ingrid, per, KEPT), KEPT)
    prepare(hanne, number, "forwarded")
    decide(berit, number, "videre")
    sent_on(amina, hanne, number)
