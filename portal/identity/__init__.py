"""Who somebody is: login at a provider, sessions, whom one acts for."""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Register the pages of login and sessions, and keep used sessions alive."""
    from portal.identity import (
        contact_views,
        door_views,
        logout_views,
        proof_views,
        session_views,
        views,
    )
    from portal.identity.contact_register import KnownRegister
    from portal.identity.context import Freshness
    from portal.identity.provider import KnownProvider

    app.extensions["login_providers"] = {one.key: KnownProvider(one) for one in settings.providers}
    app.extensions["contact_registers"] = {
        one.key: KnownRegister(one.key, one.contact_register)
        for one in settings.providers
        if one.contact_register is not None
    }
    app.extensions["login_freshness"] = Freshness(
        settings.session.step_up_minutes,
        {one.key: one.accepted(one.step_up_acr) for one in settings.providers if one.step_up_acr},
    )
    for room in (views, logout_views, proof_views, door_views, session_views, contact_views):
        app.register_blueprint(room.bp)
    # The provider's server has no form of ours; its token is signed and judged by itself.
    app.extensions["csrf"].exempt(logout_views.told_by_provider)
    app.after_request(session_views.keep_alive)
