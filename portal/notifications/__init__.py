"""Notices in the portal and the mails that go with them."""

from __future__ import annotations

from datetime import datetime

from flask import Flask

from portal.access.actor import Actor
from portal.settings import Settings


def register(app: Flask, _settings: Settings) -> None:
    """Register the room's pages; importing its services declares its jobs."""
    from portal.identity import doors
    from portal.notifications import logins, services, views  # noqa: F401

    doors.told_by(logins.tell)
    app.register_blueprint(views.bp)


def news(actor: Actor) -> list[tuple[datetime, str, str | None]]:
    """The newest notices for Min side: (when, title, address)."""
    from portal.notifications.queries import my_notices

    return [(told.at, told.title, told.href) for told in my_notices(actor, limit=5)]
