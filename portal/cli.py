"""`flask portal`: bring the database up to date, write migrations, load demo data."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import click
from flask.cli import AppGroup
from sqlalchemy import text

from portal.database import scalar

portal_cli = AppGroup("portal", help="The portal as a whole: upgrade its database, load demo data.")

# Modules with a `load_demo()`, run in this order where they exist.
DEMO = (
    "portal.units.demo",
    "portal.identity.demo",
    "portal.organisations.demo",
    "portal.funding.demo",
)


@portal_cli.command("demo")
def demo_command() -> None:
    """Load invented people, organisations and cases, unless somebody is in the database already."""
    if scalar(text("SELECT count(*) FROM person")):
        return
    for name in DEMO:
        if find_spec(name.rpartition(".")[0]) and find_spec(name):
            import_module(name).load_demo()
            click.echo(f"demo data: {name.split('.')[1]}")
