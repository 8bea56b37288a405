"""Finding, registering, switching and watching plugins."""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings


def init_plugins(app: Flask, settings: Settings) -> None:
    """Load every installed plugin into `app`, unless safe mode starts the core alone."""
    from portal.pluginhost.admission import admit
    from portal.pluginhost.gate import PluginGate
    from portal.pluginhost.registration import take_in
    from portal.pluginhost.registry import Plugins

    plugins = Plugins(safe_mode=settings.safe_mode)
    app.extensions["plugins"] = plugins
    if not settings.safe_mode:
        take_in(app, plugins)
    admit(app, plugins)
    app.extensions["plugin_gate"] = PluginGate(plugins)
