"""An answer within a month: staff are told in time, the person gets a provisional answer, each once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.database import read
from portal.identity.context import actor_of
from portal.organisations.registration import decisions
from portal.organisations.registration.deadlines import watch_deadlines
from tests.organisation_registers import LOCAL, Register
from tests.pages import Reader
from tests.registering import registration, sent
from tests.world import World


@pytest.fixture(autouse=True)
def register(app: Flask) -> Iterator[Register]:
    with Register(app) as running:
        yield running


@pytest.fixture
def kari(world: World) -> int:
    return world.person("Kari Solbakken")


@pytest.fixture
def liv(world: World) -> int:
    person = world.person("Liv Tangen")
    world.grant(person, "regional_contact", world.unit(LOCAL.region))
    return person


def watch(made: int, days_before: int) -> None:
    """The daily job, that many days before the day it is due."""
    day = registration(made).due_on - timedelta(days=days_before)
    watch_on(day)


def watch_on(day: Any) -> None:
    with clock.fixed(datetime.combine(day, time(6), ZoneInfo("Europe/Oslo"))):
        watch_deadlines()


def told(person: int) -> list[str]:
    rows = read(text("SELECT title_id FROM notice WHERE person_id = :p ORDER BY id"), {"p": person})
    return [row.title_id for row in rows]


def test_nobody_is_told_before_three_weeks_have_gone(kari: int, liv: int) -> None:
    made = sent(kari)
    before = told(kari)
    watch(made, 8)
    assert told(liv) == []
    assert told(kari) == before


def test_staff_are_told_once_a_week_before(world: World, kari: int, liv: int) -> None:
    made = sent(kari)
    before = told(kari)
    for days in (7, 6, 3):
        watch(made, days)
    assert told(liv) == ["The registration of %(name)s must be answered by %(day)s"]
    assert told(kari) == before
    assert told(world.actor("regional_contact", "nord").person_id or 0) == []


def test_the_person_gets_a_provisional_answer_within_the_month(world: World, kari: int, liv: int) -> None:
    made = sent(kari)
    due, before = registration(made).due_on, told(kari)
    last = due - timedelta(days=2)
    watch_on(last)
    watch_on(last)
    found = registration(made)
    assert found.due_on == clock.months_later(due, 1)
    assert found.provisional_at is not None
    assert found.state == "submitted"
    assert told(kari)[len(before) :] == [
        "A provisional answer about the registration of %(name)s (%(number)s)"
    ]
    assert len(told(liv)) == 1
    assert "Vi trenger mer tid" in Reader(world.client(kari)).text(f"/registrer/{made}")


def test_it_says_when_the_register_is_what_we_wait_for(kari: int, liv: int) -> None:
    made = sent(kari, ask=False)
    watch(made, 1)
    body = read(text("SELECT body_id FROM notice WHERE person_id = :p ORDER BY id DESC"), {"p": kari})
    assert body[0].body_id.startswith("The register has not answered our question")


def test_a_worker_that_was_away_promises_no_day_that_has_passed(kari: int, liv: int) -> None:
    made = sent(kari)
    late = registration(made).due_on + timedelta(days=90)
    watch_on(late)
    assert registration(made).due_on == clock.months_later(late, 1)


def test_nothing_is_promised_where_udi_waits_or_has_decided(kari: int, liv: int) -> None:
    made = sent(kari)
    version = registration(made).version
    decisions.ask(made, ["email"], "Hvilken?", version=version, actor=actor_of(liv))
    before = told(kari)
    watch(made, 0)
    assert registration(made).provisional_at is None
    version = registration(made).version
    decisions.decline(made, "Nedlagt.", version=version, actor=actor_of(liv))
    watch(made, 0)
    assert registration(made).provisional_at is None
    assert told(kari)[len(before) :] == ["The registration of %(name)s was declined"]
