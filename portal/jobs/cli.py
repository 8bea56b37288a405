"""`flask jobs`: run a worker, see what waits or failed, have it tried again."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from portal.jobs import operations
from portal.jobs.kinds import CORE_QUEUE
from portal.jobs.running import Work, work
from portal.settings import Settings

jobs_cli = AppGroup("jobs", help="Background work: run it, see it, try failed jobs again.")


@jobs_cli.command("work")
@click.option("--concurrency", type=int, help="Jobs at a time; the setting jobs.concurrency if not given.")
def work_command(concurrency: int | None) -> None:
    """Run jobs of the core and of every loaded plugin until stopped."""
    settings: Settings = current_app.extensions["settings"]
    gate = current_app.extensions.get("job_gate", lambda _queue: True)
    queues = [CORE_QUEUE, *current_app.extensions.get("job_queues", ())]
    how = Work(queues, concurrency or settings.jobs.concurrency, settings.jobs.rescue_after_seconds)
    work(current_app._get_current_object(), settings.database_url, gate, how)  # type: ignore[attr-defined]


@jobs_cli.command("list")
@click.option("--state", type=click.Choice(list(operations.STATES)), default="failed", show_default=True)
def list_command(state: str) -> None:
    """Show how many jobs are in which state, and the newest of one state."""
    counts = operations.count_jobs()
    click.echo("  ".join(f"{name} {count}" for name, count in counts.items()))
    for job_id, name, queue, attempts, arguments, changed in operations.jobs_in(state):
        when = changed.isoformat(timespec="seconds") if changed else "-"
        click.echo(f"{job_id}\t{name}\t{queue}\tattempts {attempts}\t{when}\t{arguments}")


@jobs_cli.command("retry")
@click.argument("job_id", type=int, required=False)
@click.option("--all-failed", is_flag=True, help="Every failed job.")
def retry_command(job_id: int | None, all_failed: bool) -> None:
    """Have a failed job run again; its database effect stays single."""
    if (job_id is None) is not all_failed:
        raise click.UsageError("Give a job's id, or --all-failed.")
    count = operations.retry_failed(job_id)
    click.echo(f"{count} put back")
    if not count:
        sys.exit(1)
