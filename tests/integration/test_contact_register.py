"""The contact register is read at login: little is kept, nothing it does fails a login, its owner sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.identity import contact_register as reading
from portal.identity import fetching
from portal.settings import Settings
from tests.login import Portal, portal
from tests.stubs import contact_register
from tests.stubs.contact_register import PHONE, RegisterHandle
from tests.stubs.identity_provider import Steps, read_personas

NUMBERS = ("15908695088", "23907495031")
FAULTS = (
    *("500", "401", "redirect", "truncated", "hang-up", "reset", "packed", "wrong-json", "not-an-object"),
    *("html", "huge", "slow:20000", "drip"),
)


class Watched(Steps):
    """A provider whose access tokens one can look at."""

    def token_answer(self, login: Any, access_token: str) -> dict[str, Any]:
        self.handed_out = access_token
        return super().token_answer(login, access_token)


@contextmanager
def reached(settings: Settings, **profile: object) -> Iterator[tuple[Portal, RegisterHandle]]:
    """A portal that reads a running register at login."""
    steps = Watched(read_personas())
    with contact_register.start(steps.logins.by_token) as register:
        told = {"contact_register": {"url": register.address}} | profile
        with portal(settings, steps, **told) as house:
            yield house, register


def kept(house: Portal) -> list[tuple[Any, ...]]:
    return house.rows("SELECT reserved, may_notify, email FROM registered_contact ORDER BY person_id")


def everything(house: Portal) -> str:
    """Every row of every table, as text."""
    names = house.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return "".join(str(house.rows(f'SELECT "{name}"::text FROM "{name}"')) for (name,) in names)


def test_only_what_is_needed_is_kept_and_no_token_or_number_anywhere(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    with reached(settings) as (house, register):
        register.faults.set({"kari-solbakken": "500"})
        for persona in ("ola", "torbjorn", "amina", "kari"):
            house.browser().log_in(persona)
        assert kept(house) == [
            (False, True, "ola.privat@example.no"),
            (True, False, ""),
            (False, False, ""),
        ]
        [(confirmed, read)] = house.rows(
            "SELECT confirmed_at, read_at FROM registered_contact WHERE confirmed_at IS NOT NULL"
        )
        assert timedelta(days=39) < clock.now() - confirmed < timedelta(days=41)
        assert clock.now() - read < timedelta(minutes=5)
        written = everything(house) + "".join(capfd.readouterr())
        assert isinstance(house.steps, Watched)
        secrets = (*NUMBERS, PHONE, "8QPL", "984661185", "MIIFOjCC", house.steps.handed_out)
        assert "ola.privat@example.no" in written
        assert "contact_register_not_read" in written
        assert not [secret for secret in secrets if secret in written]


def test_what_was_kept_is_replaced_at_each_login(settings: Settings) -> None:
    with reached(settings) as (house, register):
        house.browser().log_in("ola")
        entry = register.people["ola-vik"]
        entry["email"] = "ola.ny@example.no"
        house.browser().log_in("ola")
        assert kept(house) == [(False, True, "ola.ny@example.no")]
        entry["reserved"] = True
        house.browser().log_in("ola")
        assert kept(house) == [(True, False, "")]
        del register.people["ola-vik"]
        house.browser().log_in("ola")
        assert kept(house) == [(False, False, "")]


def test_without_a_register_nothing_is_asked_for_kept_or_shown(settings: Settings) -> None:
    with reached(settings, contact_register=None) as (house, _register):
        browser = house.browser()
        started = browser.start()
        assert "krr" not in started.headers["Location"]
        browser.client.get(browser.pick(started, "ola"))
        assert kept(house) == []
        page = browser.client.get("/min-side/kontakt").text
        assert "ola.vik@example.no" in page
        assert "norge.no" not in page
    with reached(settings) as (house, _register):
        assert "krr%3Auser" in house.browser().start().headers["Location"]


def test_its_owner_sees_what_it_said_and_where_to_change_it(settings: Settings) -> None:
    with reached(settings) as (house, _register):
        ola, torbjorn = house.browser(), house.browser()
        ola.log_in("ola")
        torbjorn.log_in("torbjorn")
        page = ola.client.get("/min-side/kontakt").text
        assert "ola.privat@example.no" in page
        assert "Vi varsler deg på denne adressen" in page
        assert 'href="https://www.norge.no/"' in page
        other = torbjorn.client.get("/min-side/kontakt").text
        assert "Du er reservert" in other
        assert "ola." not in other


def test_a_register_that_misbehaves_fails_no_login_and_leaves_what_was_known(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.4)
    monkeypatch.setattr(reading, "REST_SECONDS", 0)
    with reached(settings) as (house, register):
        for fault in FAULTS:
            register.faults.set({"ola-vik": fault})
            browser = house.browser()
            assert browser.log_in("ola").status_code == 303, fault
            assert browser.session, fault
            assert kept(house) == [], fault
        register.faults.reset()
        house.browser().log_in("ola")
        known = kept(house)
        assert known != []
        register.faults.set({"ola-vik": "500"})
        house.browser().log_in("ola")
        assert kept(house) == known
        assert house.refusals() == []


def test_a_token_for_another_purpose_reads_nothing(settings: Settings) -> None:
    url = "http://127.0.0.1:1/rest"
    with reached(settings, contact_register={"url": url, "scopes": ""}) as (house, register):
        house.app.extensions["contact_registers"]["stub"]._url = register.address
        browser = house.browser()
        browser.log_in("ola")
        assert browser.is_in()
        assert kept(house) == []


def test_hostile_text_is_shown_as_text_or_not_kept(settings: Settings) -> None:
    with reached(settings) as (house, register):
        register.people["ola-vik"]["raw"] = {"status": "<script>alert(1)</script>", "reservasjon": "\x00"}
        browser = house.browser()
        browser.log_in("ola")
        assert browser.is_in()
        assert kept(house) == []
        register.people["ola-vik"]["raw"] = {
            "varslingsstatus": "KAN_VARSLES",
            "kontaktinformasjon": {
                "epostadresse": '"><script>@example.no',
                "epostadresse_oppdatert": "<b>i går</b>",
            },
        }
        browser = house.browser()
        browser.log_in("ola")
        assert kept(house) == [(False, True, "")]
        assert "<script>@" not in browser.client.get("/min-side/kontakt").text


def test_an_account_taken_over_takes_no_reading_along(settings: Settings) -> None:
    with reached(settings) as (house, _register):
        house.browser().log_in("torbjorn")
        assert kept(house) == [(True, False, "")]
        ola = house.browser()
        ola.log_in("ola")
        added = ola.post("/min-side/innlogginger/stub")
        ola.client.get(ola.pick(added, "torbjorn"))
        rows = house.rows("SELECT count(DISTINCT person_id) FROM login")
        assert rows == [(1,)]
        # The login that was joined was read too: the account has what that one said, and one row only.
        assert kept(house) == [(True, False, "")]
