"""The plugins of one app: which are loaded, which are broken and why, and asking them one at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from flask import current_app
from pluggy import HookImpl

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Restriction
from portal.access.routes import PortalBlueprint
from portal.database.migrating import Schema
from portal.funding.scheme import Scheme
from portal.jobs import Job
from portal.pluginkit.hookspecs import PluginInfo
from portal.record import Event

log = structlog.get_logger("portal.plugins")


@dataclass(frozen=True)
class Contributions:
    """Everything a plugin handed over at start, checked."""

    info: PluginInfo
    blueprints: tuple[PortalBlueprint, ...] = ()
    permissions: tuple[Permission, ...] = ()
    role_permissions: Mapping[str, tuple[Permission, ...]] = field(default_factory=dict)
    event_types: tuple[type[Event], ...] = ()
    jobs: tuple[Job[Any], ...] = ()
    schemes: tuple[Scheme, ...] = ()
    restrictions: tuple[Restriction, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """A plugin that is part of the app: its package, its folder, what it handed over, its hooks."""

    name: str
    package: str
    folder: Path
    parts: Contributions
    hooks: Mapping[str, HookImpl]

    @property
    def info(self) -> PluginInfo:
        """What the plugin says of itself."""
        return self.parts.info


@dataclass
class Plugins:
    """All installed plugins of one app. `broken` maps a name to the reason it was not loaded."""

    safe_mode: bool = False
    loaded: dict[str, Loaded] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)

    def ask(self, hook: str, plugin: Loaded, **arguments: Any) -> Any:
        """One plugin's answer to a runtime or custodial hook; None without one, or when it raised.

        What it raises is counted in `failures` and logged, and stops nobody else.
        """
        implementation = plugin.hooks.get(hook)
        if implementation is None:
            return None
        try:
            return call(implementation, arguments)
        except Exception as error:
            self.failures[plugin.name, hook] += 1
            log.exception("plugin_hook_failed", plugin=plugin.name, hook=hook, kind=type(error).__name__)
            return None

    def switched_on(self, actor: Actor) -> Iterator[Loaded]:
        """The plugins that are not switched off nationally, as the actor's context says."""
        off = actor.switches.off
        return (one for one in self.loaded.values() if not off or not actor.switches.everywhere_off(one.name))


def call(implementation: HookImpl, arguments: Mapping[str, Any]) -> Any:
    """Call one implementation with those of `arguments` it asks for."""
    return implementation.function(*(arguments[name] for name in implementation.argnames))


def plugins() -> Plugins:
    """The plugins of the current app."""
    found: Plugins = current_app.extensions["plugins"]
    return found


def schemas() -> list[Schema]:
    """The tables of the current app's plugins that have any, for the upgrade."""
    found = [
        Schema(one.name, one.package, one.folder / "migrations", one.info.requires_core)
        for one in plugins().loaded.values()
    ]
    return [schema for schema in found if schema.tables()]
