"""Pages about one's sessions and about whom one acts for."""

from __future__ import annotations

import structlog
from flask import Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from portal.access.policy import OutOfReach
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, signed_in
from portal.identity import endings, services, sessions
from portal.identity.context import session_of
from portal.settings import Settings
from portal.web.kit.requests import actor, see_other
from portal.web.kit.safety import local_path

WHY_OWN = "Everybody sees and ends their own sessions; the queries give no others."
WHY_PLACES = "Everybody chooses among the places where they hold a role; the service refuses others."

log = structlog.get_logger("portal.identity")
bp = PortalBlueprint("identity_sessions", __name__)


@bp.get("/min-side/okter", access=signed_in(WHY_OWN))
def own_sessions() -> str:
    """Where the person is logged in."""
    settings: Settings = current_app.extensions["settings"]
    labels = {one.key: one.label for one in settings.providers}
    who = actor()
    here = session_of(who)
    rows = [
        (session_id, device, labels.get(provider, provider), begun, seen, here and session_id == here.id)
        for session_id, device, provider, begun, seen in sessions.open_sessions(
            who.person_id, limits=settings.session
        )
    ]
    return render_template("identity/sessions.html", rows=rows, ended="avsluttet" in request.args)


@bp.post("/min-side/okter/<int:session_id>/avslutt", access=signed_in(WHY_OWN))
def end_one(session_id: int) -> ResponseReturnValue:
    """Log out one other browser."""
    endings.end_session(session_id, actor=actor())
    return see_other("/min-side/okter?avsluttet")


@bp.post("/min-side/okter/avslutt-andre", access=signed_in(WHY_OWN))
def end_others() -> ResponseReturnValue:
    """Log out everywhere but here."""
    endings.end_other_sessions(actor=actor())
    return see_other("/min-side/okter?avsluttet")


@bp.get("/representer/<int:unit_id>", access=signed_in(WHY_PLACES))
def place(unit_id: int) -> str:
    """One's roles at a place, and the button to act for it."""
    who = actor()
    here = [held for held in who.held if held.unit_id == unit_id]
    if not here:
        raise OutOfReach
    titles = [ROLES[held.role].title for held in here if held.role in ROLES]
    return render_template(
        "identity/place.html", label=here[0].unit_name, titles=titles, acting=who.acting_for == unit_id
    )


@bp.post("/representer/<int:unit_id>", access=signed_in(WHY_PLACES))
def act_for(unit_id: int) -> ResponseReturnValue:
    """Act for that place from now on."""
    services.act_for(unit_id, actor=actor())
    return see_other(local_path(request.form.get("next"), default="/min-side"))


def keep_alive(response: Response) -> Response:
    """After each request: note, at most once a minute, that the session is in use."""
    try:
        if "actor" in g:
            services.touch(g.actor)
    except SQLAlchemyError as error:
        # The page is made already; a lost note shortens the session by a minute at worst.
        log.warning("session_not_touched", kind=type(error).__name__)
    return response
