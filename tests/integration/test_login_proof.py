"""Grave acts take a fresh login; what was typed survives it, and survives a session that ran out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest

from portal import clock
from portal.access.assignment_rules import require_manage
from portal.access.declared import ASSIGNMENT_MANAGE
from portal.access.permissions import PERMISSIONS
from portal.access.policy import ProofNeeded, require_proof
from portal.access.routes import access_table
from portal.funding.permissions import APPLICATION_DECIDE
from portal.identity.context import Freshness, load_actor
from portal.settings import Settings
from tests.login import Browser, Portal, portal
from tests.stubs.identity_provider import Steps, read_personas
from tests.stubs.identity_provider.logins import Login
from tests.world import World

OLD = "UPDATE user_session SET authenticated_at = now() - interval '31 minutes' WHERE ended_at IS NULL"
GONE = "UPDATE user_session SET seen_at = now() - interval '2 hours' WHERE ended_at IS NULL"
HIDDEN = re.compile(r'<textarea name="([^"]+)" hidden>\n?(.*?)</textarea>', re.DOTALL)


@pytest.fixture
def house(settings: Settings) -> Iterator[Portal]:
    with portal(settings) as running:
        yield running


def administrator(house: Portal) -> Browser:
    """Somebody logged in who may give roles."""
    browser = house.browser()
    browser.log_in("sofie")
    with house.app.app_context():
        world = World(house.app)
        world.grant(
            house.rows("SELECT person_id FROM login WHERE subject LIKE 'sofie%'")[0][0],
            "access_administrator",
            world.unit("udi"),
        )
    return browser


def give(browser: Browser, house: Portal) -> Any:
    """Send the form that gives a role."""
    page = browser.client.get("/tilgang/ny").text
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert key
    unit = str(house.rows("SELECT id FROM unit WHERE code = 'sor'")[0][0])
    form = {
        "csrf_token": browser.token("/tilgang/ny"),
        "idempotency_key": key[1],
        "person": "Kari Solbakken",
        "role": "grant_caseworker",
        "unit": unit,
        "valid_from": clock.today().isoformat(),
        "reason": "Hun begynner\ni dag, og æøå <b>",
    }
    referer = {"Referer": "http://localhost/tilgang/ny"}
    return browser.client.post("/tilgang/ny", data=form, headers=referer)


SIGNING = {"funding.own.accept"}
DECIDING = {
    "casework.appeal.decide",
    "funding.application.decide",
    "organisations.exclusion.decide",
    "organisations.registration.handle",
}
GRANTING = {
    "access.assignment.manage",
    "funding.payment.manage",
    "funding.payment.order",
    "organisations.member.manage",
}


def test_signing_deciding_and_granting_are_grave_and_nothing_else_is(house: Portal) -> None:
    grave = {name for name, one in PERMISSIONS.items() if one.grave}
    assert grave == SIGNING | DECIDING | GRANTING
    assert all(PERMISSIONS[name].writes for name in grave)


def grave_routes(house: Portal) -> dict[str, str]:
    """The address of every form under a grave permission, with numbers that lead nowhere."""
    table = access_table(house.app)
    adapter = house.app.url_map.bind("localhost")
    found = {}
    for rule in house.app.url_map.iter_rules():
        access = table.get(rule.endpoint, {}).get("POST")
        if access and access.permission and PERMISSIONS[access.permission.name].grave:
            address = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, 999), method="POST")
            found[address] = access.permission.name
    return found


def test_every_form_of_a_grave_act_asks_whoever_logged_in_long_ago(house: Portal) -> None:
    browser = house.browser()
    browser.log_in("sofie")
    roles = ("coordinator", "decision_maker", "access_administrator", "payment_officer")
    with house.app.app_context():
        world, person = World(house.app), house.rows("SELECT person_id FROM login")[0][0]
        for role in roles:
            world.grant(person, role, world.unit("udi"))
        world.grant(person, "leader", world.civil_unit("Fjordglimt barnelag"))
    routes = grave_routes(house)
    assert set(routes.values()) == SIGNING | DECIDING | GRANTING

    def asked() -> set[str]:
        answers = {path: browser.client.post(path).headers.get("Location", "") for path in routes}
        return {path for path, where in answers.items() if where.startswith("/bekreft-deg?")}

    assert asked() == set(), "a fresh login was asked for another"
    house.rows(OLD)
    assert asked() == set(routes)


def test_giving_a_role_takes_a_fresh_login_and_what_was_typed_is_kept(house: Portal) -> None:
    house.browser().log_in("kari")
    browser = administrator(house)
    first = browser.session
    house.rows(OLD)
    assert browser.client.get("/tilgang/ny").status_code == 200, "looking is no grave act"
    before = house.count("assignment")
    asked = give(browser, house).headers["Location"]
    assert asked.startswith("/bekreft-deg?next=/bekreft-deg/fortsett/")
    assert house.count("assignment") == before
    page = browser.client.get(asked)
    assert "er tatt vare på" in page.text
    going = re.search(r'name="next" value="([^"]+)"', page.text)
    assert going
    start = browser.post("/bekreft-deg", {"next": going[1]})
    for part in ("prompt=login", "max_age=0"):
        assert part in start.headers["Location"]
    back = browser.client.get(browser.pick(start, "sofie"))
    assert back.headers["Location"] == going[1]
    assert browser.session not in (None, first), "a login anew is a session anew"
    form = {name: unescape(value) for name, value in HIDDEN.findall(browser.client.get(going[1]).text)}
    assert form["reason"].replace("\r\n", "\n") == "Hun begynner\ni dag, og æøå <b>"
    assert house.count("assignment") == before, "it was sent by itself"
    form["csrf_token"] = browser.token(going[1])
    assert browser.client.post("/tilgang/ny", data=form).status_code == 303
    assert house.count("assignment") == before + 1


def test_an_administrator_logs_somebody_out_everywhere_at_once(house: Portal) -> None:
    kari = house.browser()
    kari.log_in("kari")
    browser = administrator(house)
    made = give(browser, house).headers["Location"]
    done = browser.post(f"{made}/logg-ut")
    assert done.headers["Location"] == f"{made}?logget-ut"
    assert "logget ut overalt" in browser.client.get(done.headers["Location"]).text
    assert not kari.is_in()
    assert "En administrator avsluttet" in kari.client.get("/logg-inn").text
    assert browser.is_in()


def test_somebody_elses_login_proves_nothing_and_logs_nobody_in(house: Portal) -> None:
    house.browser().log_in("kari")
    browser = administrator(house)
    house.rows(OLD)
    before = browser.session
    page = browser.client.get(browser.pick(browser.post("/bekreft-deg", {"next": "/tilgang"}), "kari"))
    assert page.status_code == 400
    assert house.refusals() == ["other_person"]
    assert browser.session == before
    assert give(browser, house).headers["Location"].startswith("/bekreft-deg")


class Remembers(Steps):
    """A provider that ignores that it was asked to have the person log in anew."""

    def __init__(self, **told: Any) -> None:
        super().__init__(read_personas())
        self.told: dict[str, Any] = {}
        self.later = told

    def id_token_claims(self, login: Login) -> dict[str, Any]:
        found = {**super().id_token_claims(login), **self.told}
        return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize("told", [{"auth_time": 1_000_000_000}, {"auth_time": None}, {"acr": "substantial"}])
def test_an_old_or_weak_login_does_not_pass_for_a_new_one(settings: Settings, told: dict[str, Any]) -> None:
    steps = Remembers()
    with portal(settings, steps, step_up_acr="idporten-loa-high") as house:
        browser = house.browser()
        browser.log_in()
        steps.told = told
        page = browser.client.get(browser.pick(browser.post("/bekreft-deg", {"next": "/min-side"})))
        assert page.status_code == 400
        assert house.refusals() == (["acr"] if "acr" in told else ["not_anew"])


def test_a_level_below_what_grave_acts_need_is_asked_to_step_up(settings: Settings) -> None:
    steps = Remembers()
    steps.told = {"acr": "idporten-loa-substantial"}
    profile = {"acr_values": "idporten-loa-substantial", "step_up_acr": "idporten-loa-high"}
    with portal(settings, steps, **profile) as house:
        house.browser().log_in("kari")
        browser = administrator(house)
        assert give(browser, house).headers["Location"].startswith("/bekreft-deg")
        steps.told = {}
        start = browser.post("/bekreft-deg", {"next": "/tilgang/ny"})
        assert "acr_values=idporten-loa-high" in start.headers["Location"]
        browser.client.get(browser.pick(start, "sofie"))
        assert give(browser, house).headers["Location"].startswith("/tilgang/")


def test_the_services_ask_for_proof_too_if_a_view_forgot(house: Portal) -> None:
    browser = administrator(house)
    house.rows(OLD)
    unit = SimpleNamespace(tree="authority", unit_id=0, regional_id=None, local_id=None)
    with house.app.app_context():
        unit.national_id = house.rows("SELECT id FROM unit WHERE code = 'udi'")[0][0]
        old, young = (
            load_actor(browser.session, idle_minutes=60, freshness=Freshness(minutes, {}))
            for minutes in (30, 32)
        )
        with pytest.raises(ProofNeeded):
            require_manage(old, unit)
        require_manage(young, unit)
        for permission in (ASSIGNMENT_MANAGE, APPLICATION_DECIDE):
            with pytest.raises(ProofNeeded):
                require_proof(old, permission)
            require_proof(young, permission)


def test_a_form_sent_after_the_session_ran_out_is_kept_for_its_sender_alone(house: Portal) -> None:
    house.browser().log_in("kari")
    browser = administrator(house)
    page = browser.client.get("/tilgang/ny").text
    assert page
    browser_form = {"csrf_token": browser.token("/tilgang/ny"), "reason": "Lang begrunnelse"}
    house.rows(GONE)
    referer = {"Referer": "http://localhost/tilgang/ny"}
    sent = browser.client.post("/tilgang/ny", data=browser_form, headers=referer)
    assert sent.headers["Location"].startswith("/logg-inn?next=/bekreft-deg/fortsett/")
    told = browser.client.get(sent.headers["Location"])
    assert "Vi har tatt vare på det" in told.text
    going = re.search(r'name="next" value="([^"]+)"', told.text)
    assert going
    stranger = house.browser()
    stranger.log_in("kari")
    assert stranger.client.get(going[1]).status_code == 404
    browser.log_in("sofie", going=going[1])
    kept = browser.client.get(going[1])
    assert "Lang begrunnelse" in kept.text
    assert 'href="/tilgang/ny"' in kept.text
    assert "Lang begrunnelse" not in str(house.rows("SELECT held_form::text FROM held_form"))
    house.rows("UPDATE held_form SET created_at = now() - interval '31 minutes'")
    assert browser.client.get(going[1]).status_code == 404


@pytest.mark.parametrize("how", ["no token of ours", "a file", "a script's own request"])
def test_what_cannot_be_kept_is_said_and_one_comes_back_to_the_page(house: Portal, how: str) -> None:
    browser = administrator(house)
    form: dict[str, Any] = {"csrf_token": browser.token("/tilgang/ny"), "reason": "x"}
    headers = {"Referer": "http://localhost/tilgang/ny?enhet=3"}
    if how == "no token of ours":
        form["csrf_token"] = "made-up"
    elif how == "a file":
        form["file"] = (BytesIO(b"x"), "a.pdf")
    else:
        headers["Sec-Fetch-Mode"] = "cors"
    house.rows(GONE)
    sent = browser.client.post("/tilgang/ny", data=form, headers=headers)
    assert sent.headers["Location"] == "/logg-inn?next=/tilgang/ny%3Fenhet%3D3&skjema=ikke"
    assert "Det du sist lagret, er der fortsatt" in browser.client.get(sent.headers["Location"]).text
    assert house.count("held_form") == 0


def test_a_foreign_page_cannot_say_where_one_comes_back_to(house: Portal) -> None:
    browser = house.browser()
    for referer in ("https://evil.example/x", "http://localhost.evil.example/", "http://localhost//evil"):
        sent = browser.client.post("/tilgang/ny", headers={"Referer": referer})
        assert sent.headers["Location"] == "/logg-inn?next=/min-side&skjema=ikke"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("seen_at = now() - interval '2 hours'", "ikke i bruk på en stund"),
        ("expires_at = now() - interval '1 second'", "høyst en arbeidsdag"),
        ("ended_at = now(), ended_cause = 'administrator'", "En administrator avsluttet"),
        ("ended_at = now(), ended_cause = 'provider'", "hos innloggingstjenesten, og da"),
        ("ended_at = now(), ended_cause = 'owner'", "fra en annen nettleser"),
    ],
)
def test_the_login_page_says_why_one_is_out(house: Portal, change: str, words: str) -> None:
    browser = house.browser()
    browser.log_in()
    house.rows(f"UPDATE user_session SET {change}")
    sent = browser.client.get("/min-side/okter")
    assert words in browser.client.get(sent.headers["Location"]).text
    assert words not in house.browser().client.get("/logg-inn").text


def test_staff_and_parties_have_limits_of_their_own(settings: Settings) -> None:
    with portal(settings, None, {"key": "entra", "door": "staff"}) as house:
        party, staff = house.browser(), house.browser()
        party.log_in("kari")
        staff.log_in("sofie", key="entra")
        house.rows("UPDATE user_session SET seen_at = now() - interval '40 minutes'")
        assert (party.is_in(), staff.is_in()) == (True, False)
