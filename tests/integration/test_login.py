"""Logging in at a provider: who gets in, as whom, and where they land."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from portal.identity.views import LOGIN_COOKIE
from portal.settings import Settings
from tests.login import Browser, Portal, portal
from tests.stubs.identity_provider import Steps, read_personas
from tests.stubs.identity_provider.logins import Login


@pytest.fixture
def house(settings: Settings) -> Iterator[Portal]:
    with portal(settings) as running:
        yield running


def test_a_person_logs_in_and_lands_where_they_were_going(house: Portal) -> None:
    browser = house.browser()
    sent = browser.client.get("/min-side/okter?vis=alle")
    assert sent.headers["Location"] == "/logg-inn?next=/min-side/okter%3Fvis%3Dalle"
    answer = browser.log_in("kari", going="/min-side/okter?vis=alle")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/min-side/okter?vis=alle")
    page = browser.client.get("/min-side")
    assert page.status_code == 200
    assert "Kari Solbakken" in page.text
    assert house.names() == ["identity.person_registered", "identity.logged_in"]


def test_the_session_cookie_is_locked_to_the_host_and_out_of_scripts_reach(house: Portal) -> None:
    answer = house.browser().log_in()
    (cookie,) = [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-session=")]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_the_database_holds_neither_the_token_nor_the_id_token(house: Portal) -> None:
    browser = house.browser()
    browser.log_in()
    assert browser.session is not None
    assert browser.session not in str(house.rows("SELECT * FROM user_session"))
    (stored,) = house.rows("SELECT id_token FROM user_session")[0]
    # Sealed under the cookie's token: five parts, where the ID token itself has three.
    assert stored.count(".") == 4


def test_a_second_login_is_the_same_person_with_the_newest_name(house: Portal) -> None:
    house.browser().log_in("kari")
    house.rows("UPDATE person SET name = 'Old Name', language = 'nn'")
    house.browser().log_in("kari")
    people = house.rows("SELECT name, email, language FROM person")
    assert people == [("Kari Solbakken", "kari.solbakken@example.no", "nn")]


def test_an_email_address_joins_nobody(settings: Settings) -> None:
    class SameAddress(Steps):
        def person_claims(self, login: Login) -> dict[str, object]:
            return super().person_claims(login) | {"email": "shared@example.no"}

    with portal(settings, SameAddress(read_personas())) as house:
        house.browser().log_in("kari")
        house.browser().log_in("amina")
        assert house.count("person") == 2


def test_a_new_login_in_the_same_browser_has_a_new_id_and_ends_the_old_one(house: Portal) -> None:
    browser = house.browser()
    browser.log_in("kari")
    first = browser.session
    browser.client.delete_cookie("__Host-login")
    answer = browser.client.get(browser.pick(_restart(browser), "amina"))
    assert answer.status_code == 303
    assert browser.session not in (None, first)
    assert "Amina Warsame" in browser.client.get("/min-side").text
    browser.client.set_cookie("__Host-session", str(first), secure=True)
    assert not browser.is_in()
    assert house.names().count("identity.session_ended") == 1


def _restart(browser: Browser) -> TestResponse:
    token = browser.token("/logg-ut")
    return browser.client.post("/logg-inn/start/stub", data={"csrf_token": token})


def test_a_form_opened_before_the_login_cannot_be_sent_after_it(house: Portal) -> None:
    browser = house.browser()
    before = browser.token()
    browser.log_in()
    assert (
        browser.client.post("/min-side/okter/avslutt-andre", data={"csrf_token": before}).status_code == 400
    )
    assert browser.post("/min-side/okter/avslutt-andre").status_code == 303


def test_two_tabs_at_once_both_come_in(house: Portal) -> None:
    browser = house.browser()
    first, second = browser.start(going="/min-side/okter"), browser.start()
    assert browser.client.get(browser.pick(second)).status_code == 303
    answer = browser.client.get(browser.pick(first))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/min-side/okter")
    assert browser.is_in()


def test_two_hundred_abandoned_logins_leave_one_small_cookie_and_a_working_login(house: Portal) -> None:
    browser = house.browser()
    token = browser.token()
    for _ in range(200):
        answer = browser.client.post("/logg-inn/start/stub", data={"csrf_token": token})
        assert answer.status_code == 303
    cookies = {c.key: c.value for c in browser.client._cookies.values()}
    assert set(cookies) == {LOGIN_COOKIE, "__Host-form"}
    assert len(cookies[LOGIN_COOKIE]) == 43
    assert house.count("user_session") == 0
    browser.log_in()
    assert browser.is_in()


def test_the_request_asks_for_everything_that_protects_a_login(house: Portal) -> None:
    location = house.browser().start().headers["Location"]
    for part in ("response_type=code", "code_challenge_method=S256", "code_challenge=", "state=", "nonce="):
        assert part in location
    assert "redirect_uri=http%3A%2F%2Flocalhost%2Flogg-inn%2Fsvar%2Fstub" in location


def test_a_forged_host_never_reaches_a_redirect(house: Portal) -> None:
    browser = house.browser()
    form = {"csrf_token": browser.token()}
    forged = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "Forwarded": "host=evil.example",
    }
    answer = browser.client.post("/logg-inn/start/stub", data=form, headers=forged)
    assert "evil" not in answer.headers["Location"]


def test_a_required_level_is_asked_for_and_met(settings: Settings) -> None:
    with portal(settings, acr_values="idporten-loa-high") as house:
        browser = house.browser()
        assert "acr_values=idporten-loa-high" in browser.start().headers["Location"]
        browser.log_in()
        assert browser.is_in()


def test_a_name_that_only_userinfo_knows_is_fetched(settings: Settings) -> None:
    class Terse(Steps):
        def id_token_claims(self, login: Login) -> dict[str, object]:
            claims = super().id_token_claims(login)
            return {name: value for name, value in claims.items() if name not in ("name", "email")}

    with portal(settings, Terse(read_personas())) as house:
        browser = house.browser()
        browser.log_in()
        assert "Kari Solbakken" in browser.client.get("/min-side").text


def test_a_key_changed_at_the_provider_is_fetched_once_it_is_needed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [1000.0]
    monkeypatch.setattr("portal.identity.provider.now", lambda: moment[0])
    with portal(settings) as house:
        house.browser().log_in()
        house.steps.key = house.steps.new_key()
        moment[0] += 5
        house.browser().log_in("amina")
        assert house.refusals() == ["key_unknown"]
        moment[0] += 6
        browser = house.browser()
        browser.log_in("amina")
        assert browser.is_in()


def test_unknown_providers_do_not_exist(house: Portal) -> None:
    browser = house.browser()
    assert browser.start(key="other").status_code == 404
    assert browser.client.get("/logg-inn/svar/other").status_code == 404


@pytest.mark.parametrize("path", ["/logg-inn/start/stub", "/logg-inn/svar/stub"])
def test_an_address_from_the_middle_of_a_login_leads_to_its_beginning(house: Portal, path: str) -> None:
    assert house.browser().client.get(path).headers["Location"] == "/logg-inn"
    assert house.refusals() == []


def test_whoever_is_logged_in_already_is_sent_on(house: Portal) -> None:
    browser = house.browser()
    browser.log_in()
    assert browser.client.get("/logg-inn?next=/min-side/okter").headers["Location"] == "/min-side/okter"


def test_a_national_identity_number_is_neither_stored_nor_logged(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    class TellsTooMuch(Steps):
        def person_claims(self, login: Login) -> dict[str, object]:
            return super().person_claims(login) | {"pid": "15108695088"}

    with portal(settings, TellsTooMuch(read_personas())) as house:
        browser = house.browser()
        browser.log_in()
        assert browser.is_in()
        tables = ("person", "login", "user_session", "login_attempt", "audit_entry")
        kept = "".join(str(house.rows(f'SELECT "{table}".*::text FROM "{table}"')) for table in tables)
        assert "kari-solbakken" in kept
        assert "15108695088" not in kept
        written = "".join(capfd.readouterr())
        assert "/logg-inn/svar" in written
        assert not {"15108695088", "kari-solbakken"} & set(written.replace('"', " ").split())
