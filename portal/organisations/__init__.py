"""Organisations: how they register, who may act for them, and what UDI knows of them."""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings


def register(app: Flask, _settings: Settings) -> None:
    """Register the room's pages, jobs, menu and what it adds to Min side."""
    from portal.organisations import list_views, views
    from portal.organisations.members import views as members
    from portal.organisations.registration import staff_views
    from portal.organisations.registration import views as registration

    for blueprint in (registration.bp, staff_views.bp, members.bp, list_views.bp, views.bp):
        app.register_blueprint(blueprint)
