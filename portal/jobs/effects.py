"""A job's one database effect: exactly once, and not at all while its plugin is switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.database import transaction
from portal.jobs.models import JobEffect

Gate = Callable[[str], bool]
"""Takes a queue's name and tells, from the database, whether its jobs may run now."""


class AlreadyDone(Exception):
    """This job's database effect is committed already; nothing is left to do."""


class QueueClosed(Exception):
    """The plugin whose queue this job is in is switched off: the job waits, nothing is lost."""


@dataclass(slots=True)
class Run:
    """A job being run by a worker."""

    job_id: int
    queue: str
    gate: Gate
    effect_begun: bool = False


current_run: ContextVar[Run | None] = ContextVar("current_run", default=None)


@contextmanager
def once() -> Iterator[Session]:
    """The transaction in which a job has its database effect, exactly once however often it is run.

    Inside a worker it raises `AlreadyDone` when an earlier run of the same job committed, and
    `QueueClosed` when the job's plugin was switched off meanwhile; the worker takes the first as success
    and keeps the job for later after the second. A job has one such block: a second raises
    `RuntimeError`. Outside a worker it is a plain transaction.
    """
    run = current_run.get()
    with transaction() as session:
        if run is not None:
            _claim(session, run)
        yield session


def _claim(session: Session, run: Run) -> None:
    if run.effect_begun:
        raise RuntimeError("a job has one `once()` block: split it into two jobs")
    run.effect_begun = True
    # Asked under the lock that a switch takes alone: no switch can come between this and the commit.
    if not run.gate(run.queue):
        raise QueueClosed(run.queue)
    claim = insert(JobEffect).values(job_id=run.job_id).on_conflict_do_nothing()
    if session.execute(claim.returning(JobEffect.job_id)).first() is None:
        raise AlreadyDone
