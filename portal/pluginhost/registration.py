"""Taking plugins in: asked one at a time, checked whole, and either all of a plugin or nothing of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
import structlog
from flask import Flask

from portal.access.permissions import PERMISSIONS
from portal.access.roles import ROLES, extend_role
from portal.access.routes import UndeclaredAccess
from portal.funding.scheme import SCHEMES
from portal.jobs.kinds import catalogue
from portal.pluginhost import checks, discovery
from portal.pluginhost.refusal import PluginRefused
from portal.pluginhost.registry import Contributions, Loaded, Plugins, call
from portal.pluginkit import hookspecs
from portal.record.events import EVENT_TYPES
from portal.rules import RULES

log = structlog.get_logger("portal.plugins")


def take_in(app: Flask, plugins: Plugins) -> None:
    """Load every installed plugin into `app`; one that breaks a rule is named in `plugins.broken`."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for entry in discovery.installed():
        try:
            with _undone_when_refused():
                plugins.loaded[entry.name] = _take_in_one(app, plugins, manager, entry)
        except PluginRefused as refusal:
            plugins.broken[entry.name] = str(refusal)
            if manager.has_plugin(entry.name):
                manager.unregister(name=entry.name)
            log.error("plugin_refused", plugin=entry.name, reason=str(refusal))


def _take_in_one(app: Flask, plugins: Plugins, manager: pluggy.PluginManager, entry: EntryPoint) -> Loaded:
    module = discovery.load(entry)
    hooks = _register(manager, module, entry.name)
    info = checks.check_info(entry.name, _ask("portal_plugin_info", hooks), plugins, app)
    package, folder = _place(module)
    parts = _collect(info, hooks)
    checks.check_parts(package, folder, parts)
    checks.check_listening(info, hooks, parts.event_types)
    _declare(parts)
    try:
        checks.check_blueprints(parts, app)
    except (UndeclaredAccess, ValueError, AssertionError) as error:
        raise PluginRefused(str(error)) from error
    return Loaded(entry.name, package, folder, parts, hooks)


def _register(manager: pluggy.PluginManager, module: ModuleType, name: str) -> Mapping[str, pluggy.HookImpl]:
    try:
        manager.register(module, name)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:
        raise PluginRefused(str(error)) from error
    found: dict[str, pluggy.HookImpl] = {}
    for caller in manager.get_hookcallers(module) or []:
        for implementation in caller.get_hookimpls():
            if implementation.plugin is not module:
                continue
            if implementation.wrapper or implementation.hookwrapper or caller.name in found:
                raise PluginRefused(f"{caller.name}: one plain implementation a hook, no wrappers")
            found[caller.name] = implementation
    return found


def _ask(hook: str, hooks: Mapping[str, pluggy.HookImpl]) -> Any:
    implementation = hooks.get(hook)
    if implementation is None:
        return None
    try:
        return call(implementation, {})
    except Exception as error:
        raise PluginRefused(f"{hook} raised {type(error).__name__}: {error}") from error


def _place(module: ModuleType) -> tuple[str, Path]:
    if module.__file__ is None:
        raise PluginRefused("its module has no file")
    package = module.__name__.rpartition(".")[0] or module.__name__
    return package, Path(module.__file__).resolve().parent


def _collect(info: hookspecs.PluginInfo, hooks: Mapping[str, pluggy.HookImpl]) -> Contributions:
    def several(hook: str) -> tuple[Any, ...]:
        return tuple(_ask(hook, hooks) or ())

    given = _ask("portal_role_permissions", hooks) or {}
    return Contributions(
        info=info,
        blueprints=several("portal_blueprints"),
        permissions=several("portal_permissions"),
        role_permissions={role: tuple(permissions) for role, permissions in given.items()},
        event_types=several("portal_event_types"),
        jobs=several("portal_jobs"),
        schemes=several("portal_funding_schemes"),
        restrictions=several("portal_access_restrictions"),
    )


def _declare(parts: Contributions) -> None:
    """Put the plugin's names in the house's catalogues; again for each app of the same process."""
    for permission in parts.permissions:
        PERMISSIONS[permission.name] = permission
    for event in parts.event_types:
        EVENT_TYPES[event.name] = event
    for job in parts.jobs:
        catalogue.tasks[job.name] = job.task
    for scheme in parts.schemes:
        SCHEMES[scheme.code] = scheme
    for role, given in parts.role_permissions.items():
        extend_role(role, tuple(permission.name for permission in given))


@contextmanager
def _undone_when_refused() -> Iterator[None]:
    """Put the catalogues back as they were when the plugin is refused, whatever its import declared."""
    catalogues: list[dict[str, Any]] = [PERMISSIONS, ROLES, EVENT_TYPES, RULES, SCHEMES, catalogue.tasks]
    before = [dict(one) for one in catalogues]
    try:
        yield
    except PluginRefused:
        for one, entries in zip(catalogues, before, strict=True):
            one.clear()
            one.update(entries)
        raise
