"""What an operator sees of the jobs, and running failed ones again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text

from portal.database import read, transaction
from portal.jobs.holding import PREFIX

STATES = {
    "failed": "status = 'failed'",
    "held": "status = 'todo' AND queue_name LIKE :held",
    "waiting": "status = 'todo' AND queue_name NOT LIKE :held",
    "running": "status = 'doing'",
}
ROWS_AT_MOST = 200


def jobs_in(state: str) -> Sequence[tuple[int, str, str, int, dict[str, Any], datetime | None]]:
    """(id, job, queue, attempts, arguments, last change) of the newest jobs in one of `STATES`."""
    statement = text(
        "SELECT id, task_name, queue_name, attempts, args,"  # noqa: S608 - conditions are constants
        " (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id)"
        f" FROM procrastinate_jobs j WHERE {STATES[state]} ORDER BY id DESC LIMIT {ROWS_AT_MOST}"
    )
    return [tuple(row) for row in read(statement, {"held": f"{PREFIX}%"})]


def count_jobs() -> dict[str, int]:
    """How many jobs are in each of `STATES`."""
    columns = ", ".join(f"count(*) FILTER (WHERE {rule}) AS {name}" for name, rule in STATES.items())
    statement = text(f"SELECT {columns} FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')")  # noqa: S608
    return {name: int(count) for name, count in read(statement, {"held": f"{PREFIX}%"})[0]._mapping.items()}


def retry_failed(job_id: int | None = None) -> int:
    """Have one failed job, or (None) all of them, run again from the first attempt. Gives their number."""
    with transaction() as session:
        return len(session.execute(_RETRY, {"id": job_id}).all())


_RETRY = text(
    "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL, worker_id = NULL"
    " WHERE status = 'failed' AND (CAST(:id AS bigint) IS NULL OR id = :id) RETURNING id"
)
