"""From a call to the last krone back: each by the person who does it, in a browser.

The applicant has a phone and no scripts. The staff sit at a desk, and axe looks over their pages.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal import clock
from tests.e2e import granting
from tests.e2e.granting import assess, declare, go, letter_text, says
from tests.e2e.registering import FORM, as_persona, change, press
from tests.e2e.running import PHONE, Running, Visitor

pytestmark = pytest.mark.browser
Make = Callable[..., Visitor]
CALL = "Lek og fest for barn i mottak"
TITLE = "Dragefest på stranda"
APPLICANT = "Elvebakken frivilligsentral"
ACCOUNT, WRONG, UDIS = "1503 12 34562", "1503 12 34563", "8601 11 17947"
PASSED = """UPDATE funding_payee_account SET confirmed_at = confirmed_at - interval '4 days'
    WHERE state = 'confirmed' AND number = %s"""


def write_call(berit: Visitor) -> str:
    """Berit writes a rolling call, forgets the last day, looks at it as others will, and publishes."""
    page = berit.open("/barnetilskudd/utlysninger")
    go(page, "Skriv en ny utlysning")
    page.locator('[name="title_nb"]').fill(CALL)
    page.locator('[name="intro_nb"]').fill("Søk om penger til fester, turer og lek gjennom hele året.")
    page.locator('[name="frame"]').fill("300 000")
    page.locator('[name="opens_on"]').fill(clock.today().isoformat())
    page.locator('[name="rolling"][value="yes"]').check()
    press(page, "Lagre og se på den")
    expect(page.locator('[name="closes_on"]')).to_have_attribute("aria-invalid", "true")
    expect(page.locator('[name="title_nb"]')).to_have_value(CALL)
    berit.look("utlysning-mangler-frist")
    page.locator('[name="closes_on"]').fill((clock.today() + timedelta(days=60)).isoformat())
    press(page, "Lagre og se på den")
    says(berit, "Dette er et utkast", CALL)
    berit.look("utlysning-utkast")
    press(page, "Publiser utlysningen")
    berit.look("utlysning-publisert")
    return page.url.removeprefix(berit.running.url)


def apply(amina: Visitor) -> str:
    """Amina applies, writes an address nobody can send to on the way, and sends; gives the case's path."""
    case = granting.begin(amina, CALL)
    granting.fill(amina, case, TITLE, "60 000")
    page = amina.open(f"{case}/skjema/kontakt")
    page.locator('[name="contact_email"]').fill("amina.warsame")
    page.locator(FORM).first.click()
    expect(page.locator(".ds-error-summary")).to_be_visible()
    expect(page.locator('[name="contact_email"]')).to_have_value("amina.warsame")
    amina.look("tilskudd-feil")
    page.locator('[name="contact_email"]').fill("amina.warsame@example.no")
    page.locator(FORM).first.click()
    granting.send(amina, case)
    amina.look("tilskudd-kvittering")
    return case


def ask_for_more(ingrid: Visitor, case: str) -> None:
    """Ingrid sees only who applies until she says she has no ties; then she asks about the plan alone."""
    page = ingrid.open(granting.QUEUE)
    says(ingrid, APPLICANT)
    expect(page.locator("main")).not_to_contain_text(TITLE)
    declare(ingrid, case, "tilskudd-habilitet")
    ingrid.look("tilskudd-sak")
    press(page, "Ta saken")
    go(page, "Be om mer")
    page.locator('[name="text"]').fill("Hvem har ansvaret for barna ved vannet?")
    page.locator('[name="felt"][value="plan.plan"]').check()
    ingrid.look("tilskudd-be-om-mer")
    press(page, "Be søkeren om mer")


