"""Sessions end when they should, everywhere at once, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from portal.identity import endings, services
from portal.identity.context import fresh_login, load_actor
from portal.settings import Settings
from tests.login import Browser, Portal, portal
from tests.stubs.identity_provider import Steps, read_personas
from tests.world import World


@pytest.fixture
def house(settings: Settings) -> Iterator[Portal]:
    with portal(settings) as running:
        yield running


@pytest.fixture
def inside(house: Portal) -> Browser:
    browser = house.browser()
    browser.log_in()
    return browser


@pytest.mark.parametrize(
    ("change", "lives"),
    [
        ("seen_at = now() - interval '59 minutes'", True),
        ("seen_at = now() - interval '61 minutes'", False),
        ("expires_at = now() + interval '1 minute'", True),
        ("expires_at = now() - interval '1 second'", False),
        ("ended_at = now()", False),
    ],
)
def test_a_session_lives_within_its_limits(house: Portal, inside: Browser, change: str, lives: bool) -> None:
    house.rows(f"UPDATE user_session SET {change}")
    assert inside.is_in() is lives


def test_a_session_lasts_eight_hours_in_all(house: Portal, inside: Browser) -> None:
    rows = house.rows("SELECT expires_at - created_at FROM user_session")
    assert abs(rows[0][0] - timedelta(hours=8)) < timedelta(seconds=10)


def test_use_is_noted_once_a_minute_and_not_at_each_request(house: Portal, inside: Browser) -> None:
    def seen() -> object:
        return house.rows("SELECT seen_at FROM user_session")[0][0]

    first = seen()
    inside.is_in()
    assert seen() == first
    house.rows("UPDATE user_session SET seen_at = now() - interval '61 seconds'")
    stale = seen()
    inside.is_in()
    assert seen() != stale


def test_logging_out_ends_the_session_here_and_at_the_provider(house: Portal, inside: Browser) -> None:
    token = inside.session
    confirm = inside.client.get("/logg-ut")
    assert confirm.status_code == 200
    assert inside.is_in(), "an address alone logged somebody out"
    answer = inside.post("/logg-ut")
    location = answer.headers["Location"]
    assert location.startswith(f"{house.url}/logout?id_token_hint=")
    back = httpx2.get(location)
    assert (back.status_code, back.headers["Location"].partition("?")[0]) == (
        303,
        "http://localhost/logget-ut",
    )
    assert inside.session is None
    assert "Du er logget ut" in inside.client.get("/logget-ut").text
    inside.client.set_cookie("__Host-session", str(token), secure=True)
    assert not inside.is_in()
    assert house.names()[-1] == "identity.logged_out"
    assert house.rows("SELECT id_token FROM user_session") == [("",)]


def test_logging_out_without_the_forms_token_does_nothing(house: Portal, inside: Browser) -> None:
    for form in ({}, {"csrf_token": "made-up"}, {"csrf_token": house.browser().token()}):
        assert inside.client.post("/logg-ut", data=form).status_code == 400
    assert inside.is_in()
    assert house.names()[-1] == "identity.logged_in"
    inside.post("/logg-ut")
    assert not inside.is_in()


def test_logging_out_while_the_provider_is_down_still_logs_out_here(settings: Settings) -> None:
    class NoLogout(Steps):
        def discovery(self) -> dict[str, object]:
            return {k: v for k, v in super().discovery().items() if k != "end_session_endpoint"}

    with portal(settings, NoLogout(read_personas())) as house:
        browser = house.browser()
        browser.log_in()
        assert browser.post("/logg-ut").headers["Location"] == "/logget-ut"
        assert not browser.is_in()


def test_a_session_that_ran_out_can_still_be_logged_out(house: Portal, inside: Browser) -> None:
    token = inside.token("/logg-ut")
    house.rows("UPDATE user_session SET seen_at = now() - interval '2 hours'")
    answer = inside.client.post("/logg-ut", data={"csrf_token": token})
    assert answer.headers["Location"].startswith(f"{house.url}/logout?")


def test_signing_out_everywhere_works_at_the_next_request(house: Portal, inside: Browser) -> None:
    others, stranger = [house.browser() for _ in range(3)], house.browser()
    for browser in others:
        browser.log_in()
    stranger.log_in("amina")
    assert inside.client.get("/min-side/okter").text.count("/avslutt") == 4
    assert inside.post("/min-side/okter/avslutt-andre").status_code == 303
    assert [browser.is_in() for browser in others] == [False] * 3
    assert inside.is_in()
    assert stranger.is_in()
    assert house.names().count("identity.session_ended") == 3


def test_one_session_can_be_ended_but_nobody_elses(house: Portal, inside: Browser) -> None:
    other, stranger = house.browser(), house.browser()
    other.log_in()
    stranger.log_in("amina")
    (mine, theirs) = (row[0] for row in house.rows("SELECT id FROM user_session ORDER BY id DESC LIMIT 2"))
    mine, theirs = theirs, mine
    assert inside.post(f"/min-side/okter/{theirs}/avslutt").status_code == 404
    assert stranger.is_in()
    assert inside.post(f"/min-side/okter/{mine}/avslutt").status_code == 303
    assert not other.is_in()
    assert inside.post(f"/min-side/okter/{mine}/avslutt").status_code == 404


def test_the_provider_can_end_its_own_session_and_no_other(house: Portal, inside: Browser) -> None:
    other = house.browser()
    other.log_in()
    (sid,) = house.rows("SELECT provider_sid FROM user_session ORDER BY id LIMIT 1")[0]
    bare = house.app.test_client()

    def call(iss: str, sid: str) -> int:
        return bare.get("/logg-ut/fra-leverandor", query_string={"iss": iss, "sid": sid}).status_code

    assert call("https://elsewhere.example", sid) == 400
    assert call(house.url, "") == 400
    assert call(house.url, "made-up") == call(house.url, "a\0b") == 200
    assert inside.is_in()
    assert call(house.url, sid) == 200
    assert not inside.is_in()
    assert other.is_in()
    answer = bare.get("/logg-ut/fra-leverandor", query_string={"iss": house.url, "sid": sid})
    assert f"frame-ancestors {house.url}" in answer.headers["Content-Security-Policy"]


def test_an_administrator_ends_all_sessions_of_a_person(house: Portal, inside: Browser) -> None:
    (person_id,) = house.rows("SELECT id FROM person")[0]
    with house.app.app_context():
        actor = load_actor(inside.session, idle_minutes=60)
        assert endings.end_all_sessions(person_id, actor=actor) == 1
    assert not inside.is_in()


def test_a_login_is_fresh_for_a_while(house: Portal, inside: Browser) -> None:
    def fresh(minutes: int) -> bool:
        with house.app.app_context():
            actor = load_actor(inside.session, idle_minutes=60)
            return fresh_login(actor, timedelta(minutes=minutes))

    assert fresh(5)
    house.rows("UPDATE user_session SET authenticated_at = now() - interval '6 minutes'")
    assert not fresh(5)
    assert fresh(7)
    with house.app.app_context():
        assert not fresh_login(load_actor(None, idle_minutes=60), timedelta(days=1))


def test_old_attempts_and_sessions_are_forgotten_and_young_ones_kept(house: Portal, inside: Browser) -> None:
    old, young = house.browser(), house.browser()
    old.start()
    house.rows("UPDATE login_attempt SET created_at = now() - interval '11 minutes'")
    young.start()
    house.browser().log_in("amina")
    house.rows(
        "UPDATE user_session SET expires_at = now() - interval '31 days'"
        " WHERE id = (SELECT max(id) FROM user_session)"
    )
    with house.app.app_context():
        services.forget()
    assert house.count("login_attempt") == 1
    assert house.count("user_session") == 1
    assert inside.is_in()


def test_one_acts_for_a_place_where_one_has_a_role_and_for_no_other(house: Portal, inside: Browser) -> None:
    with house.app.app_context():
        world = World(house.app)
        (person_id,) = house.rows("SELECT id FROM person")[0]
        ours = world.civil_unit("Fjordglimt barnelag")
        also = world.civil_unit("Solbakken velforening")
        other = world.civil_unit("Elvebakken frivilligsentral")
        for unit in (ours, also):
            world.grant(person_id, "leader", unit)
    assert _acting(inside) is None
    page = inside.client.get(f"/representer/{ours}")
    assert "Fjordglimt barnelag" in page.text
    assert inside.post(f"/representer/{ours}").headers["Location"] == "/min-side"
    assert _acting(inside) == "Fjordglimt barnelag"
    for refused in (other, 999_999):
        assert inside.client.get(f"/representer/{refused}").status_code == 404
        assert inside.post(f"/representer/{refused}").status_code == 404
    assert _acting(inside) == "Fjordglimt barnelag"
    again = house.browser()
    again.log_in()
    assert _acting(again) == "Fjordglimt barnelag", "the choice was not carried over to the next login"
    house.rows("UPDATE assignment SET ended_at = now() WHERE unit_id = :unit", unit=ours)
    assert _acting(inside) == "Solbakken velforening", "the only place left was not taken"
    house.rows("UPDATE assignment SET ended_at = now()")
    assert _acting(inside) is None


def _acting(browser: Browser) -> str | None:
    page = browser.client.get("/min-side").text
    return (
        page.split('<p class="acting">')[1].split("<strong>")[1].split("<")[0] if "acting" in page else None
    )
