"""The straight path in a real browser: a number, an approval, an application, a decision, a letter.

Everything is real but the outside world: the supervisor, PostgreSQL, two web processes, the worker, the
sealer, login through the demo provider, the registers over HTTP and mail over SMTP.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.running import PHONE, ROOT, Running, Visitor, wait_until

pytestmark = pytest.mark.browser
NUMBER = "314 758 625"
SECONDS = 30_000
Make = Callable[..., Visitor]


def press(page: Page, name: str) -> None:
    """Press the button of that name."""
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    """Follow the link of that name."""
    page.get_by_role("link", name=name).first.click()


def until_shown(page: Page, text: str | re.Pattern[str]) -> None:
    """Reload until the text stands there: what a person does while a worker works."""

    def there() -> bool:
        if page.get_by_text(text).count():
            return True
        page.reload()
        return False

    wait_until(there, SECONDS / 1000, page.content)


def register(kari: Visitor) -> None:
    """Kari gives the number, looks at what the registers say, fills in the rest and sends."""
    page = kari.open("/registrer/nummer")
    page.get_by_label("Organisasjonsnummer").fill("314 758 626")
    page.locator("main form button").first.click()
    expect(page.locator("main")).to_contain_text(re.compile("stemmer ikke|gyldig|feil", re.I))
    expect(page.get_by_label("Organisasjonsnummer")).to_have_value("314 758 626")
    kari.look("registrer-feil-nummer")
    page.get_by_label("Organisasjonsnummer").fill(NUMBER)
    page.locator("main form button").first.click()
    until_shown(page, re.compile("Fjordglimt barnelag", re.I))
    kari.look("registrer-fylt-inn")
    if not page.get_by_label(re.compile("^E-post")).input_value():
        page.get_by_label(re.compile("^E-post")).fill("post@fjordglimt.example.no")
    page.locator('[name="level"][value="local"]').check()
    page.locator('[name="activities"]').first.check()
    page.locator("main form button.ds-button").first.click()
    page.wait_for_url(re.compile("/send$"))
    page.locator('[name="role"]').select_option("treasurer")
    page.locator('[name="accept"]').check()
    kari.look("registrer-send")
    page.locator("main form button.ds-button").first.click()
    page.wait_for_url(re.compile("/kvittering$"))
    kari.look("registrer-kvittering")


def approve(liv: Visitor) -> None:
    """Liv, whose region it is, reads the register's facts and approves."""
    page = liv.open("/organisasjoner/registreringer")
    liv.look("registreringer")
    follow(page, re.compile("Fjordglimt", re.I))
    liv.look("registrering-behandle")
    page.locator('form[action$="/godkjenn"] button').first.click()
    expect(page.locator('[name="checked"]')).to_have_attribute("aria-invalid", "true")
    liv.look("registrering-uten-kontroll")
    page.locator('[name="checked"]').fill("Ringte styrelederen, som bekreftet at Kari handler for laget.")
    page.locator('form[action$="/godkjenn"] button').first.click()
    expect(page.locator("main")).to_contain_text(re.compile("godkjent", re.I))


def choose_site(page: Page, name: str) -> None:
    """Choose the first reception centre of the plan by its name."""
    option = page.locator("#sites_0 option", has_text=name).first
    page.locator("#sites_0").select_option(option.get_attribute("value"))


def apply(kari: Visitor, pdf: Path) -> str:
    """Kari, now the leader, writes the application, attaches a file and sends. Gives the case's path."""
    page = kari.open("/")
    follow(page, re.compile("Aktiviteter for barn i mottak 2027"))
    kari.look("utlysning")
    follow(page, re.compile("Søk|Begynn", re.I))
    kari.look("kan-dere-soke")
    page.locator('main [name="kind"][value="voluntary"]').check()
    page.locator("main form button.ds-button").first.click()
    page.wait_for_url(re.compile("/skjema$"))
    case = page.url.removesuffix("/skjema")
    kari.look("oppgaveliste")
    for code, answers in ANSWERS.items():
        page.goto(f"{case}/skjema/{code}")
        for name, value in answers.items():
            page.locator(f'[name="{name}"]').first.fill(value)
        if code == "barna":
            choose_site(page, "Fjordgløtt mottak")
        kari.look(f"skjema-{code}")
        page.locator("main form button.ds-button").first.click()
        page.wait_for_load_state()
    page.goto(f"{case}/skjema/vedlegg")
    page.locator('input[type="file"]').set_input_files(pdf)
    page.locator('form[action$="/vedlegg"] button').first.click()
    expect(page.locator("main")).to_contain_text("vedtekter.pdf")
    kari.look("skjema-vedlegg")
    page.goto(f"{case}/send")
    kari.look("sammendrag")
    page.locator('form[action$="/send"] button').first.click()
    page.wait_for_url(re.compile("/kvittering$"))
    expect(page.locator("main")).to_contain_text(re.compile(r"20\d\d/\d{6}"))
    kari.look("kvittering")
    return case.removeprefix(kari.running.url)


ANSWERS = {
    "maal": {
        "title": "Svømmekurs for nybegynnere",
        "goal": "Alle barna skal kunne svømme femti meter når kurset er slutt.",
    },
    "barna": {
        "target_group": "Barn fra 6 til 12 år. Barna ønsket seg dette selv.",
        "children": "24",
        "area": "Farris bad, Larvik",
    },
    "plan": {"plan": "Ti onsdager fra februar til mai, med to instruktører fra svømmeklubben."},
    "mottak": {"site_contact": "Vi har avtalt dager og følge med daglig leder Mari Lund."},
    "erfaring": {"qualifications": "Vi har holdt svømmekurs i tolv år."},
    "budsjett": {"cost-0-text": "Leie av basseng", "cost-0-amount": "48 500"},
    "sum": {"amount": "48 500"},
    "kontakt": {"contact_name": "Kari Solbakken", "contact_email": "kari.solbakken@example.no"},
}