def answer(amina: Visitor, case: str) -> None:
    """Amina finds the question on her page, and can change nothing but what is asked about."""
    page = amina.open("/min-side")
    amina.look("tilskudd-min-side-svar")
    go(page, re.compile("UDI har spurt om"))
    go(amina.open(case), "Svar UDI")
    says(amina, "Hvem har ansvaret for barna ved vannet?")
    amina.look("tilskudd-svar")
    amina.open(f"{case}/svar/plan")
    expect(page.locator("main textarea")).to_have_count(1)
    page.locator('[name="plan"]').fill("Ti lørdager. To badevakter fra kystlaget hver gang.")
    amina.look("tilskudd-svar-plan")
    page.locator(FORM).first.click()
    for closed in ("svar/sum", "svar/barna"):
        assert amina.context.request.get(f"{amina.running.url}{case}/{closed}").status == 404
    press(page, "Send svaret")
    amina.look("tilskudd-svart")


def prepare(ingrid: Visitor, case: str) -> None:
    """Ingrid reads the new answer and proposes the whole sum."""
    page = ingrid.open(case)
    says(ingrid, "To badevakter fra kystlaget")
    go(page, "Vurder")
    assess(
        ingrid, case, "granted", "60 000", "Et trygt tilbud mange barn har ønsket seg.", "tilskudd-vurdering"
    )


def sign(per: Visitor, call: str, case: str) -> None:
    """Per opens the list of proposals, says he has no ties, tries a lower ceiling and signs as proposed."""
    page = per.open(f"/barnetilskudd/innstillinger/{call.rsplit('/', 1)[1]}")
    per.look("innstilling-habilitet")
    page.locator('[name="habil"]').check()
    press(page, "Åpne dem jeg har krysset av")
    page.locator('[name="tak"]').fill("50 000")
    press(page, "Vis hva det blir")
    expect(page.locator('input[name^="amount_"]')).to_have_value(re.compile(r"50\s?000"))
    per.look("innstilling-proevd")
    go(page, "Tilbake til innstillingene")
    page.locator('[name="kryss"]').check()
    press(page, "Signer dem som er krysset av")
    says(per, "1 avgjort")
    per.look("innstilling-signert")


def accept(amina: Visitor, case: str) -> None:
    """Amina reads the letter, gives a new account with a wrong digit, then the right one, and why."""
    page = amina.open(case)
    says(amina, re.compile(r"får 60\s000"))
    amina.look("tilskudd-innvilget")
    letter = letter_text(amina)
    assert "60 000" in letter
    assert "klage" in letter
    go(page, "Svar på tilskuddet")
    page.locator('[name="number"]').fill(WRONG)
    page.locator('[name="conditions"]').check()
    press(page, "Aksepter tilskuddet")
    says(amina, "Kontonummeret stemmer ikke")
    amina.look("tilskudd-aksept-feil")
    page.locator('[name="number"]').fill(ACCOUNT)
    page.locator('input[name="reason"]').fill("Vi har byttet bank.")
    page.locator('[name="conditions"]').check()
    press(page, "Aksepter tilskuddet")
    amina.look("tilskudd-akseptert")


def confirm_account(geir: Visitor, case: str) -> None:
    """Geir, who did not give the number, controls it and confirms it."""
    page = geir.open("/barnetilskudd/oppfolging")
    says(geir, APPLICANT)
    geir.look("oppfolging-kontoer")
    declare(geir, f"{case}/konto")
    geir.look("konto-venter")
    page.locator('[name="note"]').fill("Ringte lederen på nummeret i registeret.")
    press(page, "Bekreft kontoen")


def pay(per: Visitor, geir: Visitor, case: str) -> None:
    """Per orders when a new account has had its days; Geir attests, makes a file, registers it as paid."""
    page = per.open(f"{case}/utbetaling")
    press(page, "Bestill utbetalingen")
    says(per, "Det gikk ikke")
    per.look("utbetaling-for-tidlig")
    assert change(per.running, PASSED, ACCOUNT.replace(" ", "")) == 1
    page = per.open(f"{case}/utbetaling")
    press(page, "Bestill utbetalingen")
    page = geir.open(f"{case}/utbetaling")
    press(page, "Attester utbetalingen")
    page = geir.open("/barnetilskudd/utbetalingsfiler")
    press(page, "Lag fil")
    geir.look("utbetalingsfiler")
    file = geir.page.locator('main a[href$=".csv"]').first.get_attribute("href") or ""
    assert ACCOUNT.replace(" ", "") in geir.context.request.get(geir.running.url + file).text()
    page = geir.open(f"{case}/utbetaling")
    page.locator("summary", has_text="Registrer som betalt").click()
    page.locator('[name="reference"]').fill("UN-4711")
    press(page, "Registrer som betalt")
    geir.look("utbetaling-betalt")


