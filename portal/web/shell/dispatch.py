"""How a request is judged: context, gate, access; and once more when rights moved in between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, abort, current_app, g, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.routes import enforce
from portal.database import GenerationMoved, db
from portal.identity.context import SESSION_COOKIE, load_actor
from portal.settings import Settings
from portal.web.kit.requests import CleanRequest, StoredNumber

ATTEMPTS = 8
WITHOUT_CONTEXT = frozenset({"assets.asset", "health.healthz"})

Gate = Callable[[Actor, str], str | None]
"""Takes the actor and the path; gives the name of the switched-off plugin that owns it, or None."""


class Portal(Flask):
    """Flask whose dispatch begins again with fresh rights when a switch was thrown in between."""

    request_class = CleanRequest

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.url_map.converters["int"] = StoredNumber

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; on `GenerationMoved` nothing was written yet, so load, judge and run it again."""
        for _attempt in range(ATTEMPTS):
            try:
                return super().dispatch_request()
            except GenerationMoved:
                db.session.rollback()
                load_context()
                judge()
        return super().dispatch_request()


def init_dispatch(app: Flask) -> None:
    """Judge every request in this order: who asks, is the plugin on, may they use this view."""
    app.before_request(load_context)
    app.before_request(judge)


def load_context() -> None:
    """Put the actor on `g`, with one statement; static files and the liveness probe need none."""
    if request.endpoint in WITHOUT_CONTEXT:
        g.actor = Actor()
        return
    settings: Settings = current_app.extensions["settings"]
    cookie = request.cookies.get(SESSION_COOKIE)
    g.actor = load_actor(
        cookie,
        idle_minutes=settings.session.idle_minutes,
        staff_idle_minutes=settings.session.staff_idle_minutes,
        freshness=current_app.extensions.get("login_freshness"),
    )


def judge() -> None:
    """Gate and access. Raises 404 for a switched-off plugin's whole prefix before anything is revealed."""
    gate: Gate | None = current_app.extensions.get("plugin_gate")
    if gate is not None:
        plugin = gate(g.actor, request.path)
        if plugin is not None:
            g.plugin_off = plugin
            abort(404)
    enforce()
