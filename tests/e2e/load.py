"""People at work in the portal over HTTP while its processes are killed; a journal of what they are told.

A person follows one rule: when the connection breaks or the portal answers 5xx, the very same form, with the
very same key, is sent again. What the portal has answered with a redirect is acknowledged.
"""

from __future__ import annotations

import http.client
import itertools
import re
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
REGISTRATION = re.compile(r"/registrer/(\d+)$")
APPLICATION = re.compile(r"/barnetilskudd/soknad/(\d+)/skjema$")
PAGES = {
    "barna": {"target_group": "Barn 6–12 år", "children": "24", "area": "Larvik"},
    "plan": {"plan": "Ti onsdager i svømmehallen."},
    "mottak": {"site_contact": "Vi har snakket med mottaket om tid og sted."},
    "erfaring": {"qualifications": "Vi har drevet svømmekurs i ti år."},
    "sum": {"amount": "48500", "own_contribution": "5000"},
    "kontakt": {"contact_name": "Amina Warsame", "contact_email": "amina@example.no"},
    "budsjett": {
        "cost-0-post": "rent",
        "cost-0-text": "Svømmehall",
        "cost-0-amount": "53500",
        "income-0-post": "own",
        "income-0-text": "Dugnad",
        "income-0-amount": "5000",
    },
}
SECONDS_OF_PATIENCE = 90.0  # for one form: longer, and the portal has not come back by itself
SECONDS_FOR_AN_ANSWER = 15.0


@dataclass(frozen=True)
class Answer:
    """What the portal said: its status, where it sends one, the page."""

    status: int
    location: str
    page: str


@dataclass
class Journal:
    """Everything acknowledged, by the id it was acknowledged with; `complaints` is what should not be said.

    `begun` and `drafted` tell by idempotency key which registration, application or appeal came of a form.
    """

    begun: dict[str, int] = field(default_factory=dict)
    drafted: dict[str, int] = field(default_factory=dict)
    saved: dict[int, str] = field(default_factory=dict)
    written: dict[int, str] = field(default_factory=dict)
    applied: set[int] = field(default_factory=set)
    sent: set[int] = field(default_factory=set)
    asked: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    acknowledged: int = 0
    repeated: int = 0
    complaints: list[str] = field(default_factory=list)


class GivenUp(Exception):
    """The portal did not do what was asked; the journal says how."""


class Browser:
    """One person's browser: a cookie jar, and a new connection for every request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.token = ""

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None, port: int = 0) -> Answer:
        """Send one request. Raises `OSError` or `HTTPException` when the connection breaks."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=SECONDS_FOR_AN_ANSWER)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            body = urlencode(form) if form is not None else None
            connection.request(method, path, body, {**headers, "Connection": "close"})
            answer = connection.getresponse()
            page = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return Answer(answer.status, answer.headers.get("Location", ""), page)

    def log_in(self, persona: str) -> None:
        """Log in as a persona through the demo provider."""
        self._take_token("/logg-inn")
        away = self.ask("POST", "/logg-inn/start/stub", {"csrf_token": self.token, "next": ""}).location
        there = urlsplit(away)
        back = Browser(there.port or 0).ask("GET", f"{there.path}?{there.query}&persona={persona}")
        here = urlsplit(back.location)
        home = self.ask("GET", f"{here.path}?{here.query}")
        assert home.location.endswith("/min-side"), home
        self._take_token("/logg-ut")

    def _take_token(self, page: str) -> None:
        found = CSRF.search(self.ask("GET", page).page)
        assert found, f"{page} has no form"
        self.token = found[1]


