"""Keeping a switched-off plugin's jobs in a queue no worker listens to, and giving them back."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.database import transaction
from portal.jobs.effects import Gate

PREFIX = "held:"


def held(queue: str) -> str:
    """The queue in which jobs of a switched-off plugin wait."""
    return f"{PREFIX}{queue}"


def hold(job_id: int, queue: str, gate: Gate) -> None:
    """Move a job that a worker has in hand aside, unless the plugin was switched on again meanwhile.

    The worker gives it back as not done right after, which counts an attempt: it is taken off here.
    """
    with transaction() as session:
        target = queue if gate(queue) else held(queue)
        session.execute(_HOLD, {"id": job_id, "target": target})


def release_held(session: Session, queue: str) -> int:
    """Put a plugin's waiting jobs back, in the transaction that switches it on. Gives their number.

    Takes those too that a worker has just moved aside but not yet given back.
    """
    released = session.execute(_RELEASE, {"held": held(queue), "queue": queue})
    return len(released.all())


_HOLD = text(
    "UPDATE procrastinate_jobs SET queue_name = :target, attempts = attempts - 1"
    " WHERE id = :id AND status = 'doing'"
)
_RELEASE = text(
    "UPDATE procrastinate_jobs SET queue_name = :queue"
    " WHERE queue_name = :held AND status IN ('todo', 'doing') RETURNING id"
)
