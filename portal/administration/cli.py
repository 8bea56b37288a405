"""`flask access`: appoint the first administrator, print and check the access matrix."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.access import matrix
from portal.administration.bootstrap import BootstrapRefused, bootstrap_by_email, bootstrap_by_login

access_cli = AppGroup("access", help="Who may do what: the first administrator, the access matrix.")
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "access-matrix.md"


@access_cli.command("bootstrap")
@click.option("--email", help="E-mail address of somebody who has logged in once.")
@click.option("--issuer", help="The login provider's issuer, with --subject.")
@click.option("--subject", help="How the provider knows the person.")
@click.option("--name", default="", help="The person's name, when they have not logged in yet.")
def bootstrap_command(email: str | None, issuer: str | None, subject: str | None, name: str) -> None:
    """Appoint the first national access administrator: once, and on record."""
    try:
        if email and not issuer and not subject:
            made = bootstrap_by_email(email)
        elif issuer and subject and not email:
            made = bootstrap_by_login(issuer, subject, name)
        else:
            raise click.UsageError("give either --email, or --issuer and --subject")
    except BootstrapRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"appointed (assignment {made})")


@access_cli.command("matrix")
@click.option(
    "--format", "form", type=click.Choice(["json", "markdown"]), default="markdown", show_default=True
)
@click.option(
    "--check", is_flag=True, help="Compare with docs/access-matrix.md; exit 1 if it is out of date."
)
def matrix_command(form: str, check: bool) -> None:
    """Print every address with its methods, access, permission and roles."""
    lines = matrix.lines(current_app)
    if check:
        if not DOCUMENT.exists() or DOCUMENT.read_text(encoding="utf-8") != matrix.markdown(lines):
            click.echo(
                f"{DOCUMENT.name} is out of date: flask access matrix > docs/access-matrix.md", err=True
            )
            sys.exit(1)
        return
    if form == "json":
        click.echo(json.dumps([line.plain() for line in lines], ensure_ascii=False, indent=1))
    else:
        click.echo(matrix.markdown(lines), nl=False)
