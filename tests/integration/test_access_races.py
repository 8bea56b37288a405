"""Several processes on one PostgreSQL: an ended right is dead at once, and grants wait for each other."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal import clock
from portal.access.assignments import end, grant
from portal.access.roles import never_together
from portal.administration import unit_services
from portal.database import read, switch_transaction
from portal.identity.context import actor_of
from portal.units.contracts import Contract, enter_contract
from tests.conftest import ROOT, Database
from tests.world import World

SECONDS = 60


class Worker:
    """A process of its own that races."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.race_worker"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.write(told)

    def write(self, what: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def line(self) -> Any:
        """The next it says, past what is only logged."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if not line.startswith('{"request_id') and not line.startswith('{"event'):
                return json.loads(line)
        raise AssertionError("the worker ended")


@contextmanager
def workers(database: Database, *told: dict[str, Any], loose: bool = False) -> Iterator[list[Worker]]:
    started = [Worker({"url": database.app_url, "loose": loose, "seconds": SECONDS, **one}) for one in told]
    try:
        assert [one.line() for one in started] == ["ready"] * len(started)
        yield started
    finally:
        for one in started:
            one.process.kill()
            one.process.communicate()


def rows(unit: int) -> int:
    return int(read(text("SELECT count(*) FROM contact_person WHERE unit_id = :u"), {"u": unit})[0][0])


def used_up_to(
    database: Database, unit: int, people: list[int], revoke: Any, *, loose: bool = False
) -> tuple[list[float], list[dict[str, Any]]]:
    """Let people act at a unit in processes of their own while `revoke` happens; gives what both tell."""
    told = [{"what": "use", "person_id": one, "unit_id": unit} for one in people]
    with workers(database, *told, loose=loose) as running:
        deadline = time.monotonic() + SECONDS
        assert [one.line() for one in running] == ["begun"] * len(running)
        while rows(unit) < 10 and time.monotonic() < deadline:
            read(text("SELECT pg_sleep(0.02)"))
        committed = revoke()
        before = rows(unit)
        while loose and rows(unit) < before + 5 and time.monotonic() < deadline:
            read(text("SELECT pg_sleep(0.02)"))
        if loose:
            return committed, [{"later": rows(unit) - before}]
        return committed, [one.line() for one in running]


@pytest.fixture
def boss(world: World) -> int:
    return world.actor("access_administrator", "udi").person_id or 0


def site_with_managers(world: World, boss: int) -> tuple[int, int, list[int], list[int]]:
    """A site under contract, two who manage it: (site, contract, people, assignments)."""
    site, first = world.site("Lia mottak", "sor"), clock.today() - timedelta(days=9)
    about = Contract(operator_name="Drift AS", organisation_number="311094688", awarded_on=first,
                     signed_on=first, operation_from=first)  # fmt: skip
    with switch_transaction() as session:
        contract = enter_contract(session, site, about, actor=None)
    people = [world.person("Kari"), world.person("Ola")]
    held = [
        grant(one, "site_manager", site, clock.now(), None, "Prøve", actor=actor_of(boss)) for one in people
    ]
    return site, contract, people, held


@pytest.mark.parametrize("how", ["taken back", "contract ended"])
def test_nothing_that_begins_after_a_right_is_gone_succeeds(
    app: Flask, world: World, database: Database, boss: int, how: str
) -> None:
    site, contract, people, held = site_with_managers(world, boss)

    def revoke() -> list[float]:
        if how == "taken back":
            return take_back(held, boss)
        last = clock.today() - timedelta(days=1)
        unit_services.change_contract(contract, last, None, actor=actor_of(boss))
        return [time.monotonic()] * len(held)

    committed, came = used_up_to(database, site, people, revoke)
    for one, moment in zip(came, committed, strict=True):
        assert one["refused"]
        assert one["moved"]  # they acted on old rights when the right went
        assert max(one["done"]) < moment
    assert rows(site) == sum(len(one["done"]) for one in came) >= 10


def take_back(held: list[int], boss: int) -> list[float]:
    """End roles; gives when each was committed."""
    moments = []
    for one in held:
        end(one, "Slutt", actor=actor_of(boss))
        moments.append(time.monotonic())
    return moments


def test_the_race_sees_rights_that_are_not_looked_at_again(
    app: Flask, world: World, database: Database, boss: int
) -> None:
    site, _contract, people, held = site_with_managers(world, boss)
    _when, came = used_up_to(database, site, people[:1], lambda: take_back(held[:1], boss), loose=True)
    assert came[0]["later"] >= 5


def given_at_once(
    world: World, database: Database, boss: int, rounds: int, *, loose: bool = False
) -> list[Any]:
    """Two administrators give the same people roles that never meet; what came of each round."""
    second = world.actor("access_administrator", "udi").person_id
    unit = world.unit("sor")
    told = [
        {"what": "grant", "actor_id": actor, "role": role, "unit_id": unit}
        for actor, role in ((boss, "access_administrator"), (second, "decision_maker"))
    ]
    assert never_together("access_administrator", "decision_maker")
    came = []
    with workers(database, *told, loose=loose) as running:
        for _round in range(rounds):
            person = world.person("Liv")
            for one in running:
                one.write(person)
            came.append(sorted(one.line() for one in running))
    return came


def test_of_two_grants_at_once_that_may_not_meet_one_wins(
    app: Flask, world: World, database: Database, boss: int
) -> None:
    assert given_at_once(world, database, boss, 8) == [["done", "never_together"]] * 8


def test_the_race_sees_grants_that_do_not_wait_for_each_other(
    app: Flask, world: World, database: Database, boss: int
) -> None:
    assert ["done", "done"] in given_at_once(world, database, boss, 1, loose=True)
