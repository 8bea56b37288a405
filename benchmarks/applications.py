"""Sending an application with two attachments, over HTTP, to the whole portal as `make run` starts it."""

from __future__ import annotations

import os
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx2
import psycopg
from sqlalchemy import insert, literal, select

from benchmarks.portals import session_of
from portal import create_app
from portal.access.models import Assignment
from portal.casework.models import Case
from portal.database import Base, db, read, transaction
from portal.funding.models import Application, ApplicationSite, BudgetLine, Call
from portal.organisations.models import Organisation
from portal.settings import load
from portal.units.models import Site
from portal.web.shell.dispatch import SESSION_COOKIE
from tests.e2e.running import ROOT, Running, started, wait_until
from tests.funding import Grants
from tests.world import World

AT_ONCE = 8
ROUNDS, A_ROUND = 5, 60
WARM_UP = 24
SIZES = (1_000_000, 200_000)
WHOSE = "Elvebakken frivilligsentral"
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
_TABLES = "CREATE TABLE bare_file (content bytea NOT NULL); CREATE TABLE bare_form (text text NOT NULL)"
_COPIED = (Application, ApplicationSite, BudgetLine)


@dataclass
class Side:
    """The portal or what it is compared with: seconds of each form, and how many a second in each round."""

    attached: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    @property
    def whole(self) -> list[float]:
        """Seconds of both forms of each application."""
        return [one + other for one, other in zip(self.attached, self.sent, strict=True)]


def applications() -> None:
    """Send finished drafts, `AT_ONCE` at a time, in turn with the same bytes to a bare receiver."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder, started(Path(folder)) as running:
        drafts, token = _drafts(running, WARM_UP + ROUNDS * A_ROUND)
        with _receiver(running) as bare:
            sides = _measured(_Sender(running.url, token).look(drafts[0]), bare, drafts)
    total = ROUNDS * A_ROUND
    print(
        f"\nan application with two files ({SIZES[0]:,} and {SIZES[1]:,} bytes): {total}, {AT_ONCE} at a time"
    )
    portal, constant = sides
    for name in ("attached", "sent", "whole"):
        _line(name, getattr(portal, name), getattr(constant, name))
    ratios = [one / other for one, other in zip(portal.rates, constant.rates, strict=True)]
    print(
        f"  applications a second: {statistics.median(portal.rates):.1f}, bare"
        f" {statistics.median(constant.rates):.1f}; ratio {statistics.median(ratios):.2f}"
        f" ({min(ratios):.2f}-{max(ratios):.2f})"
    )


def _line(name: str, portal: list[float], bare: list[float]) -> None:
    for label, share in (("median", 0.5), ("p99", 0.99)):
        one, other = (_quantile(times, share) * 1000 for times in (portal, bare))
        print(f"  {name:<9} {label:<7} {one:7.0f} ms, bare {other:6.0f} ms; ratio {other / one:.2f}")


def _quantile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def _measured(portal: _Sender, bare: _Sender, drafts: list[int]) -> tuple[Side, Side]:
    sides = Side(), Side()
    for number in range(-1, ROUNDS):
        count = WARM_UP if number < 0 else A_ROUND
        cases, drafts = drafts[:count], drafts[count:]
        into = sides if number >= 0 else (Side(), Side())
        _round(portal.send, cases, into[0])
        _round(bare.send_bare, cases, into[1])
    return sides


def _round(send: Callable[[int, Side], None], cases: list[int], into: Side) -> None:
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for job in [pool.submit(send, case, into) for case in cases]:
            job.result()
    into.rates.append(len(cases) / (time.perf_counter() - began))


class _Sender:
    """Somebody who sends forms, each on a connection of its own."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.cookie = f"{SESSION_COOKIE}={token}"
        self.csrf = ""
        self.content = [b"%PDF-1.7\n" + random.randbytes(size) for size in SIZES]

    def send(self, case: int, into: Side) -> None:
        """Attach the files and send. Raises `RuntimeError` unless both are accepted."""
        path = f"/barnetilskudd/soknad/{case}"
        with self._client() as client:
            attached = self._post(client, f"{path}/vedlegg", "/skjema/vedlegg", files=True)
            sent = self._post(client, f"{path}/send", "/kvittering", files=False)
        into.attached.append(attached)
        into.sent.append(sent)

    def send_bare(self, _case: int, into: Side) -> None:
        """The same bytes to the bare receiver."""
        with self._client() as client:
            attached = self._post(client, "/", "/", files=True)
            sent = self._post(client, "/", "/", files=False)
        into.attached.append(attached)
        into.sent.append(sent)

    def _client(self) -> httpx2.Client:
        return httpx2.Client(base_url=self.url, timeout=60, headers={"cookie": self.cookie}, trust_env=False)

    def look(self, case: int) -> _Sender:
        """Open the page of attachments once, for the token that every form carries."""
        path = f"/barnetilskudd/soknad/{case}/skjema/vedlegg"
        with self._client() as client:
            answer = client.get(path)
        found = _CSRF.search(answer.text)
        if found is None:
            raise RuntimeError(f"{path}: {answer.status_code}")
        self.csrf = found[1]
        self.cookie += "".join(
            f"; {line.partition(';')[0]}" for line in answer.headers.get_list("set-cookie")
        )
        return self

    def _post(self, client: httpx2.Client, path: str, leads_to: str, *, files: bool) -> float:
        form = {"csrf_token": self.csrf, "idempotency_key": str(uuid4())}
        sent = [("file", (f"vedlegg-{n}.pdf", content)) for n, content in enumerate(self.content)]
        began = time.perf_counter()
        answer = client.post(path, data=form, files=sent if files else None)
        took = time.perf_counter() - began
        if answer.status_code != 303 or not answer.headers["location"].endswith(leads_to):
            raise RuntimeError(f"{path}: {answer.status_code} {answer.headers.get('location', '')}")
        return took