def another_account(geir: Visitor, anne: Visitor, case: str) -> None:
    """A number given by Geir cannot be confirmed by Geir; Anne says no to it, and why."""
    page = geir.open(f"{case}/konto")
    page.locator("summary", has_text="Bruk en annen konto").click()
    page.locator('[name="number"]').fill("6005 06 06069")
    page.locator('[name="reason"]').fill("Laget ringte og oppga en ny konto.")
    press(page, "Be om denne kontoen")
    page.locator('[name="note"]').fill("Jeg tok telefonen selv.")
    press(page, "Bekreft kontoen")
    says(geir, "Det gikk ikke")
    geir.look("konto-egen")
    page = declare(anne, f"{case}/konto")
    page.locator('[name="note"]').fill("Lederen kjente ikke til noen ny konto.")
    press(page, "Bruk den ikke")
    anne.look("konto-avvist")


def tell_of_change(amina: Visitor, ingrid: Visitor, case: str) -> None:
    """Amina tells that it becomes less than planned; Ingrid says yes to it."""
    page = amina.open(f"{case}/tilskudd")
    amina.look("tilskudd-i-bruk")
    go(page, "Si fra om en endring")
    page.locator('[name="kind"][value="less"]').check()
    page.locator('[name="text"]').fill("Stormen tok to lørdager. Vi holder åtte av ti.")
    press(page, "Send til UDI")
    amina.look("endring-sendt")
    page = ingrid.open(f"{case}/endring")
    page.locator('[name="outcome"][value="approved"]').check()
    page.locator('[name="text"]').fill("Det er greit. Rapporter det som ble brukt.")
    press(page, "Send svaret")
    ingrid.look("endring-besvart")


def report(amina: Visitor, case: str) -> None:
    """Amina reports on the same goals, with a fifth of the money left."""
    page = amina.open(f"{case}/tilskudd")
    go(page, re.compile("rapporten"))
    amina.look("rapport-sider")
    page.locator(".steps a, main ol a").first.click()
    for field in page.locator("main textarea").all():
        field.fill("Åtte lørdager med 25 barn og seks frivillige.")
    for field in page.locator('main input[type="number"]').all():
        field.fill("25")
    amina.look("rapport-maal")
    press(page, "Lagre og gå videre")
    page.locator('[name^="spent_"]').first.fill("48 000")
    amina.look("rapport-regnskap")
    press(page, "Lagre og gå videre")
    amina.look("rapport-vedlegg")
    go(page, "Gå videre")
    says(amina, re.compile(r"12\s000\skr er ikke brukt"))
    amina.look("rapport-sammendrag")
    press(page, "Send rapporten")
    amina.look("rapport-kvittering")


def control(ingrid: Visitor, case: str) -> None:
    """Ingrid controls the report; money is left, so it cannot end here."""
    page = ingrid.open(f"{case}/kontroll")
    for check in page.locator('[name^="check_"][value="ok"]').all():
        check.check()
    page.locator('[name="review"]').fill("Regnskapet stemmer. 12 000 kr er ikke brukt.")
    ingrid.look("rapport-kontroll")
    press(page, "Lagre kontrollen")


