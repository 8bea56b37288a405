"""The rules a plugin's contributions must keep, each refused with a sentence of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from flask import Flask

from portal.access.permissions import PERMISSIONS, Permission
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, check_routes
from portal.database.migrating import tables_in
from portal.jobs.kinds import CORE_QUEUE
from portal.paths import ROOT
from portal.pluginhost.refusal import PluginRefused
from portal.pluginhost.registry import Contributions, Plugins
from portal.pluginkit.hookspecs import LEVELS, PluginInfo
from portal.record.events import EVENT_TYPES, Event

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_PREFIX = re.compile(r"(/[a-z0-9]+(-[a-z0-9]+)*)+")
HEAD = ROOT / "migrations" / "HEAD"


def check_info(name: str, info: object, others: Plugins, app: Flask) -> PluginInfo:
    """The plugin's own account, if it can be: names, prefix, levels, the core it needs."""
    if not isinstance(info, PluginInfo):
        raise PluginRefused("portal_plugin_info gives no PluginInfo")
    if info.name != name:
        raise PluginRefused(f"is installed as {name} but calls itself {info.name}")
    if not _NAME.fullmatch(name) or name == CORE_QUEUE or find_spec(f"portal.{name}"):
        raise PluginRefused(f"the name {name} is not free, or not of lower-case letters, digits and _")
    if not info.levels or not set(info.levels) <= set(LEVELS):
        raise PluginRefused(f"levels {info.levels} are not among {LEVELS}")
    if HEAD.exists() and info.requires_core > HEAD.read_text(encoding="utf-8").strip():
        raise PluginRefused(f"requires core migration {info.requires_core}, which this portal does not have")
    _check_prefix(info.url_prefix, others, app)
    return info


def _check_prefix(prefix: str, others: Plugins, app: Flask) -> None:
    if not _PREFIX.fullmatch(prefix):
        raise PluginRefused(f"url_prefix {prefix!r} is not like /barneaktiviteter")
    for other in others.loaded.values():
        if under(prefix, other.info.url_prefix) or under(other.info.url_prefix, prefix):
            raise PluginRefused(f"url_prefix {prefix} overlaps with that of {other.name}")
    for rule in app.url_map.iter_rules():
        if under(rule.rule.split("<", 1)[0].rstrip("/") or "/", prefix):
            raise PluginRefused(f"url_prefix {prefix} is taken by the core's {rule.rule}")


def under(path: str, prefix: str) -> bool:
    """True when `path` is `prefix` or lies below it."""
    return path == prefix or path.startswith(f"{prefix}/")


def check_parts(package: str, folder: Path, parts: Contributions) -> None:
    """Refuse names outside the plugin's own, rights of others, foreign tables and undeclared events."""
    name = parts.info.name
    _all_named(name, "permission", (one.name for one in parts.permissions))
    _all_named(name, "event", (one.name for one in parts.event_types))
    _all_named(name, "job", (one.name for one in parts.jobs))
    _check_schemes(parts)
    _check_permissions(name, parts)
    _check_restrictions(parts)
    for job in parts.jobs:
        if job.task.queue != name:
            raise PluginRefused(f"job {job.name} is not in the queue {name}")
    for event in EVENT_TYPES.values():
        if of_package(event.__module__, package) and event not in parts.event_types:
            raise PluginRefused(f"event {event.name} is not handed over in portal_event_types")
    for table in sorted(tables_in(package)):
        if not table.startswith(f"{name}_"):
            raise PluginRefused(f"table {table} is not named {name}_...")
    _check_templates(name, folder)


def check_listening(info: PluginInfo, hooks: Iterable[str], own: Iterable[type[Event]]) -> None:
    """Refuse a plugin that listens to what nobody records, or has no ears."""
    known = EVENT_TYPES.keys() | {event.name for event in own}
    for name in info.listens_to:
        if name not in known:
            raise PluginRefused(f"there is no event {name} to listen to")
    if bool(info.listens_to) != ("portal_event_recorded" in hooks):
        raise PluginRefused("listens_to and portal_event_recorded go together")


def _check_schemes(parts: Contributions) -> None:
    info = parts.info
    for scheme in parts.schemes:
        if scheme.plugin != info.name or not under(scheme.prefix, info.url_prefix):
            raise PluginRefused(f"scheme {scheme.code} is not of {info.name}, or outside its addresses")


def _all_named(plugin: str, what: str, names: Iterable[str]) -> None:
    for name in names:
        if not name.startswith(f"{plugin}."):
            raise PluginRefused(f"{what} {name} is not named {plugin}....")


def _check_permissions(name: str, parts: Contributions) -> None:
    for one in parts.permissions:
        if one.plugin != name:
            raise PluginRefused(f"permission {one.name} says it is of {one.plugin}")
    own: set[Permission] = set(parts.permissions)
    for role, given in parts.role_permissions.items():
        if role not in ROLES:
            raise PluginRefused(f"there is no role {role}")
        for one in given:
            if one not in own:
                raise PluginRefused(f"permission {one.name} is not its own to give to {role}")


def _check_restrictions(parts: Contributions) -> None:
    known = PERMISSIONS.keys() | {one.name for one in parts.permissions}
    for restriction in parts.restrictions:
        if restriction.permission not in known:
            raise PluginRefused(f"there is no permission {restriction.permission} to narrow")


def _check_templates(name: str, folder: Path) -> None:
    templates = folder / "templates"
    strays = [one.name for one in templates.iterdir() if one.name != name] if templates.is_dir() else []
    if strays:
        raise PluginRefused(f"templates/{strays[0]} is outside templates/{name}/")


def of_package(module: str, package: str) -> bool:
    """True when `module` is the package or inside it."""
    return module == package or module.startswith(f"{package}.")


def check_blueprints(parts: Contributions, app: Flask) -> None:
    """Register them on an empty app first: every route under the prefix, every route with its access."""
    name, prefix = parts.info.name, parts.info.url_prefix
    scratch = Flask("scratch", static_folder=None)
    for blueprint in parts.blueprints:
        if not isinstance(blueprint, PortalBlueprint):
            raise PluginRefused(f"{blueprint!r} is not a PortalBlueprint")
        if blueprint.name != name and not blueprint.name.startswith(f"{name}_"):
            raise PluginRefused(f"blueprint {blueprint.name} is not named {name} or {name}_...")
        if blueprint.name in app.blueprints:
            raise PluginRefused(f"there is a blueprint {blueprint.name} already")
        scratch.register_blueprint(blueprint, url_prefix=prefix_of(blueprint, prefix))
    for rule in scratch.url_map.iter_rules():
        if not under(rule.rule, prefix) or rule.host or rule.subdomain:
            raise PluginRefused(f"{rule.rule} is outside {prefix}")
    check_routes(scratch)


def prefix_of(blueprint: PortalBlueprint, prefix: str) -> str:
    """Where a blueprint is registered: its own prefix when under the plugin's, else below that."""
    own = blueprint.url_prefix or ""
    return own if under(own, prefix) else f"{prefix}{own}"
