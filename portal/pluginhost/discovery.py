"""Finding installed plugins by their entry points, and importing each on its own."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from types import ModuleType

from portal.pluginhost.refusal import PluginRefused

GROUP = "samvirkeportalen.plugins"


def installed() -> list[EntryPoint]:
    """The entry points of installed plugins, one a name, by name. Nothing is imported."""
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=GROUP):
        found.setdefault(entry.name, entry)
    return [found[name] for name in sorted(found)]


def load(entry: EntryPoint) -> ModuleType:
    """Import a plugin's module, and its tables. Raises `PluginRefused` whatever goes wrong in it."""
    try:
        module = entry.load()
    except (Exception, SystemExit) as error:
        raise PluginRefused(f"cannot be imported: {type(error).__name__}: {error}") from error
    if not isinstance(module, ModuleType):
        raise PluginRefused(f"its entry point {entry.value} is not a module")
    package = module.__name__.rpartition(".")[0]
    try:
        if package and find_spec(f"{package}.models"):
            import_module(f"{package}.models")
    except Exception as error:
        raise PluginRefused(f"its tables cannot be imported: {type(error).__name__}: {error}") from error
    return module
