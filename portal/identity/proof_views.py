"""Proving once more who one is: before a grave act, and after a session that ran out under a form."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from flask import Response, current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from portal.access.policy import OutOfReach
from portal.access.routes import PortalBlueprint, signed_in
from portal.identity import held, sessions
from portal.identity.attempts import STEP_UP, Going
from portal.identity.context import SESSION_COOKIE, session_of
from portal.identity.fetching import Busy
from portal.identity.held import Kept
from portal.identity.provider import KnownProvider, known_providers
from portal.identity.refusal import LoginRefused
from portal.identity.views import busy, destination, go, refused, settings
from portal.web.kit.requests import actor, see_other
from portal.web.kit.safety import local_path

WHY_OWN = "Everybody may prove who they are, and sees only the forms they sent themselves."

bp = PortalBlueprint("identity_proof", __name__)
bp.register_error_handler(LoginRefused, refused)
bp.register_error_handler(Busy, busy)


@bp.get("/bekreft-deg", access=signed_in(WHY_OWN))
def prove() -> str:
    """Say why one must log in once more, and what becomes of what one was about to send."""
    return render_template(
        "identity/prove.html",
        provider=_own_provider().profile.label,
        going=destination(request.args.get("next")),
        form=request.args.get("skjema", ""),
        minutes=settings().session.step_up_minutes,
    )


@bp.post("/bekreft-deg", access=signed_in(WHY_OWN))
def prove_now() -> ResponseReturnValue:
    """Log in once more where this session began."""
    return go(_own_provider(), Going(destination(request.form.get("next")), STEP_UP, actor().person_id))


@bp.get("/bekreft-deg/fortsett/<token>", access=signed_in(WHY_OWN))
def go_on(token: str) -> ResponseReturnValue:
    """Show that the form is here and not sent, with one button that sends it."""
    kept = held.open_held(token, actor().person_id)
    if kept is None:
        raise OutOfReach
    return render_template("identity/go_on.html", kept=kept)


def proof_needed() -> Response:
    """The answer to a grave act by somebody whose login is too old or weak: keep the form, ask for proof."""
    return see_other(_with_form("/bekreft-deg", actor().person_id))


def login_needed() -> ResponseReturnValue:
    """The answer to a visitor where somebody must be logged in: to the login page, and back afterwards.

    A page that saves itself is only told so: its reader logs in when they press the button themselves.
    """
    if request.headers.get("X-Autosave") == "1":
        return jsonify(saved=None), 401
    if request.method == "GET":
        return see_other(f"/logg-inn?next={quote(request.full_path.rstrip('?'))}")
    over = sessions.why_over(request.cookies.get(SESSION_COOKIE, ""), limits=settings().session)
    return see_other(_with_form("/logg-inn", over[0] if over else None))


def _with_form(page: str, person_id: int | None) -> str:
    """The address of `page`, leading on to the form that was sent, or to the page it was sent from."""
    token = held.hold(kept, person_id) if person_id and (kept := _kept()) else None
    if token is None:
        return f"{page}?next={quote(_page())}&skjema=ikke"
    return f"{page}?next={quote(f'/bekreft-deg/fortsett/{token}')}&skjema=holdt"


def _kept() -> Kept | None:
    """The form in this request, when it is really one of ours and all of it can be kept."""
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate" or any(request.files.values()):
        return None
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        return None
    typed = [pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token"]
    return Kept(request.full_path.rstrip("?"), _page(), tuple(typed))


def _page() -> str:
    """The portal's page this request came from; Min side when that is not known."""
    came_from = urlsplit(request.referrer or "")
    ours = urlsplit(settings().base_url)
    if (came_from.scheme, came_from.netloc) != (ours.scheme, ours.netloc):
        return "/min-side"
    return local_path(
        came_from.path + (f"?{came_from.query}" if came_from.query else ""), default="/min-side"
    )


def _own_provider() -> KnownProvider:
    """The provider this session began at; the first one when that is no longer offered."""
    here = session_of(actor())
    every = known_providers()
    return every.get(here.provider if here else "") or next(iter(every.values()))
