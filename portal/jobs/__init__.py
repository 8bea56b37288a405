"""Background work: jobs stored with the change that caused them, run by workers (Procrastinate)."""

from portal.jobs.effects import once
from portal.jobs.kinds import Job, job, periodic

__all__ = ["Job", "job", "once", "periodic"]
