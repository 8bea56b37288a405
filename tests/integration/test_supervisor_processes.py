"""The supervisor with small stand-in commands: what is killed comes back, and nothing survives an end."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from portal.supervisor import guard
from portal.supervisor.spawn import die_with_parent

ROOT = Path(__file__).resolve().parents[2]

# Two commands like a web server that forks workers, over a real database. When asked to end,
# each stores a goodbye, which only works while the database still answers.
DRIVER = """
import dataclasses, os, sys
from pathlib import Path
from portal.supervisor.runstate import RunState
from portal.supervisor.services import Command, Database
from portal.supervisor.supervisor import Supervisor

folder = Path(sys.argv[1])
state = RunState(folder)
state.take()
say = lambda text: print(text, flush=True)
with Supervisor(say, lambda pids: state.update(processes=pids), [state.lock]) as it:
    database = Database.prepared(folder)
    it.start([database])
    it.wait_ready(30)
    url = database.cluster.owner_url.replace("+psycopg", "")
    told = {**os.environ, "URL": url}
    state.update(base_url="http://127.0.0.1:1", app_url=url, owner_url=url)
    forking = [sys.executable, "-c", os.environ["FORKING"]]
    it.start([Command(name, (*forking, name), told, folder) for name in ("first", "second")])
    it.wait_ready(30)
    print("ready", flush=True)
    it.watch()
state.give_up()
"""
FORKING = """
import os, signal, sys, time
import psycopg

def goodbye(number, frame):
    with psycopg.connect(os.environ["URL"]) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        connection.execute("CREATE TABLE IF NOT EXISTS goodbye (name text)")
        connection.execute("INSERT INTO goodbye VALUES (%s)", [sys.argv[1]])
    os._exit(0)

signal.signal(signal.SIGTERM, goodbye)
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
while True:
    time.sleep(60)
