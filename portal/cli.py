"""`flask portal`: bring the database up to date, write migrations, load demo data."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from portal.database import migrating, revising
from portal.pluginhost.registry import plugins, schemas
from portal.settings import Settings
from portal.tables import core_metadata

portal_cli = AppGroup("portal", help="The portal as a whole: upgrade its database, load demo data.")


@portal_cli.command("upgrade")
@click.option("--demo", is_flag=True, help="Load the demo data too, into a portal without people.")
@click.pass_context
def upgrade_command(context: click.Context, *, demo: bool) -> None:
    """Run every migration (the core's, then each plugin's) and load missing reference data."""
    from portal.units.reference import load_reference

    settings: Settings = current_app.extensions["settings"]
    core_metadata()
    try:
        left = migrating.upgrade(settings.owner_url, settings.database_url, schemas())
    except migrating.UpgradeRefused as refused:
        raise click.ClickException(str(refused)) from refused
    for name in left:
        click.echo(f"left as they are: the tables of {name}, whose package is not loaded")
    for name, reason in plugins().broken.items():
        click.echo(f"not upgraded: the plugin {name}: {reason}", err=True)
    load_reference()
    if demo:
        context.invoke(demo_command)


@portal_cli.command("revision")
@click.option("--plugin", default="", help="A plugin's name; the core if not given.")
@click.option(
    "--initial", is_flag=True, help="Write the first tables anew from the models, without a database."
)
@click.option("--message", "-m", default="", help="What the revision does, in a few words.")
def revision_command(plugin: str, initial: bool, message: str) -> None:
    """Write a migration for what the models have and the database lacks."""
    core_metadata()
    schema = _schema(plugin)
    if initial:
        click.echo(revising.write_initial(schema))
        return
    if not message:
        raise click.UsageError("Say with -m what the revision does.")
    settings: Settings = current_app.extensions["settings"]
    with migrating.connected(settings.owner_url) as connection:
        written = revising.write_next(schema, message, connection)
    click.echo(written or "the models and the database are alike")


@portal_cli.command("demo")
def demo_command() -> None:
    """Load invented people, organisations and cases, unless somebody is in the database already."""
    from portal.demo.load import load_demo

    if load_demo():
        click.echo("demo data loaded")


def _schema(plugin: str) -> migrating.Schema:
    found = next((one for one in schemas() if one.name == plugin), None)
    if plugin and found is None:
        raise click.ClickException(f"There is no loaded plugin {plugin} with tables.")
    return found or migrating.CORE
