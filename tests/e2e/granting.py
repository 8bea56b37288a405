"""What applicants and staff do with an application in a browser, step by step, with or without scripts."""

from __future__ import annotations

import io
import re

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.registering import FORM, press
from tests.e2e.running import Visitor, wait_until

QUEUE = "/barnetilskudd/behandling"
SECONDS = 30
NO_TIES = "Jeg har ingen tilknytning, åpne saken"
CENTRE = "Fjordgløtt mottak"
ANSWERS = {
    "barna": {"target_group": "Barn fra 6 år. De ba selv om det.", "children": "12", "area": "Larvik"},
    "plan": {"plan": "Hver torsdag i vårhalvåret, med fire frivillige."},
    "mottak": {"site_contact": "Avtalt med daglig leder Mari Lund."},
    "budsjett": {"cost-0-text": "Buss og mat"},
    "kontakt": {"contact_name": "Amina Warsame", "contact_email": "amina.warsame@example.no"},
}


def go(page: Page, name: str | re.Pattern[str]) -> None:
    """Follow the link of that name in the page's own part."""
    page.locator("main").get_by_role("link", name=name).first.click()


def says(one: Visitor, *texts: str | re.Pattern[str]) -> None:
    """The page's own part tells each of these."""
    for text in texts:
        expect(one.page.locator("main")).to_contain_text(text)


def begin(amina: Visitor, call: str) -> str:
    """Find the call on the front page and begin an application; gives its path."""
    page = amina.open("/")
    page.get_by_role("link", name=re.compile(re.escape(call))).first.click()
    go(page, "Søk om penger")
    page.locator('main [name="kind"][value="voluntary"]').check()
    page.locator(FORM).first.click()
    return page.url.removesuffix("/skjema").removeprefix(amina.running.url)


def fill(amina: Visitor, case: str, title: str, kroner: str) -> None:
    """Every page of the form that asks for something."""
    own = {
        "maal": {"title": title, "goal": "Barna får en fast dag å glede seg til."},
        "budsjett": {**ANSWERS["budsjett"], "cost-0-amount": kroner},
        "sum": {"amount": kroner},
    }
    for code, typed in {**ANSWERS, **own}.items():
        page = amina.open(f"{case}/skjema/{code}")
        for name, value in typed.items():
            page.locator(f'[name="{name}"]').first.fill(value)
        if code == "barna":
            option = page.locator("#sites_0 option", has_text=CENTRE).first
            page.locator("#sites_0").select_option(option.get_attribute("value"))
        page.locator(FORM).first.click()


def send(amina: Visitor, case: str) -> str:
    """Look over everything on one screen and send; gives the case's number."""
    page = amina.open(f"{case}/send")
    press(page, "Send søknaden")
    found = re.search(r"20\d\d/\d{6}", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[0]


def declare(staff: Visitor, case: str, shot: str = "") -> Page:
    """Only who and where is shown until staff say that they have no ties; then the case opens."""
    page = staff.open(case)
    assert "/habilitet" in page.url, page.url
    if shot:
        staff.look(shot)
    press(page, NO_TIES)
    return page


def assess(ingrid: Visitor, case: str, outcome: str, kroner: str, reasons: str, shot: str = "") -> None:
    """Answer each criterion, propose, and send to decision."""
    page = ingrid.open(f"{case}/vurdering")
    for criterion in page.locator('[name^="criterion_"][value="yes"]').all():
        criterion.check()
    page.locator(f'[name="outcome"][value="{outcome}"]').check()
    page.locator('[name="amount"]').fill(kroner)
    page.locator('[name="reasons"]').fill(reasons)
    if shot:
        ingrid.look(shot)
    press(page, "Send til vedtak")


def letter_text(one: Visitor, last: bool = True) -> str:
    """The text of a letter the page leads to, once it is made."""
    links = one.page.locator('main a[href^="/dokument/"]', has_text=re.compile("vedtak|brev|svar", re.I))
    link = links.last if last else links.first
    address = one.running.url + (link.get_attribute("href") or "")

    def ready() -> bool:
        answer = one.context.request.get(address)
        return answer.ok and answer.headers["content-type"] == "application/pdf"

    wait_until(ready, SECONDS)
    letter = PdfReader(io.BytesIO(one.context.request.get(address).body()))
    return re.sub(r"\s+", " ", "\n".join(page.extract_text() for page in letter.pages))
