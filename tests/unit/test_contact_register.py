"""What is kept of the register's answer, how long it may be used, and how often a slow one is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal import clock, settings
from portal.identity import contact_register
from portal.identity.contact_register import KnownRegister, Told, Unreadable, read_answer
from portal.identity.contacts import Contact
from portal.identity.fetching import Busy, Unreachable
from portal.login_settings import ContactRegister, Provider
from tests.stubs.contact_register import answer

NOW = datetime(2026, 8, 31, 12, tzinfo=UTC)
WELL = {"number": "15908695088", "email": "ola@example.no"}


def said(**raw: Any) -> dict[str, Any]:
    return answer({**WELL, "raw": raw})


def contact(**raw: Any) -> dict[str, Any]:
    return said(kontaktinformasjon={"epostadresse": "ola@example.no", **raw})


def test_an_address_that_may_be_used_is_kept_with_its_day() -> None:
    told = read_answer(contact(epostadresse_oppdatert="2024-06-29T10:14:52+02"))
    assert told == Told(False, True, "ola@example.no", datetime(2024, 6, 29, 8, 14, 52, tzinfo=UTC))


def test_the_latest_day_it_was_confirmed_counts() -> None:
    told = read_answer(
        contact(
            epostadresse_oppdatert="2018-06-29T10:14:52Z",
            epostadresse_sist_verifisert="2024-08-05T10:45:15.768Z",
            epostadresse_sist_validert="2021-01-01",
        )
    )
    assert told.confirmed_at == datetime(2024, 8, 5, 10, 45, 15, 768000, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    ["", None, 7, ["ola@example.no"], "ola", "a@b.no, c@d.no", "a@b.no\nBcc: c@d.no", "x" * 300 + "@b.no",
     "23079421936-test@minid.norge.no", "ola.23079421936@example.no", "ola\x00@example.no"],
)  # fmt: skip
def test_what_is_no_address_or_holds_an_identity_number_is_not_kept(address: Any) -> None:
    told = read_answer(contact(epostadresse=address, epostadresse_oppdatert="2024-06-29T10:14:52Z"))
    assert told == Told(reserved=False, may_notify=True)


@pytest.mark.parametrize(
    "when", [None, "", "i går", 0, "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2" * 5000, {}]
)
def test_an_address_nobody_can_date_is_not_kept(when: Any) -> None:
    assert read_answer(contact(epostadresse_oppdatert=when)) == Told(reserved=False, may_notify=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "AKTIVISERT"},
        {"status": None},
        {"status": "AKTIV", "reservasjon": None},
        {"reservasjon": "KANSKJE"},
        {"reservasjon": True},
    ],
)
def test_an_answer_that_does_not_say_is_no_answer(wrong: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read_answer(said(**wrong))


@pytest.mark.parametrize("odd", [{"status": ["AKTIV"]}, {"status": {}}, {"reservasjon": ["NEI"]}])
def test_values_of_another_kind_are_no_answer(odd: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read_answer(said(**odd))


def test_who_is_reserved_or_silenced_has_no_address_kept() -> None:
    assert read_answer(said(reservasjon="JA")) == Told(reserved=True, may_notify=False)
    assert read_answer(said(varslingsstatus="KAN_IKKE_VARSLES")) == Told(reserved=False, may_notify=False)
    assert read_answer({"status": "SLETTET"}) == Told(reserved=False, may_notify=False)
    assert read_answer({"status": "SLETTET", "reservasjon": "JA"}) == Told(reserved=True, may_notify=False)


@pytest.mark.parametrize(
    ("confirmed", "read", "standing"),
    [
        (timedelta(days=500), timedelta(days=1), "usable"),
        (NOW - datetime(2025, 3, 1, 12, tzinfo=UTC), timedelta(), "usable"),
        (NOW - datetime(2025, 2, 28, 12, tzinfo=UTC), timedelta(), "old"),
        (timedelta(days=200), timedelta(days=181), "unread_long"),
    ],
)
def test_how_long_it_may_be_used(
    monkeypatch: pytest.MonkeyPatch, confirmed: timedelta, read: timedelta, standing: str
) -> None:
    monkeypatch.setattr(settings, "current", lambda: SimpleNamespace(contact=settings.Contact()))
    with clock.fixed(NOW):
        known = Contact(False, True, "ola@example.no", NOW - confirmed, NOW - read)
        assert known.standing == standing
        assert Contact(True, False, "", None, NOW - timedelta(days=999)).standing == "reserved"
        assert Contact(False, False, "", None, NOW).standing == "silenced"
        assert Contact(False, True, "", None, NOW).standing == "no_address"


def test_a_slow_register_rests_and_a_quick_refusal_does_not_stop_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    register = KnownRegister("stub", ContactRegister(url="https://krr.example/person"))
    moment, asked, takes = [100.0], [0], [3.0]

    def fail(*_args: Any, **_more: Any) -> dict[str, Any]:
        asked[0] += 1
        moment[0] += takes[0]
        raise Unreachable("ReadTimeout")

    monkeypatch.setattr(contact_register, "now", lambda: moment[0])
    monkeypatch.setattr(contact_register, "get_json", fail)
    assert (register.ask("token"), register.ask("token"), asked) == (None, None, [1])
    moment[0] += contact_register.REST_SECONDS
    takes[0] = 0.01
    assert (register.ask("token"), register.ask("token"), asked) == (None, None, [3])


def test_nobody_waits_for_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    register = KnownRegister("stub", ContactRegister(url="https://krr.example/person"))
    monkeypatch.setattr(contact_register, "get_json", lambda *_args, **_more: said())
    assert register.ask("token") is not None
    with register._places.one(), register._places.one():
        with pytest.raises(Busy), register._places.one():
            pass
        assert register.ask("token") is None


def test_the_scopes_of_a_login_are_the_providers_and_the_registers_once_each() -> None:
    told: dict[str, Any] = {"key": "a", "label": "A", "issuer": "https://a.example", "client_id": "x"}
    assert Provider(**told).scopes_asked == "openid profile email"
    register = {"url": "https://krr.example/person", "scopes": "krr:user/kontaktinformasjon.read openid"}
    found = Provider(**told, contact_register=register).scopes_asked
    assert found == "openid profile email krr:user/kontaktinformasjon.read"


@pytest.mark.parametrize("url", ["", "krr", "ftp://krr.example", "https://u:p@krr.example/", "https:///x"])
def test_a_register_needs_a_web_address(url: str) -> None:
    with pytest.raises(ValueError, match="web address"):
        ContactRegister(url=url)
