"""Public start, Min side, language, static files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, public, signed_in
from portal.notifications import news
from portal.web.kit.assets import send_asset
from portal.web.kit.frame import Overview, Task
from portal.web.kit.i18n import LANGUAGE_COOKIE, parse_language
from portal.web.kit.overview import Part, gather
from portal.web.kit.requests import actor, see_other
from portal.web.kit.safety import local_path

bp = PortalBlueprint("shell", __name__)
__all__ = ["OPEN_CALLS", "SOURCES", "Overview", "Task", "assets_bp", "bp"]

assets_bp = PortalBlueprint("assets", __name__)


PARTS: list[Callable[[Actor], Iterable[Part]]] = []
"""What the core's rooms put on Min side, read in one statement."""
SOURCES: list[Callable[[Actor, Overview], None]] = []
"""What adds to Min side by itself: plugins, and what is new."""
OPEN_CALLS: list[Callable[[], list[tuple[str, str, datetime]]]] = []
AT_MOST = 5


@bp.get("/", access=public("The start page tells what the portal is for before anybody logs in."))
def start() -> str:
    """Public start: what can be done here, and what is open now."""
    open_calls = [call for source in OPEN_CALLS for call in source()]
    return render_template("shell/start.html", open_calls=open_calls, organisations_news=[])


@bp.get("/min-side", access=signed_in("Everybody who is logged in has a page of their own."))
def min_side() -> str:
    """Min side: what needs me, what I wait for, my places, what is new."""
    who = actor()
    overview = Overview()
    gather((part for parts in PARTS for part in parts(who)), overview)
    for source in SOURCES:
        source(who, overview)
    return render_template("shell/min_side.html", **_shown(who, overview))


@bp.get("/sprak/<code>", access=public("Everybody chooses the language they read."))
def choose_language(code: str) -> ResponseReturnValue:
    """Remember the reader's language in a cookie and go back to where they were."""
    response = see_other(local_path(request.args.get("next")))
    chosen = parse_language(code)
    if chosen is not None:
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, max_age=31_536_000, secure=True, httponly=True, samesite="Lax"
        )
    return response


@assets_bp.get("/static/<path:path>", access=public("Style, script, font and icons carry no data."))
def asset(path: str) -> Response:
    """A static file, cached for good under its content's digest."""
    return make_response(send_asset(path))


def told(who: Actor, overview: Overview) -> None:
    """What is new: the newest notices."""
    overview.news.extend(news(who))


def _shown(who: Actor, overview: Overview) -> dict[str, Any]:
    by_deadline = sorted(overview.needs_me, key=lambda task: (task.due is None, task.due))
    places = [
        (held.unit_name, f"/representer/{held.unit_id}", ROLES[held.role].title)
        for held in who.held
        if held.role in ROLES
    ]
    return {
        "needs_me": by_deadline[:AT_MOST],
        "waiting_for": overview.waiting_for[:AT_MOST],
        "places": places,
        "news": sorted(overview.news, key=lambda item: item[0], reverse=True)[:AT_MOST],
    }
