"""What a request claims of its own host reaches no redirect, no page and no mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.database import read
from portal.jobs import Job
from portal.notifications import mail
from portal.notifications.mail import send_mail
from portal.organisations import addressed
from portal.organisations.members.mail import send_invitation
from portal.organisations.registration.confirming import send_question
from portal.settings import Settings
from portal.web.kit import headers
from tests.integration.test_organisation_agreements import make
from tests.organisation_registers import LOCAL, Register
from tests.pages import Reader
from tests.registering import sent
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
FORGED = {
    "HTTP_HOST": "evil.example",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_SERVER": "evil.example",
    "HTTP_X_FORWARDED_PROTO": "gopher",
    "HTTP_X_FORWARDED_PORT": "6666",
    "HTTP_X_FORWARDED_PREFIX": "/evil.example",
    "HTTP_X_ORIGINAL_URL": "//evil.example",
    "HTTP_X_REWRITE_URL": "//evil.example",
    "HTTP_FORWARDED": "host=evil.example;proto=gopher",
    "HTTP_REFERER": "https://evil.example/x",
}
TRACE = re.compile(r"evil\.example|gopher|6666")
MAILING: dict[str, Job[Any]] = {
    "notifications.send_mail": send_mail,
    "organisations.ask_organisation": send_question,
    "organisations.send_invitation": send_invitation,
}


class Forging:
    """Puts the forged headers on every request, and keeps where each answer leads."""

    def __init__(self, app: Flask) -> None:
        self.inner = app.wsgi_app
        self.led: list[tuple[str, str]] = []
        app.wsgi_app = self  # type: ignore[method-assign]

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        def noting(status: str, given: list[tuple[str, str]], *rest: Any) -> Any:
            where = [value for name, value in given if name in ("Location", "Refresh", "Link")]
            self.led.extend((environ["PATH_INFO"], one) for one in where)
            return start(status, given, *rest)

        return self.inner({**environ, **FORGED}, noting)


@pytest.fixture(params=[0, 1])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Without a proxy, and behind one."""
    return settings.model_copy(update={"trusted_proxies": request.param})


@pytest.fixture
def forging(app: Flask) -> Forging:
    return Forging(app)


def walk(app: Flask) -> None:
    """Every address, with and without its slash, as a visitor; most lead to the login page."""
    client = app.test_client()
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, 999), method=method)
            for one in {path, path.rstrip("/") or "/", f"{path.rstrip('/')}/"}:
                client.open(one, method=method)


def test_no_address_leads_to_the_host_that_was_claimed(app: Flask, forging: Forging) -> None:
    walk(app)
    assert len(forging.led) > 200
    assert ("/barnetilskudd", "/barnetilskudd/") in forging.led
    assert [one for one in forging.led if TRACE.search(one[1])] == []


def test_without_the_mending_the_same_address_would_lead_there(
    app: Flask, forging: Forging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(headers, "own_path", lambda address: address)
    app.test_client().get("/barnetilskudd")
    assert TRACE.search(forging.led[0][1])


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    for module in (mail, addressed):
        monkeypatch.setattr(module, "hand_over", lambda _settings, message: found.append(str(message)))
    return found


@pytest.fixture
def register(app: Flask) -> Iterator[Register]:
    with Register(app) as running:
        yield running


def post(reader: Reader, path: str, form: dict[str, str], seen: str) -> str:
    answer = reader.send(path, form, seen=seen)
    assert answer.status_code in (200, 303), (path, answer.status_code)
    return answer.text


def everything_that_mails(world: World) -> str:
    """An invitation, a link without a password, a new leader's link, and notices; gives the pages."""
    unit_id, leader = make(world, "Fjordglimt")
    kari, liv = world.person("Kari Solbakken"), world.person("Liv Tangen")
    for region in {"sor", LOCAL.region}:
        world.grant(liv, "regional_contact", world.unit(region))
    members = f"/organisasjoner/{unit_id}/medlemmer"
    shown = post(Reader(world.client(leader)), members, {"email": "ny@example.no", "role": "editor"}, members)
    made = sent(kari)
    here = f"/registrer/{made}/representere"
    post(Reader(world.client(kari)), f"{here}/sporsmal", {}, here)
    Reader(world.client(leader)).send(
        f"/organisasjoner/{unit_id}/uten-leder", seen=f"/organisasjoner/{unit_id}"
    )
    rescue = read(text("SELECT id FROM organisation_rescue"))[0].id
    page = f"/organisasjoner/uten-leder/{rescue}"
    named = {"invite-email": "leder@example.no", "invite-checked": "Ringte."}
    shown += post(Reader(world.client(liv)), f"{page}/inviter", named, page)
    for job in read(text("SELECT task_name, args FROM procrastinate_jobs ORDER BY id")):
        if job.task_name in MAILING:
            MAILING[job.task_name](**job.args)
    return shown


def test_no_mail_and_no_link_holds_the_host_that_was_claimed(
    world: World, register: Register, forging: Forging, mails: list[str]
) -> None:
    shown = everything_that_mails(world)
    asked = {row.task_name for row in read(text("SELECT task_name FROM procrastinate_jobs"))}
    assert set(MAILING) <= asked
    assert "http://localhost/invitasjon/" in shown
    assert TRACE.search(shown) is None
    for link in ("/invitasjon/", "/bekreft/", "/organisasjoner/"):
        assert any(f"http://localhost{link}" in one for one in mails), link
    assert [one for one in mails if TRACE.search(one)] == []
    assert [one for one in forging.led if TRACE.search(one[1])] == []


CLAIMED = re.compile(r"request\.(host|host_url|url_root|base_url|root_url|url)\b|_external|get_host\(")


def test_nothing_asks_the_request_where_the_portal_is() -> None:
    """Mails are written by jobs, which have no request; and no page makes an address of one."""
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("portal", "plugins", "templates")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".html", ".txt", ".xml")
        for line in path.read_text(encoding="utf-8").splitlines()
        if CLAIMED.search(line)
    ]
    # The one that is left asks another machine: it is an outgoing request.
    assert found == ["portal/identity/fetching.py: url = request.url"]