def colour(page: Page, selector: str) -> str:
    """What an input is painted with."""
    painted: str = page.locator(selector).first.evaluate("e => getComputedStyle(e).backgroundColor")
    return painted


def declare(ingrid: Visitor, case: str) -> Page:
    """Ingrid says that she has no ties to the case, and it opens for her."""
    page = ingrid.open(case)
    ingrid.look("habilitet")
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    return page


def assess(ingrid: Visitor, case: str) -> None:
    """Ingrid takes the case, assesses it and proposes."""
    page = ingrid.open("/barnetilskudd/behandling")
    expect(page.locator("main")).to_contain_text("Svømmekurs for nybegynnere")
    ingrid.look("saksliste")
    page = ingrid.open(case)
    ingrid.look("sak-saksbehandler")
    page.locator('form[action$="/steg/take"] button').click()
    page.wait_for_load_state()
    ingrid.open(f"{case}/vurdering")
    for criterion in page.locator('[name^="criterion_"][value="yes"]').all():
        criterion.check()
    page.locator('[name="outcome"][value="granted"]').check()
    chosen, other = (colour(page, f'[name="outcome"][value="{value}"]') for value in ("granted", "refused"))
    assert chosen != other, "what is chosen is seen"
    page.locator('[name="amount"]').fill("40 000")
    page.locator('[name="reasons"]').fill("Mange barn for pengene, og et tilbud mottaket ikke har.")
    ingrid.look("vurdering")
    page.locator('main form button[name="send"]').click()
    page.wait_for_load_state()


def decide(per: Visitor, case: str) -> None:
    """Per, who has not prepared it, decides within the frame."""
    page = per.open(f"{case}/vedtak")
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    per.look("vedtak")
    page.locator('[name="outcome"][value="granted"]').check()
    page.locator('[name="amount"]').fill("40 000")
    if not page.locator('[name="reasons"]').input_value():
        page.locator('[name="reasons"]').fill("Mange barn for pengene.")
    page.get_by_role("button", name="Avgjør og send brevet").click()  # the buttons before it show the letter
    page.wait_for_load_state()
    per.look("vedtatt")


def read_letter(kari: Visitor, case: str) -> str:
    """Kari opens the decision letter; gives its text."""
    page = kari.open(case)
    expect(page.locator("main")).to_contain_text(re.compile(r"40\s000"))
    kari.look("avgjort")
    link = page.locator('a[href^="/dokument/"]', has_text=re.compile("vedtak|brev", re.I)).first
    address = kari.running.url + (link.get_attribute("href") or "")

    def ready() -> bool:
        answer = kari.context.request.get(address)
        return answer.ok and answer.headers["content-type"] == "application/pdf"

    wait_until(ready, SECONDS / 1000)
    letter = PdfReader(io.BytesIO(kari.context.request.get(address).body()))
    return "\n".join(page.extract_text() for page in letter.pages)


def audit_holds(running: Running) -> None:
    """Every entry is sealed within seconds, and the chain verifies."""
    state = running.state()
    environment = {"DATABASE_URL": state["app_url"], "PATH": "/usr/bin:/bin", "PORTAL_ENV": "development"}

    def told() -> str:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "audit", "verify"]
        result = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr[-2000:]
        return result.stdout

    wait_until(lambda: re.search(r"unsealed 0\b", told()), SECONDS / 1000, told)


def outsiders_see_nothing(visitor: Make, case: str, document: str) -> None:
    """Another region's caseworker and a stranger get 404, for the file too."""
    for persona in ("nils", "ola"):
        outsider = visitor()
        outsider.log_in(persona)
        for path in (case, document):
            assert outsider.context.request.get(outsider.running.url + path).status == 404, (persona, path)


def as_persona(visitor: Make, persona: str, **wishes: object) -> Visitor:
    """A visitor who is logged in."""
    made = visitor(**wishes)
    made.log_in(persona)
    return made


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """A file to attach."""
    path = tmp_path / "vedtekter.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    return path


def test_from_a_number_to_a_letter(running: Running, visitor: Make, pdf: Path) -> None:
    kari = as_persona(visitor, "kari", width=PHONE)
    kari.look("min-side-ny")
    register(kari)
    approve(as_persona(visitor, "liv"))
    kari.open("/min-side")
    kari.look("min-side-leder")
    case = apply(kari, pdf)
    ingrid = as_persona(visitor, "ingrid")
    until_shown(declare(ingrid, case), "vedtekter.pdf")
    document = ingrid.page.locator('a[href^="/dokument/"]').first.get_attribute("href") or ""
    outsiders_see_nothing(visitor, case, document)
    assess(ingrid, case)
    decide(as_persona(visitor, "per"), case)
    letter = read_letter(kari, case)
    assert "40 000" in re.sub(r"\s", " ", letter)
    assert "ikkje" in letter or "løyv" in letter, "the letter follows the recipient's målform: nynorsk"
    wait_until(lambda: [m for m in running.mails() if "kari.solbakken" in m["to"]], SECONDS / 1000)
    kari.open("/varsler")
    kari.look("varsler")
    audit_holds(running)
