"""How a worker runs jobs: inside the app, once for the database, and again after a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

import procrastinate
import structlog
from flask import Flask
from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.database import Base, transaction
from portal.jobs.kinds import catalogue, periodic

log = structlog.get_logger(__name__)
_job_id: ContextVar[int | None] = ContextVar("job_id", default=None)
RESCUE_AFTER_SECONDS = 30

Gate = Callable[[str], bool]
"""Takes a queue's name and tells whether its jobs may run now."""


class JobEffect(Base):
    """A job whose database effect is committed: a second run of the same job changes nothing."""

    __tablename__ = "job_effect"

    job_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)


class AlreadyDone(Exception):
    """This job's database effect is committed already; nothing is left to do."""


@contextmanager
def once() -> Iterator[Session]:
    """The transaction in which a job has its database effect, exactly once however often it is run.

    Raises `AlreadyDone` inside a worker when an earlier run of the same job committed; the runner takes
    that as success. Outside a worker it is a plain transaction.
    """
    with transaction() as session:
        job_id = _job_id.get()
        if job_id is not None:
            claimed = session.execute(
                insert(JobEffect).values(job_id=job_id).on_conflict_do_nothing().returning(JobEffect.job_id)
            ).first()
            if claimed is None:
                raise AlreadyDone
        yield session


def worker_app(app: Flask, conninfo: str, gate: Gate, *, pool_size: int = 6) -> procrastinate.App:
    """The Procrastinate app of a worker process: every task runs in `app`, past `gate`, once."""
    connector = procrastinate.PsycopgConnector(conninfo=conninfo, min_size=1, max_size=pool_size)
    running = catalogue.with_connector(connector)
    running.worker_defaults["task_middleware"] = [_inside(app, gate)]
    running.worker_defaults["update_heartbeat_interval"] = RESCUE_AFTER_SECONDS / 6
    running.worker_defaults["stalled_worker_timeout"] = RESCUE_AFTER_SECONDS
    return running


def held(queue: str) -> str:
    """The queue in which jobs of a switched-off plugin wait."""
    return f"held:{queue}"


def release_held(session: Session, queue: str) -> int:
    """Put a plugin's waiting jobs back, in the transaction that switches it on. Gives their number."""
    return _move(session, held(queue), queue)


def _move(session: Session, source: str, target: str) -> int:
    moved = session.execute(
        text(
            "UPDATE procrastinate_jobs SET queue_name = :target"
            " WHERE queue_name = :source AND status = 'todo' RETURNING id"
        ),
        {"source": source, "target": target},
    )
    return len(moved.all())


def _inside(app: Flask, gate: Gate) -> Callable[..., Any]:
    def middleware(call_next: Callable[[], Any], context: procrastinate.JobContext, _worker: Any) -> Any:
        queue = context.job.queue
        with app.app_context():
            if not gate(queue):
                raise procrastinate.exceptions.JobRetry(procrastinate.RetryDecision(queue=held(queue)))
            token = _job_id.set(context.job.id)
            try:
                return call_next()
            except AlreadyDone:
                log.info("job_already_done", job=context.job.task_name, job_id=context.job.id)
                return None
            finally:
                _job_id.reset(token)

    return middleware


@periodic("jobs.rescue", cron="* * * * * */15")
def rescue() -> None:
    """Put jobs whose worker died back in their queue; their database effects stay single."""
    with transaction() as session:
        rescued = session.execute(_RESCUE, {"seconds": RESCUE_AFTER_SECONDS}).all()
        session.execute(_FORGET)
    for row in rescued:
        log.warning("job_rescued", job_id=row.id, job=row.task_name)


_RESCUE = text(
    """
    SELECT procrastinate_retry_job_v2(job.id, now(), NULL, NULL, NULL), job.id, job.task_name
      FROM procrastinate_jobs AS job
      LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
     WHERE job.status = 'doing'
       AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :seconds))
    """
)
_FORGET = text("DELETE FROM job_effect WHERE at < now() - interval '30 days'")


def listened_queues(plugins: Iterable[str]) -> list[str]:
    """The queues a worker listens to: the core's and those of the plugins it has loaded."""
    return ["core", *sorted(plugins)]
