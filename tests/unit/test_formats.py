"""Sums, dates and deadlines read right in all three languages, by the clock in Norway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from portal import clock
from portal.web.kit import formats
from portal.web.kit.i18n import init_i18n, language, use_locale

NOON = datetime(2026, 3, 6, 11, 0, tzinfo=UTC)


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__, static_folder=None)
    init_i18n(app)
    formats.init_formats(app)
    return app


@pytest.fixture(autouse=True)
def at_noon(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.fixed(NOON):
        yield


@pytest.mark.parametrize(
    ("code", "ore", "text"),
    [
        ("nb", 125_000_000, "1\u202f250\u202f000\u00a0kr"),
        ("nn", 1250, "12,50\u00a0kr"),
        ("nb", -5, "\u22120,05\u00a0kr"),
        ("en", 125_000_050, "NOK\u00a01,250,000.50"),
        ("nb", 0, "0\u00a0kr"),
        ("nb", None, ""),
    ],
)
def test_sums(code: str, ore: int | None, text: str) -> None:
    with use_locale(code):
        assert formats.kr(ore) == text


@pytest.mark.parametrize(
    ("code", "due", "text"),
    [
        ("nb", date(2026, 3, 12), "om 6 dager, torsdag 12. mars"),
        ("nn", date(2026, 3, 7), "i morgon, laurdag 7. mars"),
        ("en", date(2026, 3, 6), "today, Friday 6 March"),
        ("nb", date(2026, 3, 5), "gikk ut torsdag 5. mars"),
        ("nb", date(2027, 1, 1), "om 301 dager, fredag 1. januar 2027"),
        ("nb", date(2027, 4, 1), "torsdag 1. april 2027"),
        ("nb", clock.end_of_day(date(2026, 3, 6)), "i dag, fredag 6. mars"),
        ("nb", NOON + timedelta(hours=2), "i dag kl. 14.00"),
        ("nb", NOON - timedelta(seconds=1), "gikk ut fredag 6. mars"),
        # 23.30 UTC is already the next day in Norway
        ("nb", datetime(2026, 3, 6, 23, 30, tzinfo=UTC), "i morgen, lørdag 7. mars"),
    ],
)
def test_deadlines(code: str, due: date | datetime, text: str) -> None:
    with use_locale(code):
        assert formats.deadline(due) == text


def test_days_are_counted_over_the_change_to_summer_time() -> None:
    with clock.fixed(datetime(2026, 3, 28, 22, 30, tzinfo=UTC)), use_locale("nb"):
        assert formats.deadline(date(2026, 3, 29)) == "i morgen, søndag 29. mars"


def test_when_something_happened() -> None:
    with use_locale("nb"):
        assert formats.when(NOON) == "i dag kl. 12.00"
        assert formats.when(NOON - timedelta(days=1)) == "i går kl. 12.00"
        assert formats.when(NOON - timedelta(days=2)) == "4. mars 2026"
        assert formats.exact(NOON) == "6. mars 2026 kl. 12.00"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.clock(datetime(2026, 3, 6, 12, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "nb"),
        ({"Accept-Language": "no"}, "nb"),
        ({"Accept-Language": "sv, nn-NO;q=0.5, en;q=0.4"}, "nn"),
        ({"Accept-Language": "en;q=0"}, "nb"),
        ({"Accept-Language": '"#;;,,q=x'}, "nb"),
        ({"Accept-Language": "en", "Cookie": "__Host-language=nn"}, "nn"),
        ({"Accept-Language": "en", "Cookie": "__Host-language=../x"}, "en"),
    ],
)
def test_the_reader_chooses_language(app: Flask, headers: dict[str, str], code: str) -> None:
    with app.test_request_context(headers=headers):
        assert language() == code


def test_the_recipients_language_works_without_a_request() -> None:
    with use_locale("nn"):
        assert formats.when(NOON - timedelta(days=1)).startswith("i går")
        with use_locale("en"):
            assert formats.when(NOON) == "today at 12:00"
        assert language() == "nn"
    with use_locale("xx"):
        assert language() == "nb"
