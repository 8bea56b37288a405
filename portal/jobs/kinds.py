"""Declaring jobs and deferring them on the caller's own connection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, ParamSpec

import procrastinate
from procrastinate.tasks import Task

from portal.database import db, in_transaction
from portal.jobs.effects import QueueClosed

P = ParamSpec("P")
CORE_QUEUE = "core"


class Patience(procrastinate.BaseRetryStrategy):
    """Try again after 2, 4, 8 ... seconds, twelve times; at once when the job only waits for its plugin."""

    later = procrastinate.RetryStrategy(max_attempts=12, exponential_wait=2)

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        """When to run `job` again after `exception`; None gives it up as failed."""
        if isinstance(exception, QueueClosed):
            return procrastinate.RetryDecision()
        return self.later.get_retry_decision(exception=exception, job=job)


RETRIES = Patience()

# Never opened: deferring uses the session's connection; workers run a copy with their own connector.
catalogue = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


class Job(Generic[P]):
    """A named piece of background work. Call it to run it here; `defer` to have a worker run it."""

    def __init__(
        self, name: str, function: Callable[P, None], task: Task[Any, Any, Any], *, queue: str | None = None
    ) -> None:
        self.name = name
        self.queue = queue
        self.function = function
        self.task = task

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        self.function(*args, **kwargs)

    def on(self, queue: str) -> Job[P]:
        """The same job, deferred to another queue: a plugin's, so that it waits while that is off."""
        return Job(self.name, self.function, self.task, queue=queue)

    def defer(self, *, at: datetime | None = None, lock: str | None = None, **arguments: Any) -> int:
        """Store the job in the current transaction and give its id.

        With `at` (aware) it waits until then; jobs that share a `lock` run one at a time, in order.
        Raises `RuntimeError` outside a transaction: a job must commit with what caused it.
        """
        if not in_transaction():
            raise RuntimeError(f"job {self.name} deferred outside a transaction")
        connection = db.session.connection().connection.driver_connection
        deferrer = self.task.configure(
            connection=connection, schedule_at=at, lock=lock, queue=self.queue or self.task.queue
        )
        return deferrer.defer(**arguments)


def job(
    name: str, *, queue: str = CORE_QUEUE, awaited: bool = False
) -> Callable[[Callable[P, None]], Job[P]]:
    """Declare a job. `name` is stored in the database: keep it when the function moves.

    What is `awaited` by somebody at a page goes before the thousands that a night or a surge brings.
    """

    def declare(function: Callable[P, None]) -> Job[P]:
        task = catalogue.task(name=name, queue=queue, retry=RETRIES, priority=int(awaited))(function)
        return Job(name, function, task)

    return declare


def periodic(name: str, *, cron: str, queue: str = CORE_QUEUE) -> Callable[[Callable[[], None]], Job[[]]]:
    """Declare a job that all workers together run once at each time of `cron` (UTC).

    A sixth, last field of `cron` counts seconds.
    """

    def declare(function: Callable[[], None]) -> Job[[]]:
        def run(timestamp: int) -> None:  # noqa: ARG001 - what it is called with
            function()

        task = catalogue.task(name=name, queue=queue, retry=RETRIES)(run)
        catalogue.periodic(cron=cron)(task)
        return Job(name, function, task)

    return declare
