"""What the administration pages show of the plugins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import g

from portal.access.policy import OutOfReach
from portal.pluginhost import queries
from portal.pluginhost.queries import SwitchRow
from portal.pluginhost.registry import Loaded, plugins
from portal.pluginhost.wording import state
from portal.web.kit.frame import Text


@dataclass(frozen=True, slots=True)
class Shown:
    """A plugin as an administrator sees it."""

    name: str
    title: Text
    description: Text
    personal_data: Text
    url_prefix: str
    state: Text
    kind: str
    off_since: datetime | None
    message: str
    failures: int
    places_off: list[SwitchRow]
    places: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Broken:
    """An installed plugin that could not be taken in, and why."""

    name: str
    reason: str


def safe_mode() -> bool:
    """True when the core runs alone."""
    return plugins().safe_mode


def all_plugins() -> tuple[list[Shown], list[Broken]]:
    """Every installed plugin: those that run, and those that do not. Two statements at most."""
    host = plugins()
    rows = queries.switch_rows()
    shown = [
        _shown(plugin, [row for row in rows if row.plugin == name]) for name, plugin in host.loaded.items()
    ]
    return shown, [Broken(name, reason) for name, reason in host.broken.items()]


def one_plugin(name: str) -> Shown:
    """One loaded plugin, with the places where it can be switched. Raises `OutOfReach`."""
    plugin = plugins().loaded.get(name)
    if plugin is None:
        raise OutOfReach(name)
    levels = set(plugin.info.levels) - {"national"}
    return _shown(plugin, list(queries.switch_rows(name)), queries.units_at(levels) if levels else ())


def plugin_off() -> tuple[Text, str] | None:
    """For the page that says a page is away: title of the plugin that is off here, and the message left.

    None when no switched-off plugin is the reason.
    """
    plugin = plugins().loaded.get(g.get("plugin_off", ""))
    if plugin is None:
        return None
    rows = queries.switch_rows(plugin.name)
    return plugin.info.title, next((row.message for row in rows if row.unit_id is None), "")


def _shown(plugin: Loaded, rows: list[SwitchRow], places: Sequence[tuple[int, str]] = ()) -> Shown:
    national = next((row for row in rows if row.unit_id is None and not row.enabled), None)
    places_off = [row for row in rows if row.unit_id is not None and not row.enabled]
    text, kind = state(national is None, len(places_off))
    failures = plugins().failures
    return Shown(
        name=plugin.name,
        title=plugin.info.title,
        description=plugin.info.description,
        personal_data=plugin.info.personal_data,
        url_prefix=plugin.info.url_prefix,
        state=text,
        kind=kind,
        off_since=national.changed_at if national else None,
        message=national.message if national else "",
        failures=sum(count for (name, _hook), count in failures.items() if name == plugin.name),
        places_off=places_off,
        places=list(places),
    )
