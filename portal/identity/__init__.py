"""Who somebody is: login at a provider, sessions, whom one acts for."""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Register the pages of login and sessions, and keep used sessions alive."""
    from portal.identity import session_views, views
    from portal.identity.provider import KnownProvider

    app.extensions["login_providers"] = {one.key: KnownProvider(one) for one in settings.providers}
    app.register_blueprint(views.bp)
    app.register_blueprint(session_views.bp)
    app.after_request(session_views.keep_alive)
