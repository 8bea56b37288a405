"""The way in and out: choose a provider, go there, come back, log out."""

from __future__ import annotations

import re
import secrets
from urllib.parse import quote

import structlog
from flask import Response, abort, current_app, g, make_response, render_template, request, session
from flask.typing import ResponseReturnValue

from portal.access.routes import PortalBlueprint, public
from portal.identity import services
from portal.identity.attempts import LIFETIME
from portal.identity.context import SESSION_COOKIE
from portal.identity.devices import device_of
from portal.identity.fetching import Busy
from portal.identity.flow import Answer
from portal.identity.provider import KnownProvider
from portal.identity.refusal import UNREACHABLE, LoginRefused
from portal.settings import Settings
from portal.web.kit.i18n import language
from portal.web.kit.requests import actor, see_other
from portal.web.kit.safety import local_path

LOGIN_COOKIE = "__Host-login"
HOME = "/min-side"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
WHY_LOGIN = "Whoever wants to log in is not logged in yet."
WHY_LOGOUT = "Logging out must work for everybody, also when the session has just run out."

log = structlog.get_logger("portal.identity")
bp = PortalBlueprint("identity", __name__)


@bp.get("/logg-inn", access=public(WHY_LOGIN))
def login() -> ResponseReturnValue:
    """Choose how to log in. Asks no provider anything, so it answers at once.

    With `igjen` also for who is logged in: some things are signed with a fresh login only.
    """
    going = destination(request.args.get("next"))
    again = "igjen" in request.args
    if actor().signed_in and not again:
        return see_other(going)
    return render_template(
        "identity/login.html",
        providers=_providers().values(),
        going=going,
        again=again,
        idle_minutes=_settings().session.idle_minutes,
    )


@bp.get("/logg-inn/start/<key>", access=public(WHY_LOGIN))
def begin_again(key: str) -> ResponseReturnValue:
    """An address kept or shared from the middle of a login leads to its beginning."""
    _provider(key)
    return see_other("/logg-inn")


@bp.post("/logg-inn/start/<key>", access=public(WHY_LOGIN))
def start(key: str) -> ResponseReturnValue:
    """Go to the provider, remembering in which browser and on the way to where."""
    browser = _login_cookie() or secrets.token_urlsafe(32)
    begun = services.begin_login(
        _provider(key),
        redirect_uri=_own(f"/logg-inn/svar/{key}"),
        language=language(),
        browser=browser,
        next_path=destination(request.form.get("next")),
        again="again" in request.form,
    )
    response = see_other(begun.url)
    response.set_cookie(
        LOGIN_COOKIE,
        browser,
        max_age=int(LIFETIME.total_seconds()),
        secure=True,
        httponly=True,
        samesite="Lax",
    )
    return response


@bp.get("/logg-inn/svar/<key>", access=public(WHY_LOGIN))
def callback(key: str) -> ResponseReturnValue:
    """Take the provider's answer. An address for each provider keeps their answers apart (RFC 9700 4.4)."""
    if not request.args:
        return begin_again(key)
    browser = services.Browser(
        token=_login_cookie() or "",
        old_session=request.cookies.get(SESSION_COOKIE),
        device=device_of(request.user_agent.string),
    )
    logged_in = services.complete_login(
        _provider(key),
        _answer(key),
        redirect_uri=_own(f"/logg-inn/svar/{key}"),
        browser=browser,
        limits=_settings().session,
    )
    session.clear()  # a form opened before the login cannot be sent after it
    response = see_other(logged_in.next_path)
    response.set_cookie(SESSION_COOKIE, logged_in.token, secure=True, httponly=True, samesite="Lax")
    return response


@bp.get("/logg-ut", access=public(WHY_LOGOUT))
def confirm_logout() -> ResponseReturnValue:
    """A page with the button: an address alone must not log anybody out."""
    if not actor().signed_in:
        return see_other("/logget-ut")
    return render_template("identity/log_out.html")


@bp.post("/logg-ut", access=public(WHY_LOGOUT))
def logout() -> ResponseReturnValue:
    """End the session here, then at the provider, and come back to a page that says so."""
    hint = services.log_out(request.cookies.get(SESSION_COOKIE, ""))
    provider = _providers().get(hint.provider) if hint else None
    target = None
    if hint is not None and provider is not None:
        target = services.provider_logout_url(provider, hint, back=_own("/logget-ut"))
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


@bp.get("/logg-ut/fra-leverandor", access=public("The provider's page calls it in a frame, without cookies."))
def provider_logout() -> Response:
    """End the sessions begun in a provider's session (OpenID Connect Front-Channel Logout 1.0).

    The answer is the same whether there were any, so that nothing can be found out here.
    """
    issuer, sid = request.args.get("iss", ""), request.args.get("sid", "")
    known = [one for one in _providers().values() if one.profile.issuer == issuer]
    if not known or not sid.isprintable() or not 0 < len(sid) <= 255:
        abort(400)
    services.end_provider_session(known[0], sid)
    response = make_response("", 200)
    places = " ".join((issuer, *known[0].profile.origins))
    response.headers["Content-Security-Policy"] = f"default-src 'none'; frame-ancestors {places}"
    return response


@bp.errorhandler(LoginRefused)
def refused(error: LoginRefused) -> ResponseReturnValue:
    """What happened and what to do. The code is for the log; the person gets words."""
    log.warning("login_refused", provider=error.provider, reason=error.reason)
    known = _providers().get(error.provider)
    status = 503 if error.kind == UNREACHABLE else 400
    page = render_template(
        "identity/refused.html",
        kind=error.kind,
        label=known.profile.label if known else "",
        again=_login_address(),
        code=status,
        request_id=g.get("request_id"),
    )
    return page, status, {"Retry-After": "30"} if status == 503 else {}


@bp.errorhandler(Busy)
def busy(_error: Busy) -> ResponseReturnValue:
    """All places for logins are taken: come back in a moment, everything else works."""
    page = render_template("identity/busy.html", again=_login_address(), code=503, request_id=None)
    return page, 503, {"Retry-After": "5"}


def destination(value: str | None) -> str:
    """Where a login leads: a path of the portal that is no page of login itself; Min side otherwise."""
    plain = "".join(c if c.isascii() else quote(c, errors="replace") for c in value or "")
    path = local_path(plain, default=HOME)
    return HOME if path == "/" or path.startswith(("/logg-", "/logget-ut")) else path


def _login_address() -> str:
    return f"/logg-inn?next={quote(destination(request.values.get('next')))}"


def _answer(key: str) -> Answer:
    """The answer's parameters. Raises `LoginRefused` when one of them is given twice."""
    names = ("state", "code", "iss", "error")
    if any(len(request.args.getlist(name)) > 1 for name in names):
        refusal = LoginRefused("response_malformed", provider=key)
        services.record_refusal(refusal)
        raise refusal
    return Answer(*(request.args.get(name) for name in names))


def _login_cookie() -> str | None:
    value = request.cookies.get(LOGIN_COOKIE, "")
    return value if _TOKEN.fullmatch(value) else None


def _provider(key: str) -> KnownProvider:
    known = _providers().get(key)
    if known is None:
        abort(404)
    return known


def _providers() -> dict[str, KnownProvider]:
    found: dict[str, KnownProvider] = current_app.extensions["login_providers"]
    return found


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _own(path: str) -> str:
    """An absolute address of the portal from its settings, never from what the request claims."""
    return _settings().base_url.rstrip("/") + path
