"""Two doors to one account: only by proving both in one session, and never where history would be mixed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
