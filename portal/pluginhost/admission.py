"""Giving the app what its plugins handed over: pages, templates, texts, narrowings, menu, tasks."""

from __future__ import annotations

from typing import Any

from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader

from portal.access.actor import Actor
from portal.access.policy import restrict
from portal.pluginhost.checks import prefix_of
from portal.pluginhost.listening import listen
from portal.pluginhost.narrowing import while_on
from portal.pluginhost.registry import Plugins, plugins
from portal.web.kit.frame import PANEL_SOURCES, NavItem, Overview, Panel
from portal.web.kit.i18n import add_translations
from portal.web.shell.layout import NAV_SOURCES
from portal.web.shell.views import SOURCES


def admit(app: Flask, admitted: Plugins) -> None:
    """Make every loaded plugin part of `app`; each was checked to fit."""
    loaders: dict[str, BaseLoader] = {}
    for plugin in admitted.loaded.values():
        for blueprint in plugin.parts.blueprints:
            app.register_blueprint(blueprint, url_prefix=prefix_of(blueprint, plugin.info.url_prefix))
        loaders[plugin.name] = FileSystemLoader(plugin.folder / "templates" / plugin.name)
        add_translations(app, plugin.folder / "translations")
        for restriction in plugin.parts.restrictions:
            restrict(while_on(plugin.name, restriction))
        listen(plugin)
    if app.jinja_loader is not None:  # the core's own come first: no plugin can replace one
        app.jinja_loader = ChoiceLoader([app.jinja_loader, PrefixLoader(loaders)])
    if nav_items not in NAV_SOURCES:
        NAV_SOURCES.append(nav_items)
    if tasks_for not in SOURCES:
        SOURCES.append(tasks_for)
    if panels not in PANEL_SOURCES:
        PANEL_SOURCES.append(panels)


def nav_items(actor: Actor) -> list[NavItem]:
    """The menu entries of the plugins that are on."""
    host = plugins()
    return [
        item
        for plugin in host.switched_on(actor)
        for item in host.ask("portal_nav_items", plugin, actor=actor) or ()
    ]


def panels(page: str, subject: Any, actor: Actor) -> list[Panel]:
    """What the plugins that are on add to a page."""
    host = plugins()
    return [
        panel
        for plugin in host.switched_on(actor)
        for panel in host.ask("portal_panels", plugin, page=page, subject=subject, actor=actor) or ()
    ]


def tasks_for(actor: Actor, overview: Overview) -> None:
    """Add the tasks of the plugins that are on; what a plugin added before it failed is left out."""
    host = plugins()
    for plugin in host.switched_on(actor):
        own = Overview()
        failures = host.failures[plugin.name, "portal_tasks_for"]
        host.ask("portal_tasks_for", plugin, actor=actor, overview=own)
        if host.failures[plugin.name, "portal_tasks_for"] == failures:
            overview.needs_me += own.needs_me
            overview.waiting_for += own.waiting_for
            overview.news += own.news