def _drafts(running: Running, count: int) -> tuple[list[int], str]:
    """That many drafts, whole but for attachments, and a login of whoever may send them."""
    app = create_app(load({"PORTAL_ENV": "test", "DATABASE_URL": running.state()["app_url"]}))
    with app.app_context():
        owner = read(select(Organisation.unit_id).where(Organisation.name == WHOSE))[0].unit_id
        held = select(Assignment.person_id).where(Assignment.unit_id == owner, Assignment.role == "leader")
        leader = read(held)[0].person_id
        made = Grants(World(app), {"leader": leader}, owner_id=owner)
        made.call_id = read(select(Call.id).order_by(Call.id.desc()))[0].id
        made.sites = {"sor": read(select(Site.unit_id).order_by(Site.unit_id))[0].unit_id}
        drafts, token = _copies(made.draft(), count), session_of(leader)
        for engine in db.engines.values():
            engine.dispose()
    return drafts, token


def _copies(draft: int, count: int) -> list[int]:
    with transaction() as session:
        columns = [one for one in Case.__table__.columns if one.name != "id"]
        one = insert(Case).from_select(
            [column.name for column in columns], select(*columns).where(Case.id == draft)
        )
        ids = [session.execute(one.returning(Case.id)).scalar_one() for _ in range(count)]
        for case_id in ids:
            for table in _COPIED:
                session.execute(_copy(table, draft, case_id))
    return ids


def _copy(table: type[Base], draft: int, case_id: int) -> object:
    columns = {column.name: column for column in table.__table__.columns if column.name != "id"}
    case = columns.pop("case_id")
    values = select(literal(case_id), *columns.values()).where(case == draft)
    return insert(table).from_select(["case_id", *columns], values)


@contextmanager
def _receiver(running: Running) -> Iterator[_Sender]:
    """The bare receiver, on the same database server, with as many workers and threads as the portal."""
    state = running.state()
    owner, app = (state[name].replace("+psycopg", "") for name in ("owner_url", "app_url"))
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(_TABLES)
        connection.execute("GRANT INSERT ON bare_file, bare_form TO portal_app")
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    flags = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error")
    flags += ("--workers", "2", "--blocking-threads", "8", "--no-ws")
    command = [sys.executable, "-m", "granian", "benchmarks.bare_receiver:app", *flags]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": app})
    try:
        sender = _Sender(f"http://127.0.0.1:{port}", secrets.token_urlsafe(32))
        wait_until(lambda: _answers(sender.url), 30)
        yield sender
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz", trust_env=False).status_code == 200
    except httpx2.TransportError:
        return False
