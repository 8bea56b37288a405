"""`flask plugins`: which there are, and switching them from the command line."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from portal.pluginhost import queries, switching
from portal.pluginhost.registry import plugins
from portal.web.kit.i18n import use_locale

plugins_cli = AppGroup("plugins", help="Plugins: list them, switch them on and off.")

_WHY = {
    "unknown": "There is no such plugin or place; see `flask plugins list`.",
    "level": "The plugin cannot be switched at that level.",
    "message": "Say why with --message: it is shown to everybody who asks for the plugin's pages.",
}


@plugins_cli.command("list")
def list_command() -> None:
    """Name, state and address of every installed plugin; what is broken, and why."""
    host = plugins()
    if host.safe_mode:
        click.echo("safe mode: no plugin is loaded")
    with use_locale("en"):
        for name, plugin in host.loaded.items():
            state = "on" if queries.is_on(name) else "off"
            click.echo(f"{name}\t{state}\t{plugin.info.url_prefix}\t{plugin.info.title}")
    for row in queries.switch_rows():
        if row.unit_id is not None and not row.enabled:
            click.echo(f"{row.plugin}\toff at {row.unit_name} ({row.unit_id})")
    for name, reason in host.broken.items():
        click.echo(f"{name}\tbroken\t{reason}")


@plugins_cli.command("disable")
@click.argument("plugin")
@click.option("--message", default="", help="Shown to whoever asks for the plugin's pages.")
@click.option("--unit", "unit_id", type=int, help="A unit's id; the whole country if not given.")
@click.option("--despite-blockers", is_flag=True, help="Switch off although the plugin objects.")
def disable_command(plugin: str, message: str, unit_id: int | None, despite_blockers: bool) -> None:
    """Switch a plugin off; every process knows at its next request."""
    try:
        changed = switching.disable(
            plugin, actor=None, message=message, unit_id=unit_id, despite_blockers=despite_blockers
        )
    except switching.SwitchRefused as refused:
        _refuse(refused.code, plugin, unit_id)
    click.echo(f"{plugin} {'is off' if changed else 'was off already'}")


@plugins_cli.command("enable")
@click.argument("plugin")
@click.option("--unit", "unit_id", type=int, help="A unit's id; the whole country if not given.")
def enable_command(plugin: str, unit_id: int | None) -> None:
    """Switch a plugin on again; its waiting jobs come back with it."""
    try:
        changed = switching.enable(plugin, actor=None, unit_id=unit_id)
    except switching.SwitchRefused as refused:
        _refuse(refused.code, plugin, unit_id)
    click.echo(f"{plugin} {'is on' if changed else 'was on already'}")


def _refuse(code: str, plugin: str, unit_id: int | None) -> None:
    click.echo(_WHY.get(code, code), err=True)
    if code == "blocked":
        with use_locale("en"):
            for blocker in switching.preview(plugin, unit_id).blockers:
                click.echo(f"- {blocker.reason}", err=True)
        click.echo("Add --despite-blockers to switch it off all the same.", err=True)
    sys.exit(1)
