"""Two processes that remind at the same moment: each reminder goes once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text, update

from portal import clock
from portal.casework import deadlines
from portal.casework.models import CaseDeadline, LetterDelivery
from portal.database import read, transaction
from tests.conftest import ROOT, Database
from tests.funding import Grants, grants
from tests.plugins_for_tests.processes import until
from tests.reminder_worker import REMINDERS
from tests.stubs import mail
from tests.stubs.mail import MailHandle
from tests.world import World

MEMBERS = 5
LETTERS = 8
KINDS = ("casework.deadline", "casework.letter_again", "role_end")
TOLD = text(
    """
    SELECT kind, count(*), max(times), sum(times) FROM (
        SELECT kind, count(*) AS times FROM notice WHERE kind = ANY(:kinds)
         GROUP BY kind, person_id, href, body_id, values::text
    ) AS told GROUP BY kind
    """
)
TICKS = text(
    """
    SELECT task_name, count(*), count(DISTINCT args->>'timestamp') FROM procrastinate_jobs
     WHERE task_name = ANY(:names) AND status = 'succeeded' GROUP BY 1
    """
)


@pytest.fixture
def made(world: World) -> Grants:
    """Everything that is reminded of: deadlines of every kind, letters nobody opened, roles that end."""
    made = grants(world)
    for number in range(MEMBERS - 1):
        ends = clock.now() + timedelta(days=20)
        person = world.person(f"Medlem {number}")
        world.grant(person, "editor", made.owner_id, valid_to=ends)
    case_id = made.sent()
    today = clock.today()
    with transaction() as session:
        for number, code in enumerate(deadlines.DEADLINES):
            deadlines.set_deadline(case_id, code, today + timedelta(days=90), for_party=True)
            past = {"due_on": today - timedelta(days=30 + number), "reminded": 0}
            session.execute(update(CaseDeadline).where(CaseDeadline.code == code).values(past))
        for number in range(LETTERS):
            since = clock.now() - timedelta(days=8 + number)
            values = {"case_id": case_id, "document_id": 1000 + number, "channel": "portal"}
            session.execute(insert(LetterDelivery).values(**values, available_at=since))
    return made


@pytest.fixture
def catcher() -> Iterator[MailHandle]:
    """Where mail is delivered."""
    with mail.start() as handle:
        yield handle


class Process:
    """One of the two."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.reminder_worker"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.tell(json.dumps(told))

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def line(self) -> Any:
        """The next it says, past what is only logged."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if not line.startswith("{"):
                return json.loads(line)
        raise AssertionError("the process ended")


@contextmanager
def two(
    database: Database, catcher: MailHandle, what: str, *, loose: bool = False
) -> Iterator[list[Process]]:
    told = {"url": database.app_url, "mail": catcher.smtp_port, "what": what, "loose": loose}
    both = [Process(told), Process(told)]
    try:
        assert [one.line() for one in both] == ["ready", "ready"]
        yield both
    finally:
        for one in both:
            one.process.kill()
            one.process.communicate()


def told() -> dict[str, tuple[int, int]]:
    """Kind → how many reminders went, and how often the most repeated of them."""
    return {kind: (count, most) for kind, count, most, _sum in read(TOLD, {"kinds": list(KINDS)})}


def once_each() -> dict[str, tuple[int, int]]:
    """What is to be told: holder and leader of each ending role, every member of the rest."""
    counts = (len(deadlines.DEADLINES) * MEMBERS, LETTERS * MEMBERS, 2 * (MEMBERS - 1))
    return {kind: (count, 1) for kind, count in zip(KINDS, counts, strict=True)}


def remind_in_step(both: list[Process]) -> None:
    for name in REMINDERS:
        assert [one.line() for one in both] == ["looked", "looked"]
        for one in both:
            one.tell("")
        assert [one.line() for one in both] == [name, name]


@pytest.mark.usefixtures("made")
def test_two_that_look_at_the_same_moment_remind_once(database: Database, catcher: MailHandle) -> None:
    with two(database, catcher, "look") as both:
        remind_in_step(both)
    assert told() == once_each()


@pytest.mark.usefixtures("made")
def test_a_double_reminder_would_be_seen(database: Database, catcher: MailHandle) -> None:
    with two(database, catcher, "look", loose=True) as both:
        remind_in_step(both)
    assert told() == {kind: (count, 2) for kind, (count, _once) in once_each().items()}


@pytest.mark.usefixtures("made")
def test_two_workers_remind_once_and_mail_once(database: Database, catcher: MailHandle) -> None:
    wanted = sum(count for count, _once in once_each().values())

    def several_times() -> bool:
        ticks = read(TICKS, {"names": list(REMINDERS)})
        return len(ticks) == len(REMINDERS) and all(done >= 3 for _name, done, _times in ticks)

    with two(database, catcher, "work"):
        until(several_times)
        until(lambda: len(catcher.messages) >= wanted)
        assert read(text("SELECT count(*) FROM procrastinate_workers"))[0][0] == 2
    assert told() == once_each()
    assert all(done == times for _name, done, times in read(TICKS, {"names": list(REMINDERS)}))
    delivered = [message["message_id"] for message in catcher.messages]
    assert len(delivered) == len(set(delivered))
