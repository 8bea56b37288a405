"""The frame of every page, the start page, Min side, errors and probes."""

from __future__ import annotations

from importlib.util import find_spec

from flask import Flask

from portal.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Register the shell's pages and what the rooms tell on Min side."""
    from portal.web.shell import about, health, rights, see_as_views, views

    for blueprint in (health.bp, views.assets_bp, views.bp, about.bp, rights.bp, see_as_views.bp):
        app.register_blueprint(blueprint)
    if settings.development and find_spec("portal.web.shell.components"):
        from portal.web.shell import components

        app.register_blueprint(components.bp)
    if views.told not in views.SOURCES:
        views.SOURCES.append(views.told)
