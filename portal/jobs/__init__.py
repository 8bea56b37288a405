"""Background work: jobs stored with the change that caused them, run by workers (Procrastinate)."""

from portal.jobs.kinds import Job, job, periodic
from portal.jobs.running import once, worker_app

__all__ = ["Job", "job", "once", "periodic", "worker_app"]
