"""Telling a plugin of the events it listens to, in a worker."""

from __future__ import annotations

from dataclasses import dataclass

from portal.pluginhost.registry import Loaded, call, plugins
from portal.record import subscribe
from portal.record.services import recorded


@dataclass(frozen=True)
class Listener:
    """The handler of one plugin. What the plugin raises goes to the worker, which tries again later."""

    plugin: str

    def __call__(self, entry_id: int) -> None:
        found = plugins().loaded.get(self.plugin)
        event = recorded(entry_id)
        if found is not None and event is not None:
            call(found.hooks["portal_event_recorded"], {"event": event})


def listen(plugin: Loaded) -> None:
    """Have `plugin` told of what it listens to, by jobs in its own queue."""
    for name in plugin.info.listens_to:
        subscribe(name, f"{plugin.name}.portal_event_recorded", Listener(plugin.name), queue=plugin.name)