"""


@dataclass
class Run:
    """A supervisor under test, in its folder, with the mark its processes carry."""

    folder: Path
    mark: str
    process: subprocess.Popen[str]

    def state(self) -> dict[str, object]:
        return json.loads((self.folder / "run.json").read_text())

    def pid(self, name: str) -> int:
        numbers = self.state()["processes"]
        assert isinstance(numbers, dict)
        return int(numbers[name])

    def processes(self) -> set[int]:
        """Live processes of the run: by the mark they inherited, or PostgreSQL's by its folder."""
        return {int(entry.name) for entry in Path("/proc").glob("[0-9]*") if self._mine(entry)}

    def group(self, name: str) -> set[int]:
        """The processes of one command: itself and its fork."""
        leader = self.pid(name)
        return {pid for pid in self.processes() if _group(pid) == leader}

    def _mine(self, entry: Path) -> bool:
        try:
            if (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return False
            inherited = self.mark.encode() in (entry / "environ").read_bytes()
            return inherited or (entry / "cwd").readlink().is_relative_to(self.folder)
        except OSError:
            return False


def _killed(pids: set[int]) -> set[int]:
    """Kill processes, some of which may end by themselves meanwhile. Gives them back."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return pids


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for a condition; fail the test when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come"
        time.sleep(0.02)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that PostgreSQL's own user can reach, unlike pytest's."""
    path = Path(tempfile.mkdtemp(prefix="portal-supervisor-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[[], Run]]:
    """Start a run in the folder; what is left at the end is killed."""
    runs: list[Run] = []

    def begin() -> Run:
        mark = f"SUPERVISED_{uuid.uuid4().hex}"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "FORKING": FORKING, mark: "1"}
        command = [sys.executable, "-c", DRIVER, str(folder)]
        with (folder / "output").open("w") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                stdout=output,
                stderr=output,
                text=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        run = Run(folder, mark, process)
        runs.append(run)
        until(lambda: "ready" in (folder / "output").read_text().splitlines() or process.poll() is not None)
        assert process.poll() is None, (folder / "output").read_text()
        until(lambda: len(run.group("first")) == len(run.group("second")) == 2)
        return run

    yield begin
    for run in runs:
        run.process.kill()
        run.process.wait()
        until(lambda run=run: not _killed(run.processes()))


def goodbyes(run: Run) -> set[str]:
    """The goodbyes stored so far."""
    with psycopg.connect(str(run.state()["app_url"])) as connection:
        if connection.execute("SELECT to_regclass('goodbye')").fetchone() == (None,):
            return set()
        return {row[0] for row in connection.execute("SELECT name FROM goodbye")}


@pytest.mark.crash
def test_a_killed_process_comes_back_and_its_own_children_do_not_linger(start: Callable[[], Run]) -> None:
    run = start()
    for _ in range(3):
        killed, group = run.pid("first"), run.group("first")
        assert len(group) == 2, "the control: the command and its fork are both seen"
        os.kill(killed, signal.SIGKILL)
        until(lambda group=group: len(run.group("first") - group) == 2)
        assert not group & run.processes()
    assert run.pid("second") in run.processes()
    assert "first was killed (SIGKILL); starting again" in (run.folder / "output").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_asked_for_end_ends_every_process_with_the_database_last(
    start: Callable[[], Run], number: signal.Signals
) -> None:
    run = start()
    assert len(run.processes()) > 6, "the control: supervisor, guard, two commands with forks, PostgreSQL"
    assert goodbyes(run) == set()
    run.process.send_signal(number)
    assert run.process.wait(20) == 0
    assert not run.processes()
    assert not (run.folder / "run.json").exists()
    assert goodbyes(start()) == {"first", "second"}


@pytest.mark.crash
def test_a_killed_supervisor_leaves_no_process_and_starts_again(start: Callable[[], Run]) -> None:
    run = start()
    with psycopg.connect(str(run.state()["app_url"])) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    for _ in range(2):
        before = run.processes()
        run.process.kill()
        run.process.wait()
        assert before & run.processes(), "the control: at once, some are still there"
        run = start()
        assert not before & run.processes(), "the new run waited for the rest of the old"
        with psycopg.connect(str(run.state()["app_url"])) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    run.process.kill()
    until(lambda: not run.processes())


@pytest.mark.crash
def test_killed_databases_lose_nothing_acknowledged(start: Callable[[], Run]) -> None:
    run = start()
    url = str(run.state()["app_url"])
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE written (number bigint PRIMARY KEY)")
    acknowledged: list[int] = []
    for round_ in range(4):
        postmaster, killed = run.pid("postgresql"), False
        idle = _connect(url)  # a session whose process sees the postmaster's death late
        while run.pid("postgresql") == postmaster or len(acknowledged) < 50 * (round_ + 1):
            if not killed and len(acknowledged) >= 50 * round_ + 25:
                os.kill(postmaster, signal.SIGKILL)
                killed = True
            _write(url, acknowledged)
        idle.close()
    with _connect(url) as connection:
        stored = {row[0] for row in connection.execute("SELECT number FROM written")}
    assert len(acknowledged) >= 200
    assert set(acknowledged) <= stored


def _connect(url: str) -> psycopg.Connection:
    deadline = time.monotonic() + 20
    while True:
        try:
            return psycopg.connect(url)
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def _write(url: str, acknowledged: list[int]) -> None:
    """Write one row in a session of its own; note its number when the database says it is stored."""
    number = time.monotonic_ns()
    try:
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO written VALUES (%s)", [number])
    except psycopg.OperationalError:
        time.sleep(0.01)
        return
    acknowledged.append(number)


@pytest.mark.crash
def test_the_guard_kills_a_group_that_will_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PATIENCE_SECONDS", 0.3)
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(99)"
    with subprocess.Popen(
        [sys.executable, "-c", stubborn], start_new_session=True, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert guard.alive(process.pid)
        guard.end([process.pid])
        assert process.wait(5) == -signal.SIGKILL
    assert not guard.alive(process.pid)
