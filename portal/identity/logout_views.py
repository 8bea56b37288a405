"""The way out: from the portal, and from the provider by either of its channels."""

from __future__ import annotations

from flask import Response, abort, jsonify, make_response, render_template, request, session
from flask.typing import ResponseReturnValue

from portal.access.routes import PortalBlueprint, public
from portal.identity import backchannel, endings
from portal.identity.context import SESSION_COOKIE
from portal.identity.provider import known_providers
from portal.identity.refusal import LoginRefused
from portal.identity.views import HOME, own_address, provider_of
from portal.web.kit.requests import actor, see_other

WHY_LOGOUT = "Logging out must work for everybody, also when the session has just run out."
WHY_PROVIDER = "The provider calls it, without cookies; what it says is judged by itself."

bp = PortalBlueprint("identity_logout", __name__)


@bp.get("/logg-ut", access=public(WHY_LOGOUT))
def confirm_logout() -> ResponseReturnValue:
    """A page with the button: an address alone must not log anybody out."""
    if not actor().signed_in:
        return see_other("/logget-ut")
    return render_template("identity/log_out.html")


@bp.post("/logg-ut", access=public(WHY_LOGOUT))
def logout() -> ResponseReturnValue:
    """End the session here, then at the provider, and come back to a page that says so."""
    hint = endings.log_out(request.cookies.get(SESSION_COOKIE, ""))
    provider = known_providers().get(hint.provider) if hint else None
    target = None
    if hint is not None and provider is not None:
        target = endings.provider_logout_url(provider, hint, back=own_address("/logget-ut"))
    session.clear()
    response = see_other(target or "/logget-ut")
    response.delete_cookie(SESSION_COOKIE, secure=True, httponly=True, samesite="Lax")
    return response


@bp.get("/logget-ut", access=public(WHY_LOGOUT))
def logged_out() -> ResponseReturnValue:
    """Say that one is logged out, and how to get in again."""
    if actor().signed_in:
        return see_other(HOME)
    return render_template("identity/logged_out.html")


@bp.get("/logg-ut/fra-leverandor", access=public(WHY_PROVIDER))
def provider_logout() -> Response:
    """End the sessions begun in a provider's session (OpenID Connect Front-Channel Logout 1.0).

    The answer is the same whether there were any, so that nothing can be found out here.
    """
    issuer, sid = request.args.get("iss", ""), request.args.get("sid", "")
    known = [one for one in known_providers().values() if one.profile.issuer == issuer]
    if not known or not sid.isprintable() or not 0 < len(sid) <= 255:
        abort(400)
    endings.end_provider_session(known[0], sid)
    response = make_response("", 200)
    places = " ".join((issuer, *known[0].profile.origins))
    response.headers["Content-Security-Policy"] = f"default-src 'none'; frame-ancestors {places}"
    return response


@bp.post("/logg-ut/fra-leverandor/<key>", access=public(WHY_PROVIDER))
def told_by_provider(key: str) -> ResponseReturnValue:
    """End sessions because the provider's server says so (OpenID Connect Back-Channel Logout 1.0)."""
    given = request.form.getlist("logout_token")
    try:
        backchannel.take(provider_of(key), given[0] if len(given) == 1 else "")
    except LoginRefused:
        return jsonify(error="invalid_request"), 400
    except backchannel.Full:
        return jsonify(error="temporarily_unavailable"), 503, {"Retry-After": "30"}
    return "", 200
