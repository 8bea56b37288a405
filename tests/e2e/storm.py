"""Killing the portal's processes one at a time, and a portal that can be started again in the same folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.e2e.crash_checks import Before, before, settled
from tests.e2e.load import Load
from tests.e2e.running import ROOT, START_SECONDS, free_base, wait_until

SECONDS_TO_COME_BACK = 60.0
WRITES_BETWEEN = 10  # acknowledged between one kill and the next: it works again, without help


PERSONAS = ("kari", "ola", "elin")
APPLICANT, HER_ORGANISATION = "amina", "311094688"
REGISTER = ROOT / "tests" / "stubs" / "registers" / "organisations.toml"


@dataclass
class Portal:
    """A portal in a folder, on the same ports each time it is started."""

    folder: Path
    module: str = "portal.run"
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_base)
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Start the supervisor without waiting for anything."""
        told = {k: v for k, v in os.environ.items() if not k.startswith(("PORTAL_", "DATABASE_"))}
        told |= {"PORT": str(self.port), "DATA_DIR": str(self.folder), **self.environment}
        with (self.folder / "run.log").open("ab") as out:
            command = [sys.executable, "-m", self.module]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=told, stdout=out, stderr=out, start_new_session=True
            )

    def wait_ready(self) -> None:
        """Wait until it answers; fails with the end of its log."""
        wait_until(self.ready, START_SECONDS, self.tail)

    def ready(self) -> bool:
        """Whether it says that it can serve."""
        assert self.process.poll() is None, f"the portal ended: {self.tail()}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def tail(self) -> str:
        """The end of what its processes said."""
        return (self.folder / "run.log").read_text()[-4000:]

    def state(self) -> dict[str, Any]:
        """What the supervisor wrote down; empty while none runs."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "run.json").read_text())
        except (OSError, ValueError):
            return {}
        return found

    def stop(self) -> None:
        """End it as one does, and remove its database, which for root is kept outside the folder."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree((self.folder / "postgres").resolve(), ignore_errors=True)

    @property
    def url(self) -> str:
        """Address of the database, as the application."""
        return self._address("app_url")

    @property
    def owner_url(self) -> str:
        """Address of the database, as its owner."""
        return self._address("owner_url")

    def _address(self, name: str) -> str:
        return str(self.state()[name]).replace("+psycopg", "")

    def pid(self, name: str) -> int:
        """The process of one service now; 0 while there is none."""
        return int(self.state().get("processes", {}).get(name, 0))


@contextmanager
def portal(
    folder: Path, *, module: str = "portal.run", environment: dict[str, str] | None = None
) -> Iterator[Portal]:
    """A portal that answers, until the block ends."""
    made = Portal(folder, module, environment or {})
    made.start()
    try:
        made.wait_ready()
        yield made
    finally:
        made.stop()


@contextmanager
def people_at_work(portal: Portal, *, only_begin: bool = False) -> Iterator[tuple[Load, Before]]:
    """Three who register and one who applies, while the block runs; gives their load and where ids stood.

    They begin when nothing waits any more of what was done before.
    """
    wait_until(lambda: settled(portal.url), START_SECONDS, portal.tail)
    with psycopg.connect(portal.url) as connection:
        taken = {row[0] for row in connection.execute("SELECT number FROM organisation")}
        call, owner, site = connection.execute(PLACES, [HER_ORGANISATION]).fetchone() or (0, 0, 0)
    rows = tomllib.loads(REGISTER.read_text(encoding="utf-8"))["organisation"]
    free = [row["number"] for row in rows if row["number"] not in taken][:20]
    load, begin = Load(portal.port, free, call, owner, site, only_begin), before(portal.url)
    with load.at_work(PERSONAS, APPLICANT):
        yield load, begin


PLACES = """
    SELECT (SELECT max(id) FROM funding_call), (SELECT unit_id FROM organisation WHERE number = %s),
           (SELECT min(unit_id) FROM site)
"""


def alive(pid: int) -> bool:
    """Whether a process exists and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def web_workers(portal: Portal) -> set[int]:
    """The web server's worker processes."""
    main = portal.pid("web")
    try:
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    except OSError:
        return set()
    return {int(child) for child in children if alive(int(child))}


def a_web_worker(portal: Portal) -> int:
    """The web worker that has run longest."""
    workers = web_workers(portal)
    return min(workers) if len(workers) == 2 else 0


def service(name: str) -> Callable[[Portal], int]:
    """The process of one service."""
    return lambda portal: portal.pid(name)


def a_backend(portal: Portal) -> int:
    """A database session of the portal's that is in the middle of a transaction."""
    deadline = time.monotonic() + SECONDS_TO_COME_BACK
    while time.monotonic() < deadline:
        found = asked(portal.url, IN_TRANSACTION)
        if found:
            return int(found[0])
    return 0


IN_TRANSACTION = """
    SELECT pid FROM pg_stat_activity
     WHERE usename = 'portal_app' AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL LIMIT 1
"""
IN_HAND = "SELECT id FROM procrastinate_jobs WHERE status = 'doing' LIMIT 1"


def asked(url: str, statement: str) -> tuple[object, ...] | None:
    """The first row of a statement, asked for a second; None without one, or without a database."""
    deadline = time.monotonic() + 1
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=2) as connection:
            while time.monotonic() < deadline:
                row = connection.execute(statement).fetchone()
                if row is not None:
                    return row
    except psycopg.OperationalError:
        time.sleep(0.05)
    return None


def kill(portal: Portal, load: Load, find: Callable[[Portal], int]) -> int:
    """Kill one process with forms on their way, once enough was acknowledged since the last; gives its id.

    The worker is killed with a job in hand.
    """
    enough = load.journal.acknowledged + WRITES_BETWEEN
    wait_until(lambda: load.journal.acknowledged >= enough, SECONDS_TO_COME_BACK, portal.tail)
    wait_until(lambda: alive(find(portal)), SECONDS_TO_COME_BACK, portal.tail)
    pid = find(portal)
    if pid == portal.pid("worker"):
        asked(portal.url, IN_HAND)
    elif find is not a_backend:
        _wait_for_forms(load)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid), 5)
    return pid


def _wait_for_forms(load: Load) -> None:
    deadline = time.monotonic() + 5
    while not load.on_the_way and time.monotonic() < deadline:
        time.sleep(0.001)


def kill_supervisor(portal: Portal, load: Load) -> float:
    """Kill the supervisor and start another in the same folder; gives the seconds until it answers."""
    kill(portal, load, lambda one: one.process.pid)
    portal.process.wait(5)
    began = time.monotonic()
    portal.start()
    portal.wait_ready()
    return time.monotonic() - began