class Person:
    """One person at work. Every step is one form, sent until it is acknowledged."""

    def __init__(self, load: Load, persona: str) -> None:
        self.load, self.journal, self.persona = load, load.journal, persona
        self.browser = Browser(load.port)
        self.browser.log_in(persona)
        self.open_numbers: list[tuple[str, int]] = []
        self.thrown_out = False

    def send(
        self, path: str, form: Mapping[str, str], leads_to: str | re.Pattern[str], *, moved: int = 0
    ) -> str:
        """Send a form until the portal acknowledges it. Raises `GivenUp`, with a complaint, else.

        `moved` is the status of "this page was saved since": nobody else writes here, so a form sent
        again that is told so was stored the first time.
        """
        form = {"csrf_token": self.browser.token, **form}
        deadline = time.monotonic() + SECONDS_OF_PATIENCE
        for attempt in itertools.count():
            answer = self._try(path, form)
            if answer is not None and answer.status == 303 and re.search(leads_to, answer.location):
                self.load.acknowledge(attempt)
                return answer.location
            if answer is not None and attempt and answer.status == moved:
                self.load.acknowledge(attempt)
                return ""
            self.thrown_out = answer is not None and answer.location.startswith("/logg-inn")
            if answer is not None and answer.status < 500:
                raise self._give_up(f"{path}: {answer.status} {answer.location or answer.page[-300:]}")
            if time.monotonic() > deadline:
                raise self._give_up(f"{path}: not acknowledged in {SECONDS_OF_PATIENCE:.0f} seconds")
            time.sleep(0.05)
        raise AssertionError

    def _try(self, path: str, form: Mapping[str, str]) -> Answer | None:
        sent, began = self.load.leaves(path), time.monotonic()
        try:
            answer = self.browser.ask("POST", path, form)
            self.load.took.append(time.monotonic() - began)
        except (OSError, http.client.HTTPException):
            answer = None
        if answer is None or answer.status >= 500:
            self.load.broken.add(sent)
        del self.load.on_the_way[sent]
        return answer

    def _give_up(self, complaint: str) -> GivenUp:
        self.journal.complaints.append(f"{self.persona} {complaint}")
        return GivenUp(complaint)

    def go_on(self) -> None:
        """After something went wrong, which stands in the journal: log in again if thrown out."""
        if self.thrown_out:
            self.browser = Browser(self.load.port)
            with suppress(OSError, http.client.HTTPException, AssertionError):
                self.browser.log_in(self.persona)

    def looked_up(self, registration: int) -> bool:
        """Whether the register's answer stands on the page; also false while the portal is away."""
        try:
            return self.browser.ask("GET", f"/registrer/{registration}/oppslag").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def register_a_group(self) -> None:
        """Begin, save, send, read the notices, withdraw: a registration from end to end."""
        made = self.begin("/registrer", who="group")
        if self.load.only_begin:
            self.withdraw(made, version=1)
            return
        where, mark = f"/registrer/{made}", uuid4().hex
        details = {"name": f"Prøvelaget {mark[:6]}", "email": "post@example.no", "level": "national"}
        self.send(where, {**details, "version": "1", "purpose": mark}, f"{where}/send$", moved=200)
        self.journal.saved[made] = mark
        self.send(f"{where}/send", {"version": "2", "role": "chair", "accept": "y"}, f"{where}/kvittering$")
        self.journal.sent.add(made)
        self.send("/varsler/lest", {}, "/varsler$")
        self.journal.read.add(made)
        self.withdraw(made, version=3)

    def register_a_number(self, numbers: list[str]) -> None:
        """Begin with a number, which a job looks up; begun with every number, withdraw the oldest first."""
        taken = {number for number, _made in self.open_numbers}
        free = [number for number in numbers if number not in taken]
        if not free:
            number, made = self.open_numbers[0]
            if not self.looked_up(made):
                return
            self.withdraw(made, version=1)
            self.open_numbers.pop(0)
            free = [number]
        made = self.begin("/registrer/nummer", number=free[0])
        self.open_numbers.append((free[0], made))
        self.journal.asked.add(made)

    def tidy(self) -> None:
        """Withdraw what is open, so that the next load can begin with the same numbers."""
        deadline = time.monotonic() + SECONDS_OF_PATIENCE
        for _number, made in self.open_numbers:
            while not self.looked_up(made) and time.monotonic() < deadline:
                time.sleep(0.05)
            self.withdraw(made, version=1)

    def begin(self, path: str, **form: str) -> int:
        """Begin a registration under a new key; gives its id."""
        key = str(uuid4())
        location = self.send(path, {**form, "idempotency_key": key}, REGISTRATION)
        made = int(REGISTRATION.search(location)[1])  # type: ignore[index]
        self.journal.begun[key] = made
        return made

    def withdraw(self, made: int, *, version: int) -> None:
        """Take a registration back."""
        self.send(f"/registrer/{made}/trekk", {"version": str(version)}, f"/registrer/{made}$")
        self.journal.withdrawn.add(made)

    def apply(self, call: int, owner: int, site: int) -> int:
        """Begin an application, write every page of it, send it; gives its case id."""
        key, mark = str(uuid4()), uuid4().hex
        form = {"owner": str(owner), "kind": "voluntary", "idempotency_key": key}
        location = self.send(f"/barnetilskudd/utlysning/{call}/sok", form, APPLICATION)
        made = int(APPLICATION.search(location)[1])  # type: ignore[index]
        self.journal.drafted[key] = made
        if self.load.only_begin:
            return made
        case = f"/barnetilskudd/soknad/{made}"
        for code, answers in {**PAGES, "maal": {"title": "Svømmekurs", "goal": mark}}.items():
            typed = {**answers, "sites_0": str(site)} if code == "barna" else answers
            form = {"version": "0", "later": "y", **typed}
            self.send(f"{case}/skjema/{code}", form, f"{case}/skjema$", moved=409)
        self.journal.written[made] = mark
        self.send(f"{case}/send", {"idempotency_key": str(uuid4())}, f"{case}/kvittering$")
        self.journal.applied.add(made)
        return made


