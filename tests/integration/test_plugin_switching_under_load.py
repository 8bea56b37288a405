"""Fifty switches under load with two web processes: nobody meets a state that has been left."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from flask import Flask
from sqlalchemy import text

from portal.database import read, scalar
from portal.pluginhost import switching
from portal.settings import Settings
from portal.web.shell.dispatch import SESSION_COOKIE
from tests.plugins_for_tests.processes import Processes, until
from tests.world import World

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
OPEN, CLOSED = {200, 303}, {404}


@dataclass(frozen=True)
class Answer:
    """One request: when it started and ended, on which port, and what came of it."""

    started: float
    ended: float
    port: int
    method: str
    status: int


@dataclass
class Load:
    """Visitors who never stop asking, each with a connection of their own."""

    cookie: str
    answers: list[Answer] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def visit(self, port: int, method: str) -> None:
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as client:
            page = client.get("/baater/", headers={"Cookie": self.cookie})
            form_cookie = page.headers["Set-Cookie"].split(";")[0]
            headers = {"Cookie": f"{self.cookie}; {form_cookie}"}
            form = {"csrf_token": TOKEN.search(page.text)[1]}  # type: ignore[index]
            while not self.stop.is_set():
                started = time.monotonic()
                if method == "GET":
                    status = client.get("/baater/", headers=headers).status_code
                else:
                    status = client.post("/baater/turer", headers=headers, data=form).status_code
                self.answers.append(Answer(started, time.monotonic(), port, method, status))

    def seen_since(self, moment: float) -> set[tuple[int, str]]:
        """Ports and methods that answered requests begun after `moment`."""
        return {(a.port, a.method) for a in self.answers[-200:] if a.started > moment}


@contextmanager
def under_load(load: Load, ports: list[int]) -> Iterator[None]:
    kinds = [(port, method) for port in ports for method in ("GET", "POST")]
    threads = [threading.Thread(target=load.visit, args=kind) for kind in kinds]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(load.seen_since(0)) == len(kinds))
        yield
    finally:
        load.stop.set()
        for thread in threads:
            thread.join(30)


def switch(load: Load, times: int) -> list[tuple[float, float, bool]]:
    """Throw the switch again and again, each time until every visitor has met the new state.

    Gives (switched, next switch begins, on).
    """
    periods = []
    for number in range(times):
        on = number % 2 == 1
        if on:
            assert switching.enable("boats", actor=None)
        else:
            assert switching.disable("boats", actor=None, message="Av")
        switched = time.monotonic()
        until(lambda switched=switched: len(load.seen_since(switched)) == 4)
        periods.append((switched, time.monotonic(), on))
    return periods


def half_states(answers: list[Answer], periods: list[tuple[float, float, bool]]) -> list[Answer]:
    """Answers wholly inside a period that tell of the other state."""
    return [
        answer
        for begin, end, on in periods
        for answer in answers
        if begin < answer.started and answer.ended < end and answer.status not in (OPEN if on else CLOSED)
    ]


def booked_while_off() -> int:
    """Trips whose entry in the trail lies between a switch off and the next switch on."""
    rows = read(text("SELECT name FROM audit_entry ORDER BY at"))
    off, found = False, 0
    for (name,) in rows:
        if name.startswith("pluginhost."):
            off = name.endswith("disabled")
        elif off:
            found += 1
    return found


@pytest.fixture
def processes(boats: Flask, settings: Settings, tmp_path: Path) -> Iterator[Processes]:
    made = Processes(tmp_path / "boats", DATABASE_URL=settings.database_url, BOATS_SECONDS="0.1")
    yield made
    made.end()


@pytest.fixture
def load(boats: Flask) -> Load:
    world = World(boats)
    person = world.person()
    world.grant(person, "coordinator", world.unit("udi"))
    cookie = world.client(person).get_cookie(SESSION_COOKIE)
    assert cookie is not None
    return Load(f"{SESSION_COOKIE}={cookie.value}")


@pytest.mark.crash
def test_fifty_switches_under_load_show_no_half_state(processes: Processes, load: Load) -> None:
    ports = [processes.web(), processes.web()]
    with under_load(load, ports):
        periods = switch(load, 50)
    assert {answer.status for answer in load.answers} == OPEN | CLOSED
    assert half_states(load.answers, periods) == []
    assert booked_while_off() == 0
    booked = sum(answer.status == 303 for answer in load.answers)
    assert booked > 20
    assert scalar(text("SELECT count(*) FROM boats_trip")) == booked
    assert scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'boats.row'")) == booked
    assert scalar(text("SELECT count(*) FROM audit_entry WHERE name = 'boats.trip_booked'")) == booked


@pytest.mark.crash
def test_a_portal_that_remembers_switches_is_caught(processes: Processes, load: Load) -> None:
    ports = [processes.web(), processes.web("tests.plugins_for_tests.stale_wsgi:app")]
    with under_load(load, ports):
        periods = switch(load, 8)
    wrong = half_states(load.answers, periods)
    assert wrong
    assert {answer.port for answer in wrong} == {ports[1]}
