"""What those who register and those who answer do in a browser, step by step, with or without scripts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from typing import Any

import psycopg
from playwright.sync_api import Page, expect

from portal.supervisor.options import REGISTERS_OFFSET
from tests.e2e.running import ROOT, Running, Visitor, wait_until

Make = Callable[..., Visitor]
SECONDS = 30
FORM = "main form button.ds-button"
FOLLOW = """
import wsgi
from portal.organisations.following.nightly import FEEDS, follow_feed
with wsgi.app.app_context():
    for feed in FEEDS:
        follow_feed(feed)
"""


def as_persona(visitor: Make, persona: str, **wishes: object) -> Visitor:
    """A visitor who is logged in."""
    made = visitor(**wishes)
    made.log_in(persona)
    return made


def press(page: Page, name: str) -> None:
    """Press the button of that name."""
    page.get_by_role("button", name=name, exact=True).first.click()


def reload_until(page: Page, shown: Callable[[], object]) -> None:
    """Look again until it is there: what a person does while a worker works."""

    def there() -> bool:
        if shown():
            return True
        page.reload()
        return False

    wait_until(there, SECONDS, page.content)


def choose(one: Visitor, who: str) -> Page:
    """Say whom one represents; gives the page that follows."""
    page = one.open("/registrer")
    page.locator(f'main [name="who"][value="{who}"]').check()
    page.locator(FORM).first.click()
    return page


def give_number(one: Visitor, number: str, *, wait: bool = True) -> str:
    """Give the number, and wait for what the register says of it; gives the draft's path."""
    page = one.open("/registrer/nummer")
    page.get_by_label("Organisasjonsnummer").fill(number)
    page.locator(FORM).first.click()
    page.wait_for_url(re.compile(r"/registrer/\d+"))
    if wait and one.scripts:
        page.get_by_role("link", name="Gå videre").click()  # comes by itself
    elif wait:
        reload_until(page, page.get_by_label(re.compile("^E-post")).count)
    return page.url.removeprefix(one.running.url).split("?")[0]


def fill(page: Page, *, level: str = "local", **typed: str) -> None:
    """Fill in what is open for the person, and go on."""
    for name, value in typed.items():
        page.locator(f'main [name="{name}"]').fill(value)
    if page.locator('[name="level"]').count():
        page.locator(f'[name="level"][value="{level}"]').check()
    municipality = page.locator('[name="municipality"]')
    if level != "national" and not municipality.input_value():
        municipality.select_option("3909")
    page.locator(FORM).first.click()
    page.wait_for_url(re.compile("/send$"))


def send(one: Visitor, shot: str, role: str | None = None) -> str:
    """Accept, send and read the receipt; gives the receipt's number."""
    page = one.page
    if role is not None:
        page.locator('[name="role"]').select_option(role)
    page.locator('[name="accept"]').check()
    one.look(f"{shot}-send")
    press(page, "Send registreringen")
    page.wait_for_url(re.compile("/kvittering$"))
    main = page.locator("main")
    expect(main).to_contain_text("Vi har mottatt registreringen")
    expect(main).to_contain_text(re.compile(r"\d+\. \w+ 20\d\d kl\. \d\d\.\d\d"))  # the time, at once
    one.look(f"{shot}-kvittering")
    found = re.search(r"20\d\d/\d+|[A-Z]+-?\d[\d-]*", main.inner_text())
    assert found, main.inner_text()
    return found[0]


def approve(handler: Visitor, draft: str, shot: str, checked: str = "") -> Page:
    """Read the registration and approve it; gives the page."""
    page = handler.open("/organisasjoner/registreringer/" + draft.rsplit("/", 1)[1])
    handler.look(f"{shot}-behandle")
    if page.locator('[name="checked"]').count():
        page.locator('[name="checked"]').fill(checked or "Ringte lederen, som bekreftet det.")
    press(page, "Godkjenn registreringen")
    expect(page.locator("main")).to_contain_text(re.compile("godkjent", re.I))
    return page


def unit_of(one: Visitor, draft: str) -> str:
    """The path of the organisation that came of a registration."""
    link = one.open(draft).locator('main a[href^="/organisasjoner/"]').first
    return link.get_attribute("href") or ""


def tell_registers(running: Running, path: str, wishes: dict[str, Any]) -> None:
    """`/_control`: let the local registers misbehave; `/_changes`: let something change there."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{running.port + REGISTERS_OFFSET}{path}",
        json.dumps(wishes).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200


def change(running: Running, statement: str, *values: Any) -> int:
    """Let the time pass that a test cannot wait for: change rows; gives how many."""
    address = running.state()["owner_url"].replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        return connection.execute(statement, values).rowcount


def ask_the_registers_now(running: Running) -> None:
    """Let the pause before the next look-up be over."""
    due = "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo' AND task_name = %s"
    wait_until(lambda: change(running, due, "organisations.look_up"), SECONDS)


def follow_the_registers(running: Running) -> None:
    """What the portal does by itself at night."""
    told = {
        "DATABASE_URL": running.state()["app_url"],
        "PORTAL_ENV": "development",
        "PORTAL_ENHETSREGISTERET": f"http://127.0.0.1:{running.port + REGISTERS_OFFSET}/enhetsregisteret/api",
        "PATH": "/usr/bin:/bin",
    }
    subprocess.run([sys.executable, "-c", FOLLOW], cwd=ROOT, env=told, check=True, timeout=120)
