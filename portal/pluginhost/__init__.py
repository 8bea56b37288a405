"""Finding, registering, switching and watching plugins."""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings


def register(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - as every room
    """The core's own part: the pages and commands by which plugins are seen and switched."""
    from portal.pluginhost.cli import plugins_cli
    from portal.pluginhost.overview import plugin_off
    from portal.pluginhost.views import ENTRY, bp
    from portal.web.shell.layout import NAV

    app.register_blueprint(bp)
    app.cli.add_command(plugins_cli)
    app.jinja_env.globals["plugin_off"] = plugin_off
    if not any(item is ENTRY for item in NAV):
        NAV.append(ENTRY)


def init_plugins(app: Flask, settings: Settings) -> None:
    """Load every installed plugin into `app`, unless safe mode starts the core alone."""
    from portal.pluginhost.admission import admit
    from portal.pluginhost.gate import PluginGate
    from portal.pluginhost.queries import queue_open
    from portal.pluginhost.registration import take_in
    from portal.pluginhost.registry import Plugins

    plugins = Plugins(safe_mode=settings.safe_mode)
    app.extensions["plugins"] = plugins
    if not settings.safe_mode:
        take_in(app, plugins)
    admit(app, plugins)
    app.extensions["plugin_gate"] = PluginGate(plugins)
    app.extensions["job_gate"] = queue_open
    app.extensions["plugin_titles"] = {name: one.info.title for name, one in plugins.loaded.items()}
    app.extensions["job_queues"] = tuple(sorted(plugins.loaded))
