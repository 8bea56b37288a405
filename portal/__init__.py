"""Samvirkeportalen: the portal through which UDI works with civil society.

`create_app` is the table of contents: what the house consists of, in the order it is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.paths import ROOT

if TYPE_CHECKING:
    # The supervisor imports this package too, and must be able to say that a library is missing.
    from flask import Flask

    from portal.settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """Build the portal. Reads settings, sends no statement; raises at the first thing that is not sound."""
    from portal import rooms
    from portal.access.routes import check_routes
    from portal.database import init_database
    from portal.pluginhost import init_plugins
    from portal.settings import load
    from portal.web.kit.assets import init_assets
    from portal.web.kit.csrf import MaskedCSRF
    from portal.web.kit.formats import init_formats
    from portal.web.kit.headers import init_headers
    from portal.web.kit.i18n import init_i18n
    from portal.web.kit.logs import init_logs
    from portal.web.shell.dispatch import Portal, init_dispatch
    from portal.web.shell.errors import init_errors
    from portal.web.shell.layout import init_layout

    settings = settings or load()
    app = Portal("portal", template_folder=str(ROOT / "templates"), static_folder=None)
    app.extensions["settings"] = settings
    _configure(app, settings)
    init_logs()
    init_database(app, settings)
    init_headers(app, settings)
    init_i18n(app)
    init_formats(app)
    init_assets(app)
    init_dispatch(app)
    MaskedCSRF(app)
    init_errors(app)
    init_layout(app)
    rooms.register(app, settings)
    init_plugins(app, settings)
    rooms.check()
    check_routes(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    from jinja2 import StrictUndefined
    from werkzeug.middleware.proxy_fix import ProxyFix

    from portal.web.kit.forms import new_idempotency_key

    app.config.update(
        SECRET_KEY=settings.secret_key,
        DEBUG=settings.debug,
        MAX_CONTENT_LENGTH=settings.upload_limit_bytes + 1_000_000,
        SESSION_COOKIE_NAME="__Host-form",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PREFERRED_URL_SCHEME=settings.base_url.split(":", 1)[0],
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["idempotency_key"] = new_idempotency_key
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
