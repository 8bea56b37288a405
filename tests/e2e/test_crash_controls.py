"""The crash tests can fail: with one guarantee taken out, the same kills and the same checks find it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.e2e import staff_storm, storm
from tests.e2e.broken_app import BROKEN, LATE
from tests.e2e.crash_checks import Check, Found, settled
from tests.e2e.running import wait_until
from tests.e2e.staff_checks import StaffCheck
from tests.e2e.storm import Portal
from tests.stubs import mail
from tests.stubs.mail import MailHandle

ROUNDS = 12
ON_DISK = "a commit is on disk"

pytestmark = pytest.mark.crash


Strike = Callable[[Portal, Any], object]
WEB_WORKER: Strike = partial(storm.kill, find=storm.a_web_worker)
WORKER: Strike = partial(storm.kill, find=storm.service("worker"))
POSTGRESQL: Strike = partial(storm.kill, find=storm.service("postgresql"))


@dataclass(frozen=True)
class Broken:
    """A guarantee, the kill that shows it missing, and among which faults that shows."""

    guarantee: str
    victim: str
    strike: Strike
    shows: Callable[[Found], list[str]]


BREAKAGES = [
    Broken("stored before acknowledged", "web worker", WEB_WORKER, lambda found: found.lost),
    Broken("stored before acknowledged", "supervisor", storm.kill_supervisor, lambda found: found.lost),
    Broken("a form acts once", "web worker", WEB_WORKER, lambda found: found.doubled),
    Broken("a job has its effect once", "worker", WORKER, lambda found: found.doubled),
    Broken(ON_DISK, "database server", POSTGRESQL, lambda found: found.lost),
]


def in_the_middle(doing: str) -> Strike:
    """Kill the web server in the middle of it."""
    return partial(staff_storm.kill_in_the_middle, find=storm.service("web"), doing=doing)


def just_after(done: str) -> Strike:
    """Kill the web server as soon as somebody is told that it is done."""
    return partial(staff_storm.kill_after, find=storm.service("web"), done=done)


STAFF_BREAKAGES = [
    *(
        Broken(guarantee, done, just_after(done), lambda found: found.lost)
        for guarantee, done in zip(LATE, ("decided", "appealed", "paid"), strict=True)
    ),
    Broken("a decision is one transaction", "deciding", in_the_middle("deciding"), lambda found: found.lost),
    Broken("a payment moves once", "paying", in_the_middle("paying"), lambda found: found.doubled),
    Broken(
        "a letter is ordered with its decision",
        "deciding",
        in_the_middle("deciding"),
        lambda found: found.undone,
    ),
    Broken(
        "a mail keeps its id", "over a letter", staff_storm.kill_over_a_letter, lambda found: found.doubled
    ),
]
SHORT = "a decision is one transaction"


@pytest.fixture(scope="module")
def catcher() -> Iterator[MailHandle]:
    """Where mail is delivered."""
    with mail.start() as handle:
        yield handle


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory, catcher: MailHandle) -> Iterator[Portal]:
    """The breakable portal under the real supervisor."""
    told = {"PORTAL_MAIL_PORT": str(catcher.smtp_port), "PORTAL_RESCUE_AFTER": "2"}
    folder = tmp_path_factory.mktemp("controls")
    with storm.portal(folder, module="tests.e2e.broken_app", environment=told) as one:
        yield one


@pytest.fixture
def whole(portal: Portal) -> Iterator[None]:
    """Afterwards every guarantee holds again."""
    yield
    (portal.folder / BROKEN).unlink(missing_ok=True)


def take_out(portal: Portal, guarantee: str) -> None:
    """Take a guarantee out of the portal, or that of PostgreSQL out of the database."""
    (portal.folder / BROKEN).write_text(guarantee)
    if guarantee == ON_DISK:
        password = json.loads((portal.folder / "postgres.json").read_text())["postgres"]
        with psycopg.connect(portal.url, user="postgres", password=password, autocommit=True) as connection:
            for change in ("synchronous_commit = off", "wal_writer_delay = '10s'"):
                connection.execute(f"ALTER SYSTEM SET {change}")  # type: ignore[arg-type]
            connection.execute("SELECT pg_reload_conf()")


def found_after(portal: Portal, catcher: MailHandle, *strikes: Strike) -> Found:
    """Kill these under load, let the jobs come to their end, and give what is wrong."""
    with storm.people_at_work(portal, only_begin=True) as (load, begin):
        for strike in strikes:
            strike(portal, load)
        enough = load.journal.acknowledged + storm.WRITES_BETWEEN
        wait_until(lambda: load.journal.acknowledged > enough, storm.SECONDS_TO_COME_BACK, portal.tail)
    wait_until(lambda: settled(portal.url), 60, portal.tail)
    return Check(portal.url, begin).found(load.journal, (one["message_id"] for one in catcher.messages))


def test_nothing_is_wrong_while_every_guarantee_holds(portal: Portal, catcher: MailHandle) -> None:
    found = found_after(portal, catcher, *dict.fromkeys(one.strike for one in BREAKAGES))
    assert not found, found


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize("broken", BREAKAGES, ids=lambda broken: f"{broken.guarantee}, {broken.victim}")
def test_a_missing_guarantee_is_found(broken: Broken, portal: Portal, catcher: MailHandle) -> None:
    take_out(portal, broken.guarantee)
    for _round in range(ROUNDS):
        if broken.shows(found_after(portal, catcher, broken.strike)):
            return
    pytest.fail(f"nobody noticed that «{broken.guarantee}» does not hold")


def staff_after(portal: Portal, catcher: MailHandle, *strikes: Strike) -> Found:
    """As `found_after`, with staff and recipients at work."""
    with staff_storm.staff_at_work(portal) as (load, begin):
        for strike in strikes:
            strike(portal, load)
        enough = load.journal.acknowledged + storm.WRITES_BETWEEN
        wait_until(lambda: load.journal.acknowledged > enough, storm.SECONDS_TO_COME_BACK, portal.tail)
    wait_until(lambda: settled(portal.url), 60, portal.tail)
    return StaffCheck(portal.url, begin).found(load.journal, (one["message_id"] for one in catcher.messages))


@pytest.mark.proof
def test_nothing_is_wrong_with_staff_while_every_guarantee_holds(portal: Portal, catcher: MailHandle) -> None:
    found = staff_after(portal, catcher, *(one.strike for one in STAFF_BREAKAGES))
    assert not found, found


@pytest.mark.usefixtures("whole")
@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(
            one,
            id=f"{one.guarantee}, {one.victim}",
            marks=() if one.guarantee == SHORT else pytest.mark.proof,
        )
        for one in STAFF_BREAKAGES
    ],
)
def test_a_guarantee_missing_to_staff_is_found(broken: Broken, portal: Portal, catcher: MailHandle) -> None:
    take_out(portal, broken.guarantee)
    for _round in range(ROUNDS):
        if broken.shows(staff_after(portal, catcher, broken.strike)):
            return
    pytest.fail(f"nobody noticed that «{broken.guarantee}» does not hold")
