"""Real workers: what is killed is done again, and every database effect is there exactly once."""

from __future__ import annotations

import itertools
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.database import read, scalar, transaction
from portal.jobs import Job
from portal.jobs.rescue import rescue
from portal.organisations.following.nightly import look_again
from portal.organisations.registration.lookup import look_up
from portal.pluginhost import switching
from portal.settings import Settings
from tests.plugins_for_tests.boats import services
from tests.plugins_for_tests.processes import Processes, until

KILLS = 3  # of two workers each


@pytest.fixture
def processes(boats: Flask, settings: Settings, tmp_path: Path) -> Iterator[Processes]:
    made = Processes(
        tmp_path / "boats",
        DATABASE_URL=settings.database_url,
        PORTAL_RESCUE_AFTER="2",
        BOATS_SECONDS="0.25",
    )
    yield made
    made.end()


def states() -> Counter[str]:
    rows = read(
        text(
            "SELECT status::text, count(*) FROM procrastinate_jobs WHERE queue_name LIKE '%boats' GROUP BY 1"
        )
    )
    return Counter({status: count for status, count in rows})


def defer(job: Job[..., None], numbers: range) -> None:
    with transaction():
        for number in numbers:
            job.defer(number=number)


def echoes() -> Counter[int]:
    return _counted("SELECT number, count(*) FROM boats_echo GROUP BY 1")


def _counted(statement: str) -> Counter[Any]:
    return Counter({value: count for value, count in read(text(statement))})


def committed_and_in_hand() -> set[int]:
    """Jobs that have had their effect and are not yet reported as done: where a kill hurts most."""
    rows = read(
        text(
            "SELECT number FROM boats_echo JOIN procrastinate_jobs ON (args->>'number')::int = number"
            " WHERE status = 'doing' AND task_name = 'boats.drift'"
        )
    )
    return {number for (number,) in rows}


def working() -> bool:
    return states()["doing"] > 0


@pytest.mark.crash
def test_workers_killed_again_and_again_lose_nothing_and_double_no_effect(processes: Processes) -> None:
    with_once, without = range(30), range(1000, 1030)
    for one, other in zip(with_once, without, strict=True):
        defer(services.row_boat, range(one, one + 1))
        defer(services.drift, range(other, other + 1))
    hit: set[int] = set()
    for _round in range(KILLS):
        workers = [processes.worker(), processes.worker()]
        until(lambda before=frozenset(hit): bool(committed_and_in_hand() - before))
        hit |= committed_and_in_hand()
        for worker in workers:
            processes.kill(worker)
    processes.worker()
    until(lambda: states()["succeeded"] == len(with_once) + len(without), 90)
    found = echoes()
    assert {number: found[number] for number in with_once} == dict.fromkeys(with_once, 1)
    assert all(found[number] >= 1 for number in without)
    assert any(found[number] > 1 for number in without), "no kill hit a committed effect: nothing was proved"


@pytest.mark.crash
def test_jobs_of_a_plugin_that_is_off_wait_untouched_and_come_back(processes: Processes) -> None:
    defer(services.row_boat, range(12))
    switching.disable("boats", actor=None, message="Av")
    processes.worker()
    held = text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'held:boats' AND status = 'todo'")
    until(lambda: scalar(held) == 12)
    assert not echoes()
    assert scalar(text("SELECT max(attempts) FROM procrastinate_jobs WHERE queue_name = 'held:boats'")) == 0
    for _round in range(3):  # on and off while the worker is at it
        switching.enable("boats", actor=None)
        until(working)
        switching.disable("boats", actor=None, message="Av")
        before = echoes()
        until(lambda: not working())
        assert echoes() == before, "a job had its effect while the plugin was off"
    switching.enable("boats", actor=None)
    until(lambda: states()["succeeded"] == 12)
    assert echoes() == Counter(range(12))
    attempts = read(text("SELECT DISTINCT attempts FROM procrastinate_jobs WHERE task_name = 'boats.row'"))
    assert [tuple(row) for row in attempts] == [(1,)], "waiting for the plugin cost a job an attempt"


@pytest.mark.crash
def test_a_failing_job_disturbs_no_other_and_a_worker_ends_gently(processes: Processes) -> None:
    with transaction():
        services.sink.defer()
    defer(services.row_boat, range(6))
    worker = processes.worker()
    until(lambda: states()["succeeded"] >= 2 and working())
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
    assert states()["doing"] == 0
    done = states()["succeeded"]
    assert Counter(echoes().values()) == Counter({1: done})
    attempts = scalar(text("SELECT attempts FROM procrastinate_jobs WHERE task_name = 'boats.sink'"))
    assert attempts >= 1


def test_an_operator_sees_failed_jobs_and_has_them_run_again(boats: Flask) -> None:
    with transaction() as session:
        job_ids = [services.sink.defer() for _number in range(2)]
        session.execute(text("UPDATE procrastinate_jobs SET status = 'failed', attempts = 12"))
    run = boats.test_cli_runner().invoke
    output = run(args=["jobs", "list"]).output
    assert "failed 2" in output
    assert f"{job_ids[0]}\tboats.sink\tboats" in output
    assert run(args=["jobs", "retry"]).exit_code == 2
    assert run(args=["jobs", "retry", str(job_ids[0])]).output == "1 put back\n"
    assert run(args=["jobs", "retry", str(job_ids[0])]).exit_code == 1
    assert run(args=["jobs", "retry", "--all-failed"]).output == "1 put back\n"
    rows = read(text("SELECT status::text, attempts FROM procrastinate_jobs"))
    assert list(itertools.chain(*rows)) == ["todo", 0, "todo", 0]


def test_a_job_whose_end_was_never_reported_is_put_back_and_a_deadly_one_given_up(boats: Flask) -> None:
    with transaction() as session:
        for _number in range(4):
            services.sink.defer()
        worker = session.execute(
            text("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        ).scalar_one()
        session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :id"), {"id": worker}
        )
        ids = sorted(session.execute(text("SELECT id FROM procrastinate_jobs")).scalars())
        changes = {
            "UPDATE procrastinate_events SET at = now() - interval '3 hours' WHERE job_id = :id": ids[0],
            "UPDATE procrastinate_jobs SET worker_id = NULL WHERE id = :id": ids[1],
            "UPDATE procrastinate_jobs SET worker_id = NULL, attempts = 99 WHERE id = :id": ids[2],
        }
        for statement, job_id in changes.items():
            session.execute(text(statement), {"id": job_id})
    assert rescue(30) == 2
    rows = read(text("SELECT status::text FROM procrastinate_jobs ORDER BY id"))
    assert [status for (status,) in rows] == ["todo", "todo", "failed", "doing"]


def test_what_somebody_waits_for_goes_before_a_night_of_other_work(app: Flask) -> None:
    assert app
    with transaction() as session:
        for number in range(3):
            look_again.defer(unit_id=number)
        awaited = look_up.defer(registration_id=1)
        worker = session.execute(
            text("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        ).scalar_one()
    fetch = text("SELECT id FROM procrastinate_fetch_job_v2(ARRAY['core'], :worker)")
    with transaction() as session:
        fetched = [session.execute(fetch, {"worker": worker}).scalar_one() for _each in range(2)]
    assert fetched == [awaited, min(one for (one,) in read(text("SELECT id FROM procrastinate_jobs")))]
