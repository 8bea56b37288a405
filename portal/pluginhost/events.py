"""What the audit trail is told of switching."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event


@dataclass(frozen=True, kw_only=True)
class PluginDisabled(Event):
    """A plugin was switched off at a place (no place: the whole country).

    `via` is `page` or `command`; `blockers` counts the objections that were set aside.
    """

    name = "pluginhost.plugin_disabled"
    message = "The plugin %(plugin_name)s was switched off."
    subject = "plugin_switch"

    plugin_name: str
    unit_id: int | None
    via: str
    blockers: int


@dataclass(frozen=True, kw_only=True)
class PluginEnabled(Event):
    """A plugin was switched on again; `released_jobs` had waited for it."""

    name = "pluginhost.plugin_enabled"
    message = "The plugin %(plugin_name)s was switched on."
    subject = "plugin_switch"

    plugin_name: str
    unit_id: int | None
    via: str
    released_jobs: int
