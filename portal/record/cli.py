"""`flask audit`: seal, verify, show the chain's head."""

from __future__ import annotations

import sys
import threading

import click
from flask import current_app
from flask.cli import AppGroup

from portal.record import sealing

audit_cli = AppGroup("audit", help="The audit trail: seal it, verify it, show its head.")


def audit_key() -> bytes:
    """The key of the chain, from the settings of the current app."""
    key: str = current_app.extensions["settings"].audit_key
    return key.encode()


@audit_cli.command("seal")
@click.option("--watch", is_flag=True, help="Go on sealing until stopped.")
@click.option("--every", default=0.5, show_default=True, help="Seconds between rounds.")
def seal_command(watch: bool, every: float) -> None:
    """Seal all entries whose transactions have ended."""
    stop = threading.Event()
    while True:
        sealed = sealing.seal(audit_key())
        if sealed >= sealing.BATCH:
            continue
        if not watch:
            return
        stop.wait(every)


@audit_cli.command("verify")
@click.option("--head", "exported", help='An exported head ("120 9f3a…"): was the chain cut since?')
def verify_command(exported: str | None) -> None:
    """Recompute the chain; exit 1 and name the first bad entry if it does not hold."""
    try:
        known = sealing.Head.parse(exported) if exported else None
    except ValueError:
        raise click.BadParameter("write the head as it was printed: a number and a digest") from None
    verdict = sealing.verify(audit_key(), known)
    click.echo(f"sealed {verdict.sealed}  unsealed {verdict.unsealed}  head {verdict.head}")
    if verdict.fault is not None:
        click.echo(f"first bad entry: {verdict.first_bad_entry or '-'} ({sealing.FAULTS[verdict.fault]})")
        sys.exit(1)


@audit_cli.command("head")
def head_command() -> None:
    """Print the chain's length and last digest, to keep outside the database."""
    click.echo(str(sealing.head()))
