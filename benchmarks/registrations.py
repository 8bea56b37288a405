"""Registrations a second through HTTP: the whole portal as `make run` starts it, its register slow."""

from __future__ import annotations

import json
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
from flask import Flask, Response
from sqlalchemy import create_engine, insert, text
from stdnum.no import orgnr

from benchmarks.portals import session_of
from portal import create_app
from portal.database import db, transaction
from portal.identity.models import Person
from portal.settings import load
from portal.web.shell.dispatch import SESSION_COOKIE
from tests.e2e.running import Running, started, wait_until
from tests.stubs.registers import answers
from tests.stubs.server import Handle, bind

PEOPLE, AT_ONCE = 100, 8
WARM_UP = 24
REGISTER_SECONDS = 0.2
LOOKED_UP_WITHIN = 90.0
DETAILS = {"email": "b@example.no", "level": "local", "municipality": "3909", "activities": "children"}
_HIDDEN = {
    name: re.compile(rf'name="{name}"[^>]*value="([^"]*)"')
    for name in ("csrf_token", "idempotency_key", "version")
}


class _Register:
    """A register that knows everybody, and takes `seconds` for each answer."""

    seconds = 0.0

    def app(self) -> Flask:
        """The register as an application."""
        app = Flask("register", static_folder=None)
        answers_at = {
            "/enheter/<number>": answers.unit,
            "/enheter/<number>/roller": answers.roles,
            "/frivillige-organisasjoner/<number>": answers.voluntary,
        }
        for rule, answer in answers_at.items():
            app.add_url_rule(rule, rule, self._slowly(answer))
        return app

    def _slowly(self, answer: Callable[[answers.Row], answers.Row]) -> Callable[[str], Response]:
        def view(number: str) -> Response:
            threading.Event().wait(self.seconds)
            return Response(json.dumps(answer(_row(number))), mimetype="application/json")

        return view


def registrations() -> None:
    """Let people register, `AT_ONCE` at a time: once with a quick register, once with a slow one."""
    register = _Register()
    with (
        tempfile.TemporaryDirectory(prefix="portal-bench-") as folder,
        Handle(bind(register.app())) as handle,
    ):
        told = {"PORTAL_ENHETSREGISTERET": handle.url, "PORTAL_FRIVILLIGHETSREGISTERET": handle.url}
        with started(Path(folder), **told) as running:
            sessions, numbers = _people(running.state()), _numbers()
            _everybody(running, [(next(numbers), sessions.pop()) for _ in range(WARM_UP)])
            print(f"\nregistrations through HTTP: {PEOPLE} people, {AT_ONCE} at a time, three forms each")
            rates = []
            for register.seconds in (0.0, REGISTER_SECONDS):
                people = [(next(numbers), sessions.pop()) for _ in range(PEOPLE)]
                rates.append(_round(running, people, register.seconds))
    print(f"  with the slow register as a ratio to the quick one: {rates[1] / rates[0]:.2f}")


def _round(running: Running, people: list[tuple[str, str]], seconds: float) -> float:
    """Everybody registers; gives registrations a second, and prints what came of it."""
    began = time.perf_counter()
    times = _everybody(running, people)
    rate = len(times) / (time.perf_counter() - began)
    behind = _until_looked_up(running)
    sent = sorted(one["send"] for one in times)
    print(
        f"  register answers in {seconds * 1000:3.0f} ms: {rate:5.1f} a second; accepted in"
        f" {statistics.median(sent) * 1000:.0f} ms (median), {sent[-1] * 1000:.0f} ms (slowest);"
        f" every look-up done {behind:.1f} s after the last"
    )
    return rate


def _everybody(running: Running, people: list[tuple[str, str]]) -> list[dict[str, float]]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(_register_one, running, *one) for one in people]
        return [job.result() for job in jobs]


def _row(number: str) -> answers.Row:
    return {
        "number": number,
        "name": f"Benk {number}",
        "form": "FLI",
        "municipality": "3909",
        "voluntary": True,
        "icnpo": [],
    }


def _numbers() -> Iterator[str]:
    """Valid numbers, each its own; one in eleven beginnings has none."""
    for beginning in range(81_000_000, 82_000_000):
        yield from (number for last in range(10) if orgnr.is_valid(number := f"{beginning}{last}"))


def _people(state: dict[str, str]) -> list[str]:
    """Persons who are logged in already: their cookies."""
    app = create_app(load({"PORTAL_ENV": "test", "DATABASE_URL": state["app_url"]}))
    with app.app_context():
        with transaction() as session:
            rows = [
                {"name": f"Benk {n}", "email": f"benk{n}@example.no"} for n in range(2 * PEOPLE + WARM_UP)
            ]
            ids = session.execute(insert(Person).returning(Person.id), rows).scalars().all()
        tokens = [session_of(person_id) for person_id in ids]
        for engine in db.engines.values():
            engine.dispose()
    return tokens


class _Browser:
    """One person's browser: keeps cookies, also those that other clients hold back on plain HTTP."""

    def __init__(self, running: Running, token: str) -> None:
        self.client = httpx2.Client(base_url=running.url, timeout=30)
        self.cookies = {SESSION_COOKIE: token}
        self.took: dict[str, float] = {}

    def get(self, path: str) -> str:
        """Open a page; gives its source. Raises for anything but 200."""
        answer = self._kept(self.client.get(path, headers=self._headers()))
        answer.raise_for_status()
        return answer.text

    def send(self, path: str, form: dict[str, str], name: str) -> str:
        """Fill in the form of a page and send it; gives where it leads. Raises `RuntimeError` if refused."""
        page = self.get(path)
        hidden = {key: found[1] for key, pattern in _HIDDEN.items() if (found := pattern.search(page))}
        began = time.perf_counter()
        answer = self._kept(self.client.post(path, data={**hidden, **form}, headers=self._headers()))
        self.took[name] = time.perf_counter() - began
        if answer.status_code != 303:
            raise RuntimeError(f"{path}: {answer.status_code}")
        return str(answer.headers["location"])

    def _headers(self) -> dict[str, str]:
        return {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _kept(self, answer: httpx2.Response) -> httpx2.Response:
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


def _register_one(running: Running, number: str, token: str) -> dict[str, float]:
    """Fill in and send the three forms; gives how long each of them took to be accepted, in seconds."""
    browser = _Browser(running, token)
    here = browser.send("/registrer/nummer", {"number": number}, "number")
    browser.send(f"{here}?fyll-ut=1", {**DETAILS, "name": f"Benk {number}"}, "details")
    last = browser.send(f"{here}/send", {"role": "chair", "accept": "y"}, "send")
    browser.client.close()
    if not last.endswith("/kvittering"):
        raise RuntimeError(f"{number} was not accepted: {last}")
    return browser.took


def _until_looked_up(running: Running) -> float:
    """Seconds until no registration waits for the register any more."""
    engine = create_engine(running.state()["app_url"])
    waiting = text("SELECT count(*) FROM registration WHERE name LIKE 'Benk%' AND lookup = 'waiting'")

    def done() -> bool:
        with engine.connect() as connection:
            return connection.execute(waiting).scalar_one() == 0

    began = time.perf_counter()
    wait_until(done, LOOKED_UP_WITHIN)
    engine.dispose()
    return time.perf_counter() - began
