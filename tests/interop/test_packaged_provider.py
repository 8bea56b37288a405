"""The code flow against another provider nobody here wrote: Debian's glewlwyd."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from portal import create_app
from portal.database import db
from portal.login_settings import Provider
from portal.settings import Settings
from tests.interop.packaged import CLIENT, Packaged, packaged
from tests.interop.running import free_port, signing_key
from tests.login import Browser, Portal
from tests.stubs.identity_provider import Steps, read_personas

KEY = "annen"
PLAIN = "a-secret-of-unreserved-signs"  # it does not decode what RFC 6749 2.3.1 has clients encode


@dataclass
class Here:
    """A portal and the provider it is registered at."""

    house: Portal
    provider: Packaged

    def enter(self, browser: Browser, person: httpx2.Client, going: str = "") -> str:
        """From the portal to the provider and back; gives the callback's path and query."""
        started = browser.start(going=going, key=KEY)
        assert started.status_code == 303, started.text
        asked = person.get(started.headers["Location"])
        page = parse_qs(urlsplit(asked.headers["Location"]).query)  # its login page, whose script goes on so:
        answer = person.get(page["callback_url"][0] + "&g_continue")
        assert answer.status_code == 302, (answer.text, self.provider.log.read_text()[-800:])
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Iterator[Here]:
    url = "http://127.0.0.1"
    with packaged(tmp_path, free_port()) as provider:
        client = {
            "password": PLAIN,
            "confidential": True,
            "redirect_uri": [f"{url}/logg-inn/svar/{KEY}"],
            "authorization_type": ["code"],
            "token_endpoint_auth_method": ["client_secret_basic"],
        }
        provider.set_up(signing_key("first"), client)
        known = Provider.model_validate(
            {
                "key": KEY,
                "label": "En annen",
                "issuer": provider.url,
                "client_id": CLIENT,
                "client_secret": PLAIN,
                "scopes": "openid",
            }
        )
        app = create_app(settings.model_copy(update={"providers": (known,), "base_url": url}))
        yield Here(Portal(app, Steps(read_personas()), provider.url), provider)
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


def test_a_person_logs_in_and_lands_where_they_were_going(here: Here) -> None:
    browser = Browser(here.house.app.test_client())
    back = here.enter(browser, here.provider.person(), going="/min-side/okter")
    answer = browser.client.get(back)
    assert answer.status_code == 303, (
        here.house.refusals(),
        answer.text[-600:],
        here.provider.log.read_text()[-600:],
    )
    assert answer.headers["Location"] == "/min-side/okter"
    assert "Kari Solbakken" in browser.client.get("/min-side").text


def test_the_same_person_is_the_same_the_next_time(here: Here) -> None:
    for _time in range(2):
        browser = Browser(here.house.app.test_client())
        browser.client.get(here.enter(browser, here.provider.person()))
    assert len(here.house.rows("SELECT id FROM person")) == 1
    assert len(here.house.rows("SELECT id FROM user_session")) == 2


def test_a_code_taken_to_another_browser_opens_nothing(here: Here) -> None:
    mine, other = (Browser(here.house.app.test_client()) for _ in range(2))
    back = here.enter(mine, here.provider.person())
    assert parse_qs(urlsplit(back).query)["code"]
    assert other.client.get(back).status_code == 400
    assert other.session is None
