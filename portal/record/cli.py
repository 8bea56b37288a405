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
def verify_command() -> None:
    """Recompute the chain; exit 1 and name the first bad entry if it does not hold."""
    verdict = sealing.verify(audit_key())
    click.echo(f"sealed {verdict.sealed}  unsealed {verdict.unsealed}  head {verdict.head.hex()}")
    if not verdict.sound:
        click.echo(f"first bad entry: {verdict.first_bad_entry} ({verdict.reason})")
        sys.exit(1)


@audit_cli.command("head")
def head_command() -> None:
    """Print the chain's length and last digest, to keep outside the database."""
    position, digest = sealing.head()
    click.echo(f"{position} {digest}")