@dataclass
class Load:
    """People at work at the same time, until told to stop; each finishes the form in hand.

    `on_the_way` holds the path of each form that waits for its answer, `broken` those that got none;
    `took` the seconds that the latest answers took.
    """

    port: int
    numbers: list[str] = field(default_factory=list)
    call: int = 0
    owner: int = 0
    site: int = 0
    only_begin: bool = False
    journal: Journal = field(default_factory=Journal)
    on_the_way: dict[int, str] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)
    took: deque[float] = field(default_factory=lambda: deque(maxlen=20))
    _sent: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    def leaves(self, path: str) -> int:
        """A form is sent to `path`; gives its number among all sendings."""
        number = next(self._sent)
        self.on_the_way[number] = path
        return number

    def acknowledge(self, repetitions: int) -> None:
        """Count a form as acknowledged, and how often it had to be sent again."""
        with self._lock:
            self.journal.acknowledged += 1
            self.journal.repeated += repetitions

    @contextmanager
    def at_work(self, personas: tuple[str, ...], applicant: str = "") -> Iterator[None]:
        """Have these people work while the block runs; `applicant` applies, the others register."""
        people: list[tuple[Person, Any]] = [(Person(self, one), self._register) for one in personas]
        if applicant:
            people.append((Person(self, applicant), self._apply))
        with self.working(people):
            yield

    @contextmanager
    def working(self, people: Sequence[tuple[Any, Any]]) -> Iterator[None]:
        """Have each of `people` (with `tidy` and `go_on`) take step after step while the block runs."""
        threads = [threading.Thread(target=self._work, args=one, daemon=True) for one in people]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join(SECONDS_OF_PATIENCE + SECONDS_FOR_AN_ANSWER)
            assert not any(thread.is_alive() for thread in threads)

    def _work(self, person: Any, step: Any) -> None:
        try:
            for turn in itertools.count():
                if self._ended.is_set():
                    return person.tidy()
                try:
                    step(person, turn)
                except GivenUp:
                    person.go_on()
        except Exception as error:
            self.journal.complaints.append(f"{person.persona}: {error!r}")

    def _register(self, person: Person, turn: int) -> None:
        if turn % 2 and not self.only_begin:
            person.register_a_number(self.numbers)
        else:
            person.register_a_group()

    def _apply(self, person: Person, _turn: int) -> None:
        person.apply(self.call, self.owner, self.site)
