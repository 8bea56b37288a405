"""Tables, the one transaction of a use case, background work, and what the audit trail is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from portal import jobs
from portal.database import Base, read, scalar, transaction
from portal.jobs import Job, once
from portal.record import Event, RecordedEvent, record

__all__ = [
    "Base",
    "Event",
    "Job",
    "RecordedEvent",
    "job",
    "once",
    "read",
    "record",
    "scalar",
    "transaction",
]

P = ParamSpec("P")


def job(name: str) -> Callable[[Callable[P, None]], Job[P]]:
    """Declare a job of a plugin, named `<plugin>.<verb>`; hand it over in `portal_jobs`.

    It waits in the plugin's own queue while the plugin is switched off.
    """
    return jobs.job(name, queue=name.split(".", 1)[0])
