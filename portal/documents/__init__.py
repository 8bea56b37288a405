"""Documents: uploads scanned before anybody opens them, letters made by the worker."""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings


def register(app: Flask, _settings: Settings) -> None:
    """Register the room's pages; importing its services declares its jobs."""
    from portal.documents import letters, services, views  # noqa: F401

    app.register_blueprint(views.bp)
