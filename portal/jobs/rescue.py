"""Jobs whose worker died: back in their queue, until one has cost too many workers their life."""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import TextClause, text

from portal.database import transaction

log = structlog.get_logger(__name__)
CRASHES_AT_MOST = 25
LONGEST_JOB = "2 hours"  # in hand for longer, its worker could not report what came of it


def rescue(after_seconds: float) -> int:
    """Put back the jobs of workers not heard of for `after_seconds`; their effects stay single.

    A job that was begun more than `CRASHES_AT_MOST` times is failed instead. Gives the number put back.
    """
    parameters = {"seconds": after_seconds, "limit": CRASHES_AT_MOST}
    with transaction() as session:
        given_up = session.execute(_statement(_FAIL, "job.attempts >= :limit"), parameters).all()
        rescued = session.execute(_statement(_RETRY, "job.attempts < :limit"), parameters).all()
    for row in given_up:
        log.error("job_given_up", job_id=row.id, job=row.task_name)
    for row in rescued:
        log.warning("job_rescued", job_id=row.id, job=row.task_name)
    return len(rescued)


_ORPHANED = """
    SELECT job.id
      FROM procrastinate_jobs AS job
      LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
     WHERE job.status = 'doing' AND {condition}
       AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :seconds)
            OR (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id AND type = 'started')
               < now() - interval '{longest}')
       FOR UPDATE OF job SKIP LOCKED
"""
_RETRY = "status = 'todo', worker_id = NULL, abort_requested = false, scheduled_at = NULL"
_FAIL = "status = 'failed', worker_id = NULL, abort_requested = false"


def _statement(change: str, condition: str) -> TextClause:
    orphaned = _ORPHANED.format(condition=condition, longest=LONGEST_JOB)
    return text(
        f"UPDATE procrastinate_jobs SET {change}, attempts = attempts + 1"  # noqa: S608 - constants only
        f" WHERE id IN ({orphaned}) RETURNING id, task_name"
    )


def forget_done(days: int = 14) -> int:
    """Delete jobs that succeeded more than `days` ago and the marks of effects older than that twice.

    Failed jobs stay until an operator has looked at them.
    """
    parameters: dict[str, Any] = {"days": days}
    with transaction() as session:
        deleted = session.execute(_FORGET_JOBS, parameters).all()
        session.execute(_FORGET_EFFECTS, parameters)
    return len(deleted)


_FORGET_JOBS = text(
    """
    DELETE FROM procrastinate_jobs WHERE status = 'succeeded' AND id IN (
        SELECT job_id FROM procrastinate_events
         WHERE type = 'succeeded' AND at < now() - make_interval(days => :days)
    ) RETURNING id
    """
)
_FORGET_EFFECTS = text("DELETE FROM job_effect WHERE at < now() - make_interval(days => 2 * :days)")
