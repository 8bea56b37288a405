"""Kills aimed at what staff and recipients are in the middle of."""

from __future__ import annotations

import os
import random
import re
import signal
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psycopg

from tests.e2e import storm
from tests.e2e.crash_checks import Before, before, settled
from tests.e2e.load import Load
from tests.e2e.running import START_SECONDS, wait_until
from tests.e2e.staff_load import WHEN, StaffLoad
from tests.e2e.storm import HER_ORGANISATION, SECONDS_TO_COME_BACK, Portal, alive

TEAMS = 2
TRIES = 12  # a process may end between two forms
SITE = "Fjordgløtt mottak"
Find = Callable[[Portal], int]
PLACES = """
    SELECT (SELECT max(id) FROM funding_call), (SELECT unit_id FROM organisation WHERE number = %s),
           (SELECT id FROM unit WHERE name = %s)
"""
LETTER_IN_HAND = """
    SELECT job.id FROM procrastinate_jobs AS job
      JOIN casework_document ON document_id = (args->>'document_id')::int AND role = 'decision_letter'
     WHERE status = 'doing' AND task_name = 'documents.make_letter' LIMIT 1
"""


@contextmanager
def staff_at_work(portal: Portal, teams: int = TEAMS) -> Iterator[tuple[StaffLoad, Before]]:
    """Teams that walk cases from application to payment; gives their load and where ids stood.

    They begin when nothing waits any more of what was done before.
    """
    wait_until(lambda: settled(portal.url), START_SECONDS, portal.tail)
    with psycopg.connect(portal.url) as connection:
        call, owner, site = connection.execute(PLACES, [HER_ORGANISATION, SITE]).fetchone() or (0, 0, 0)
    load, begin = StaffLoad(portal.port, call=call, owner=owner, site=site), before(portal.url)
    with load.teams_at_work(teams):
        yield load, begin


def kill_in_the_middle(portal: Portal, load: Load, find: Find, doing: str) -> None:
    """Kill until it tore a form of `doing` away from somebody; fails when none of `TRIES` did."""
    for _try in range(TRIES):
        if _strike(portal, load, find, WHEN[doing]):
            return
    raise AssertionError(f"nobody was hit while {doing}")


def _strike(portal: Portal, load: Load, find: Find, forms: re.Pattern[str]) -> bool:
    pid = 0 if find is a_session else _alive(portal, find)
    struck = _on_the_way(load, forms)
    if find is a_session:
        pid = a_session(portal)
    else:  # at any moment of the handling, not only as it begins
        time.sleep(random.uniform(0, 1.5 * statistics.median([*load.took] or [0])))
    if not pid:
        return False
    _kill(pid)
    wait_until(lambda: not struck & load.on_the_way.keys(), SECONDS_TO_COME_BACK, portal.tail)
    return bool(struck & load.broken)


def kill_after(portal: Portal, load: StaffLoad, find: Find, done: str) -> None:
    """Kill as soon as somebody is told that they have done it; `done` is the journal's word."""
    pid, told = _alive(portal, find), getattr(load.staff, done)
    count, deadline = len(told), time.monotonic() + SECONDS_TO_COME_BACK
    while len(told) == count:
        assert time.monotonic() < deadline, f"nobody was told: {done}"
        time.sleep(0.001)
    _kill(pid)


def _alive(portal: Portal, find: Find) -> int:
    """The process, as soon as there is one."""
    found: list[int] = []

    def there() -> bool:
        found[:] = [find(portal)]
        return alive(found[0])

    wait_until(there, SECONDS_TO_COME_BACK, portal.tail)
    return found[0]


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):  # it may have ended by itself, when the database went
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not alive(pid), 5)


def _on_the_way(load: Load, forms: re.Pattern[str]) -> set[int]:
    """The forms of that kind now on their way, as soon as there is one."""
    deadline = time.monotonic() + SECONDS_TO_COME_BACK
    while time.monotonic() < deadline:
        found = {number for number, path in list(load.on_the_way.items()) if forms.search(path)}
        if found:
            return found
        time.sleep(0.001)
    raise AssertionError("nobody sent such a form")


def a_session(portal: Portal) -> int:
    """A database session of the portal's that has written and not committed; 0 when there is none soon."""
    found = storm.asked(portal.url, storm.IN_TRANSACTION)
    return int(str(found[0])) if found else 0


def kill_over_a_letter(portal: Portal, _load: Load) -> None:
    """Kill the worker while it makes a letter with a decision."""
    deadline = time.monotonic() + SECONDS_TO_COME_BACK
    while storm.asked(portal.url, LETTER_IN_HAND) is None:
        assert time.monotonic() < deadline, "no letter was made"
    _kill(_alive(portal, storm.service("worker")))


def work_goes_on(portal: Portal, load: StaffLoad) -> None:
    """Wait until something was decided once more, without help."""
    done = load.staff
    count = len(done.decided)
    wait_until(lambda: len(done.decided) > count or done.complaints, SECONDS_TO_COME_BACK, portal.tail)