def demand(per: Visitor, case: str) -> None:
    """Per demands what is left; the page has the sum ready, and refuses one krone more."""
    page = per.open(f"{case}/tilbakebetaling")
    page.locator('[name="ground"][value="unused"]').check()
    page.locator('[name="amount"]').fill("12 001")
    page.locator('[name="due_on"]').fill((clock.today() + timedelta(days=30)).isoformat())
    page.locator('[name="pay_to"]').fill(UDIS)
    page.locator('[name="reasons"]').fill("Det som ikke er brukt, skal betales tilbake.")
    press(page, "Krev pengene tilbake")
    expect(page.locator('[name="amount"]')).to_have_attribute("aria-invalid", "true")
    per.look("krav-for-mye")
    page.locator('[name="amount"]').fill("12 000")
    press(page, "Krev pengene tilbake")
    per.look("krav-sendt")


def pay_back(amina: Visitor, geir: Visitor, case: str) -> None:
    """Amina sees how much, where to and why; Geir registers it in two parts and ends the case."""
    page = amina.open("/min-side")
    says(amina, re.compile("Betal tilbake"))
    amina.look("tilbakebetaling-min-side")
    page = amina.open(f"{case}/tilskudd")
    go(page, "Se hva som skal betales tilbake")
    says(amina, re.compile(r"12\s000\skr"), UDIS)
    amina.look("tilbakebetaling-soeker")
    page = geir.open(f"{case}/tilbakebetaling")
    for part in ("5 000", "7 000"):
        page.locator('[name="amount"]').fill(part)
        press(page, "Registrer")
    geir.look("tilbakebetaling-alt-inne")
    press(page, "Avslutt saken")


def told(amina: Visitor, ingrid: Visitor, case: str) -> None:
    """Both sides find every step in the case's history."""
    steps = (
        "Søknaden ble sendt", "UDI ba om flere opplysninger", "Svaret ble sendt", "Søknaden ble innvilget",
        "Tilskuddet ble akseptert", "Rapporten ble sendt", "UDI krevde penger tilbake", "saken avsluttet",
    )  # fmt: skip
    for one in (amina, ingrid):
        one.open(case)
        says(one, *(re.compile(step, re.I) for step in steps))
        one.look("tilskudd-avsluttet")


def open_list_shows_it(visitor: Make) -> None:
    """Anybody can read who got what for what, also as data."""
    reader = visitor()
    reader.open("/barnetilskudd/tildelinger")
    says(reader, TITLE, APPLICANT)
    reader.look("tildelinger")
    given = json.loads(reader.context.request.get(reader.page.url + ".json").text())
    assert TITLE in json.dumps(given, ensure_ascii=False)


def package(ingrid: Visitor, case: str) -> None:
    """Ingrid marks the case in the archive and fetches its package: the case, its letters and metadata."""
    page = ingrid.open(case)
    go(page, "Arkiv og saksmappe")
    ingrid.look("arkiv")
    page.locator('[name="reference"]').fill("27/01234")
    press(page, "Merk som journalført")
    ingrid.look("arkiv-journalfoert")
    answer = ingrid.context.request.get(f"{ingrid.running.url}/sak/{case.rsplit('/', 1)[1]}/mappe.zip")
    names = zipfile.ZipFile(io.BytesIO(answer.body())).namelist()
    assert any(name.endswith(".xml") for name in names), names
    assert sum(name.endswith(".pdf") for name in names) >= 3, names


def test_from_a_call_to_the_last_krone_back(running: Running, visitor: Make) -> None:
    call = write_call(as_persona(visitor, "berit"))
    amina = as_persona(visitor, "amina", width=PHONE, scripts=False)
    case = apply(amina)
    ingrid = as_persona(visitor, "ingrid")
    ask_for_more(ingrid, case)
    answer(amina, case)
    prepare(ingrid, case)
    per, geir = as_persona(visitor, "per"), as_persona(visitor, "geir")
    sign(per, call, case)
    accept(amina, case)
    confirm_account(geir, case)
    pay(per, geir, case)
    another_account(geir, as_persona(visitor, "anne"), case)
    tell_of_change(amina, ingrid, case)
    report(amina, case)
    control(ingrid, case)
    demand(per, case)
    pay_back(amina, geir, case)
    told(amina, ingrid, case)
    open_list_shows_it(visitor)
    package(ingrid, case)
