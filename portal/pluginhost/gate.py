"""The gate: a plugin that is off nationally has no addresses at all, whatever is asked of them."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.pluginhost.registry import Plugins


class PluginGate:
    """Finds the switched-off plugin that owns a path, comparing whole segments."""

    def __init__(self, plugins: Plugins) -> None:
        self._prefixes = {
            segments(one.info.url_prefix): one.name for one in plugins.loaded.values() if one.info.url_prefix
        }
        self._depths = sorted({len(prefix) for prefix in self._prefixes})

    def owner(self, path: str) -> str | None:
        """The plugin whose prefix the (decoded) path lies under; slashes too many change nothing."""
        parts = segments(path)
        for depth in self._depths:
            name = self._prefixes.get(parts[:depth])
            if name is not None:
                return name
        return None

    def __call__(self, actor: Actor, path: str) -> str | None:
        """The owner if it is switched off nationally, else None."""
        if not actor.switches.off:
            return None
        name = self.owner(path)
        return name if name is not None and actor.switches.everywhere_off(name) else None


def segments(path: str) -> tuple[str, ...]:
    """The parts of a path between its slashes, empty ones left out."""
    return tuple(part for part in path.split("/") if part)
