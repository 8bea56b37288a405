"""Two doors to one account: only by proving both in one session, and never where history would be mixed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from portal.identity.context import load_actor
from portal.identity.doors import DoorKept, remove
from portal.settings import Settings
from tests.login import Browser, Portal, portal
from tests.world import World

ADD = "/min-side/innlogginger/stub"


@pytest.fixture
def house(settings: Settings) -> Iterator[Portal]:
    with portal(settings) as running:
        yield running


def people(house: Portal) -> dict[str, int]:
    return dict(house.rows("SELECT subject, person_id FROM login"))


def add(browser: Browser, persona: str) -> int:
    return browser.client.get(browser.pick(browser.post(ADD), persona)).status_code


def test_both_proved_in_one_session_are_one_account(house: Portal) -> None:
    browser = house.browser()
    browser.log_in("kari")
    first = browser.session
    assert add(browser, "amina") == 303
    assert browser.session != first
    assert "Begge måtene" in browser.client.get("/min-side/innlogginger?lagt-til").text
    known = people(house)
    assert known["kari-solbakken"] == known["amina-warsame"]
    assert "identity.login_joined" in house.names()
    other = house.browser()
    other.log_in("amina")
    assert people(house) == known
    assert house.count("person") == 1


def test_an_account_nobody_has_used_is_taken_along(house: Portal) -> None:
    other, browser = house.browser(), house.browser()
    other.log_in("amina")
    browser.log_in("kari")
    assert add(browser, "amina") == 303
    assert len(set(people(house).values())) == 1
    assert not other.is_in(), "a session of the emptied account lived on"
    assert house.rows("SELECT count(*) FROM person WHERE name = 'Amina Warsame'") == [(0,)]


def test_an_account_with_a_role_is_left_as_it_is(house: Portal) -> None:
    other, browser = house.browser(), house.browser()
    other.log_in("amina")
    with house.app.app_context():
        world = World(house.app)
        world.grant(people(house)["amina-warsame"], "leader", world.civil_unit("Fjordglimt barnelag"))
    browser.log_in("kari")
    before, session = people(house), browser.session
    assert add(browser, "amina") == 400
    assert house.refusals() == ["account_in_use"]
    assert people(house) == before
    assert browser.session == session
    assert other.is_in()


def test_nothing_is_joined_when_the_first_session_is_over(house: Portal) -> None:
    browser = house.browser()
    browser.log_in("kari")
    back = browser.pick(browser.post(ADD), "amina")
    house.rows("UPDATE user_session SET ended_at = now()")
    assert browser.client.get(back).status_code == 400
    assert house.refusals() == ["session_gone"]
    assert list(people(house)) == ["kari-solbakken"]


def test_nothing_is_joined_when_somebody_else_has_logged_in_meanwhile(house: Portal) -> None:
    browser = house.browser()
    browser.log_in("kari")
    back = browser.pick(browser.post(ADD), "amina")
    browser.client.get(
        browser.pick(
            browser.client.post("/logg-inn/start/stub", data={"csrf_token": browser.token("/logg-ut")}),
            "jonas",
        )
    )
    assert browser.client.get(back).status_code == 400
    assert house.refusals() == ["session_gone"]
    assert "amina-warsame" not in people(house)


def test_adding_a_door_is_a_grave_act(house: Portal) -> None:
    browser = house.browser()
    browser.log_in("kari")
    house.rows("UPDATE user_session SET authenticated_at = now() - interval '31 minutes'")
    assert browser.post(ADD).headers["Location"].startswith("/bekreft-deg")


def doors(house: Portal) -> dict[str, int]:
    return dict(house.rows("SELECT subject, id FROM login"))


def take_away(browser: Browser, login_id: int) -> TestResponse:
    return browser.post(f"/min-side/innlogginger/{login_id}/fjern")


@pytest.fixture
def both(house: Portal) -> Browser:
    """Logged in as Amina, whose login and Kari's lead to one account."""
    browser = house.browser()
    browser.log_in("kari")
    add(browser, "amina")
    return browser


def test_a_way_in_is_taken_away_again_and_the_person_is_told(house: Portal, both: Browser) -> None:
    other = house.browser()
    other.log_in("kari")
    kari = doors(house)["kari-solbakken"]
    page = both.client.get("/min-side/innlogginger").text
    assert page.count("/fjern") == 1, "only the one they are not in by can be taken away"
    assert "ny og tom konto" in both.client.get(f"/min-side/innlogginger/{kari}/fjern").text
    assert take_away(both, kari).headers["Location"] == "/min-side/innlogginger?fjernet"
    assert list(doors(house)) == ["amina-warsame"]
    assert both.is_in()
    assert not other.is_in()
    assert "tatt bort fra kontoen" in other.client.get("/logg-inn").text
    assert house.names()[-2:] == ["identity.session_ended", "identity.login_removed"]
    notices = both.client.get("/varsler").text
    assert "En måte å logge inn på kontoen din på er tatt bort" in notices
    assert "Det er en ny måte å logge inn på kontoen din på" in notices
    other.log_in("kari")
    assert house.count("person") == 2, "whoever comes by it now has an account of their own"


def test_the_last_way_in_and_the_one_in_use_stay(house: Portal, both: Browser) -> None:
    known = doors(house)
    assert take_away(both, known["amina-warsame"]).status_code == 409
    take_away(both, known["kari-solbakken"])
    page = take_away(both, known["amina-warsame"])
    assert page.status_code == 409
    assert "den eneste måten" in page.text
    assert list(doors(house)) == ["amina-warsame"]


def test_two_who_take_away_each_others_way_in_leave_one(house: Portal, both: Browser) -> None:
    """The second one's request was under way when the first one's was stored."""
    other = house.browser()
    other.log_in("kari")
    known = doors(house)
    with house.app.app_context():
        late = load_actor(other.session, idle_minutes=60)
        take_away(both, known["kari-solbakken"])
        with pytest.raises(DoorKept, match="last"):
            remove(known["amina-warsame"], {}, actor=late)
    assert list(doors(house)) == ["amina-warsame"]


def test_nobody_takes_away_a_strangers_way_in(house: Portal, both: Browser) -> None:
    stranger = house.browser()
    stranger.log_in("jonas")
    theirs = doors(house)["kari-solbakken"]
    assert take_away(stranger, theirs).status_code == 404
    assert stranger.client.get(f"/min-side/innlogginger/{theirs}/fjern").status_code == 404
    assert theirs in doors(house).values()


def test_taking_away_a_way_in_is_a_grave_act(house: Portal, both: Browser) -> None:
    house.rows("UPDATE user_session SET authenticated_at = now() - interval '31 minutes'")
    theirs = doors(house)["kari-solbakken"]
    assert take_away(both, theirs).headers["Location"].startswith("/bekreft-deg")
    assert theirs in doors(house).values()
