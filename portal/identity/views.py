"""The way in: choose a provider, go there, come back."""

from __future__ import annotations

import re
import secrets
from urllib.parse import quote

import structlog
from flask import Response, abort, current_app, g, jsonify, render_template, request, session
from flask.typing import ResponseReturnValue

from portal.access.routes import PortalBlueprint, public
from portal.identity import services, sessions
from portal.identity.attempts import LIFETIME, LOGIN, STEP_UP, Going
from portal.identity.client_auth import public_keys
from portal.identity.context import SESSION_COOKIE
from portal.identity.devices import device_of
from portal.identity.fetching import Busy
from portal.identity.flow import Answer, Wish
from portal.identity.provider import KnownProvider, known_providers
from portal.identity.refusal import UNREACHABLE, LoginRefused
from portal.settings import Settings
from portal.web.kit.i18n import language
from portal.web.kit.requests import actor, see_other
from portal.web.kit.safety import local_path

DOORS = ("everyone", "organisations", "staff")
LOGIN_COOKIE = "__Host-login"
HOME = "/min-side"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
WHY_LOGIN = "Whoever wants to log in is not logged in yet."

log = structlog.get_logger("portal.identity")
bp = PortalBlueprint("identity", __name__)


@bp.get("/logg-inn", access=public(WHY_LOGIN))
def login() -> ResponseReturnValue:
    """Choose how to log in. Asks no provider anything, so it answers at once."""
    going = destination(request.args.get("next"))
    if actor().signed_in:
        return see_other(going)
    limits = settings().session
    over = sessions.why_over(request.cookies.get(SESSION_COOKIE, ""), limits=limits)
    return render_template(
        "identity/login.html",
        doors=_doors(),
        going=going,
        limits=limits,
        over=over[1] if over else "",
        form=request.args.get("skjema", ""),
    )


def _doors() -> list[tuple[str, list[KnownProvider]]]:
    """The buttons, by whom they are for: everybody first, then organisations, then UDI's staff."""
    every = known_providers().values()
    doors = [(door, [one for one in every if one.profile.door == door]) for door in DOORS]
    return [(door, those) for door, those in doors if those]


@bp.get("/logg-inn/start/<key>", access=public(WHY_LOGIN))
def begin_again(key: str) -> ResponseReturnValue:
    """An address kept or shared from the middle of a login leads to its beginning."""
    provider_of(key)
    return see_other("/logg-inn")


@bp.post("/logg-inn/start/<key>", access=public(WHY_LOGIN))
def start(key: str) -> ResponseReturnValue:
    """Go to the provider, remembering in which browser and on the way to where."""
    return go(provider_of(key), Going(destination(request.form.get("next"))))


def go(provider: KnownProvider, going: Going) -> Response:
    """Begin a login and send the browser on its way. Raises `LoginRefused` and `Busy`."""
    browser = _login_cookie() or secrets.token_urlsafe(32)
    wish = Wish(_answer_address(provider), language(), anew=going.purpose == STEP_UP)
    begun = services.begin_login(provider, wish, browser=browser, going=going)
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
    provider = provider_of(key)
    browser = services.Browser(
        token=_login_cookie() or "",
        old_session=request.cookies.get(SESSION_COOKIE),
        device=device_of(request.user_agent.string),
    )
    logged_in = services.complete_login(
        provider,
        _answer(key),
        redirect_uri=_answer_address(provider),
        browser=browser,
        limits=settings().session,
    )
    session.clear()  # a form opened before the login cannot be sent after it
    response = see_other(_onwards(provider, logged_in.going))
    response.set_cookie(SESSION_COOKIE, logged_in.token, secure=True, httponly=True, samesite="Lax")
    return response


@bp.get("/logg-inn/nokler/<key>", access=public("Public keys are for everybody."))
def keys(key: str) -> Response:
    """The portal's public keys at a provider, for one that fetches them itself (`jwks_uri`)."""
    response = jsonify(keys=public_keys(provider_of(key).profile))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@bp.errorhandler(LoginRefused)
def refused(error: LoginRefused) -> ResponseReturnValue:
    """What happened and what to do. The code is for the log; the person gets words."""
    log.warning("login_refused", provider=error.provider, reason=error.reason)
    known = known_providers().get(error.provider)
    status = 503 if error.kind == UNREACHABLE else 400
    page = render_template(
        "identity/refused.html",
        kind=error.kind,
        label=known.profile.label if known else "",
        again=_login_address(error.next_path),
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


def _onwards(provider: KnownProvider, going: Going) -> str:
    """Where somebody goes now: past the page about the organisation they chose, where they could choose."""
    if not provider.profile.authorization_details or going.purpose != LOGIN:
        return going.next_path
    return f"/logg-inn/organisasjon?next={quote(going.next_path)}"


def _login_address(next_path: str = "") -> str:
    return f"/logg-inn?next={quote(destination(next_path or request.values.get('next')))}"


def _answer_address(provider: KnownProvider) -> str:
    return own_address(f"/logg-inn/svar/{provider.profile.key}")


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


def provider_of(key: str) -> KnownProvider:
    """The provider of that key; aborts with 404."""
    known = known_providers().get(key)
    if known is None:
        abort(404)
    return known


def settings() -> Settings:
    """The running portal's settings."""
    found: Settings = current_app.extensions["settings"]
    return found


def own_address(path: str) -> str:
    """An absolute address of the portal from its settings, never from what the request claims."""
    return settings().base_url.rstrip("/") + path
