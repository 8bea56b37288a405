"""Each profile against an OpenID-certified provider that nobody here wrote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser

from portal.settings import Settings
from tests import client_keys
from tests.interop.running import ORGANISATION, SECRET, Both, both, installed, signing_key

ALTINN = {"type": "ansattporten:altinn:resource", "resource": "urn:altinn:resource:udi-samvirke"}
Start = Callable[..., AbstractContextManager[Both]]


@pytest.fixture(scope="session")
def folder() -> Path:
    return installed()


@pytest.fixture
def start(settings: Settings, folder: Path, tmp_path: Path) -> Start:
    def begin(profile: dict[str, Any], client: dict[str, Any], **told: Any) -> AbstractContextManager[Both]:
        return both(settings, folder, tmp_path / "provider.log", profile=profile, client=client, **told)

    return begin


@pytest.fixture
def idporten(start: Start) -> Iterator[Both]:
    """ID-porten as it is registered: pushed requests, a signed assertion, a level of assurance."""
    one = client_keys.key("one")
    profile = {
        "key": "idporten",
        "keys": client_keys.key_set(one),
        "par": True,
        "scopes": "openid profile",
        "acr_values": "idporten-loa-substantial",
        "step_up_acr": "idporten-loa-high",
    }
    client = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [client_keys.public(one)]}}
    with start(profile, client, par=True) as running:
        yield running


def test_idporten_with_pushed_request_and_signed_assertion(idporten: Both) -> None:
    walker = idporten.visitor()
    started = walker.start(going="/min-side/okter", key="idporten")
    assert set(parse_qs(urlsplit(started.headers["Location"]).query)) == {"client_id", "request_uri"}
    answer = walker.enter(started=started)
    assert answer.headers["Location"] == "/min-side/okter", idporten.provider.log.read_text()
    assert "Kari Solbakken" in walker.client.get("/min-side").text
    ((acr, sid),) = idporten.house.rows("SELECT acr, provider_sid FROM user_session")
    assert acr == "idporten-loa-substantial"
    assert sid
    assert "15108695088" not in str(
        idporten.house.rows("SELECT person::text, data::text FROM person, audit_entry")
    )


def test_a_person_of_whom_nothing_is_known_comes_in_too(idporten: Both) -> None:
    walker = idporten.visitor()
    walker.enter("nils")
    assert walker.is_in()


def test_a_level_it_does_not_reach_is_refused(idporten: Both) -> None:
    idporten.provider.change(acr="something-weaker")
    walker = idporten.visitor()
    started = walker.start(key="idporten")
    assert walker.enter(started=started).status_code == 400
    assert idporten.house.refusals() in (["acr"], ["acr_unmet"])
    assert walker.session is None


def test_a_fresh_login_at_a_higher_level(idporten: Both) -> None:
    walker = idporten.visitor()
    walker.enter()
    first = walker.session
    started = walker.post("/bekreft-deg", {"next": "/min-side"})
    assert walker.enter(started=started).headers["Location"] == "/min-side", idporten.house.refusals()
    assert walker.session != first
    rows = idporten.house.rows("SELECT acr FROM user_session ORDER BY id")
    assert [row[0] for row in rows] == ["idporten-loa-substantial", "idporten-loa-high"]


def test_the_providers_keys_change_while_people_log_in(
    idporten: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [1000.0]
    monkeypatch.setattr("portal.identity.provider.now", lambda: moment[0])
    idporten.visitor().enter()
    moment[0] += 11
    idporten.provider.change(keys=[signing_key("second")])
    walker = idporten.visitor()
    walker.enter()
    assert walker.is_in()


def test_our_own_key_changes_while_people_log_in(start: Start) -> None:
    old, new = client_keys.key("old"), client_keys.key("new")
    profile = {"key": "idporten", "keys": client_keys.key_set(new, old), "par": True}
    client = {"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [client_keys.public(old)]}}
    with start(profile, client) as running:
        for known in ([old], [old, new], [new]):
            told = running.provider.clients[0]
            keys = {"jwks": {"keys": [client_keys.public(one) for one in known]}}
            running.provider.change(clients=[{**told, **keys}])
            walker = running.visitor()
            walker.enter()
            assert walker.is_in(), running.provider.log.read_text()


def test_logging_out_goes_there_and_comes_back(idporten: Both) -> None:
    walker = idporten.visitor()
    walker.enter()
    gone = walker.post("/logg-ut")
    assert gone.headers["Location"].startswith(f"{idporten.provider.url}/session/end?id_token_hint=")
    back = walker.follow(gone.headers["Location"], {"logout": "yes"})
    assert back.startswith("/logget-ut?state=")
    assert "Du er logget ut" in walker.client.get(back).text
    assert not walker.is_in()


def test_logging_out_there_ends_the_session_here(idporten: Both) -> None:
    walker, other = idporten.visitor(), idporten.visitor()
    walker.enter()
    other.enter()
    walker.away.follow_redirects = True
    page = walker.away.get(f"{idporten.provider.url}/session/end")
    xsrf = page.text.split('name="xsrf" value="')[1].split('"')[0]
    walker.away.post(f"{idporten.provider.url}/session/end/confirm", data={"xsrf": xsrf, "logout": "yes"})
    assert "backchannel.success" in idporten.provider.log.read_text()
    assert not walker.is_in()
    assert other.is_in()
    assert idporten.house.names()[-1] == "identity.session_ended"
    assert "hos innloggingstjenesten, og da" in walker.client.get("/logg-inn").text


def test_ansattporten_with_an_organisation_to_act_for(start: Start) -> None:
    profile = {
        "key": "ansattporten",
        "door": "organisations",
        "client_secret": SECRET,
        "authorization_details": [ALTINN],
        "acr_values": "substantial",
        "scopes": "openid profile",
    }
    client = {
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret": SECRET,
        "authorization_details_types": [ALTINN["type"]],
    }
    with start(profile, client, details=True) as running:
        walker = running.visitor()
        answer = walker.enter()
        assert answer.status_code == 303, (running.house.refusals(), running.provider.log.read_text())
        assert answer.headers["Location"].startswith("/logg-inn/organisasjon")
        assert ORGANISATION in walker.client.get(answer.headers["Location"]).text


@pytest.mark.parametrize(("roles", "lives"), [(["portal.staff"], True), (["other"], False), (None, False)])
def test_entra_with_app_roles(start: Start, roles: list[str] | None, lives: bool) -> None:
    profile = {
        "key": "entra",
        "door": "staff",
        "client_secret": SECRET,
        "staff_roles": ["portal.staff"],
    }
    client = {"token_endpoint_auth_method": "client_secret_post", "client_secret": SECRET}
    with start(profile, client, roles=roles) as running:
        walker = running.visitor()
        walker.enter()
        assert walker.is_in() is lives, running.provider.log.read_text()
        assert running.house.refusals() == ([] if lives else ["not_staff"])


@pytest.mark.browser
def test_in_a_real_browser(idporten: Both, chromium: Browser) -> None:
    page = chromium.new_page(locale="nb-NO")
    page.goto(f"{idporten.url}/logg-inn?next=/min-side/okter")
    page.get_by_role("button", name="Logg inn med idporten").click()
    page.get_by_role("button", name="Kari Solbakken").click()
    page.wait_for_url(f"{idporten.url}/min-side/okter")
    assert page.get_by_text("Du er her").first.is_visible()
    page.get_by_role("button", name="Logg ut").first.click()
    page.get_by_role("button", name="Yes").click()
    page.wait_for_url(f"{idporten.url}/logget-ut*")
    assert page.get_by_role("heading", name="Du er logget ut").is_visible()
    page.close()
