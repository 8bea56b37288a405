"""How a worker runs jobs: inside the app, past the gate, and once for the database."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import procrastinate
import structlog
from flask import Flask
from sqlalchemy import make_url

from portal.jobs.effects import AlreadyDone, Gate, QueueClosed, Run, current_run
from portal.jobs.holding import hold
from portal.jobs.kinds import catalogue, periodic
from portal.jobs.rescue import forget_done, rescue

log = structlog.get_logger(__name__)
SECONDS_TO_FINISH = 10.0  # the supervisor waits longer before it kills
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_WITHOUT_DATABASE = 5.0  # then the worker ends, and whoever keeps it running starts it anew


@dataclass(frozen=True)
class Work:
    """What a worker does: which queues, how many jobs at a time, when others count as dead."""

    queues: Sequence[str]
    concurrency: int
    rescue_after_seconds: float


def work(app: Flask, database_url: str, gate: Gate, how: Work) -> None:
    """Run jobs until SIGTERM or SIGINT; what is in hand is finished first, for some seconds."""
    running = worker_app(app, database_url, gate, how)
    asyncio.run(_work(app, running, how))


def worker_app(app: Flask, database_url: str, gate: Gate, how: Work) -> procrastinate.App:
    """The Procrastinate app of a worker process, with a connection pool and tasks of its own.

    Copies of the tasks, since a task belongs to one app, and the catalogue's has no open connection.
    """
    conninfo = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    connector = procrastinate.PsycopgConnector(
        conninfo=conninfo, min_size=1, max_size=how.concurrency + 3, timeout=SECONDS_WITHOUT_DATABASE
    )
    running = procrastinate.App(connector=connector)
    for name, task in catalogue.tasks.items():
        if name not in running.tasks:
            running.task(name=name, queue=task.queue, retry=task.retry_strategy or False)(task.func)
    for repeated in catalogue.periodic_registry.periodic_tasks.values():
        copy = running.tasks[repeated.task.name]
        running.periodic(cron=repeated.cron, periodic_id=repeated.periodic_id)(copy)
    running.worker_defaults = {
        "queues": list(how.queues),
        "concurrency": how.concurrency,
        "task_middleware": [_inside(app, gate)],
        "update_heartbeat_interval": how.rescue_after_seconds / 6,
        "stalled_worker_timeout": how.rescue_after_seconds,
        "fetch_job_polling_interval": SECONDS_BETWEEN_LOOKS,
        "shutdown_graceful_timeout": SECONDS_TO_FINISH,
    }
    return running


async def _work(app: Flask, running: procrastinate.App, how: Work) -> None:
    threads = ThreadPoolExecutor(max_workers=how.concurrency + 2)  # room for the rescue beside the jobs
    asyncio.get_running_loop().set_default_executor(threads)
    async with running.open_async():
        rescuing = asyncio.create_task(_keep_rescuing(app, how.rescue_after_seconds))
        try:
            await running.run_worker_async()
        finally:
            rescuing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await rescuing


async def _keep_rescuing(app: Flask, after_seconds: float) -> None:
    # Not a job: a worker full of hanging jobs must still see that another one died.
    while True:
        try:
            await asyncio.to_thread(_rescue_in, app, after_seconds)
        except Exception as error:
            log.error("rescue_failed", kind=type(error).__name__)
        await asyncio.sleep(after_seconds / 3)


def _rescue_in(app: Flask, after_seconds: float) -> None:
    with app.app_context():
        rescue(after_seconds)


def _inside(app: Flask, gate: Gate) -> Callable[..., Any]:
    def middleware(call_next: Callable[[], Any], context: procrastinate.JobContext, _worker: Any) -> Any:
        job = context.job
        assert job.id is not None
        with app.app_context():
            token = current_run.set(Run(job.id, job.queue, gate))
            try:
                return _run(call_next, job, gate)
            finally:
                current_run.reset(token)

    return middleware


def _run(call_next: Callable[[], Any], job: Any, gate: Gate) -> Any:
    try:
        if not gate(job.queue):
            raise QueueClosed(job.queue)
        return call_next()
    except AlreadyDone:
        log.info("job_already_done", job=job.task_name, job_id=job.id)
        return None
    except QueueClosed:
        hold(job.id, job.queue, gate)
        raise
    except Exception as error:
        log.exception("job_failed", job=job.task_name, job_id=job.id, kind=type(error).__name__)
        raise


@periodic("jobs.forget_done", cron="17 3 * * *")
def forget_done_jobs() -> None:
    """Delete what is long done, every night."""
    forget_done()
