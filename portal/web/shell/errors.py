"""Error pages: what happened, why, who can help, one button. Never a dead end, never blame."""

from __future__ import annotations

from urllib.parse import quote

import structlog
from flask import Flask, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from portal.access.policy import Denied, OutOfReach, ProofNeeded
from portal.access.routes import LoginNeeded
from portal.administration.asking_queries import roles_to_ask_for
from portal.casework.impartiality import Undeclared
from portal.identity.proof_views import login_needed, proof_needed

log = structlog.get_logger("portal.errors")
PAGES = frozenset({400, 403, 404, 405, 413, 429, 500, 503})
KEEPING = frozenset({403, 404})
"""Where a right that ended while a page was open shows: what was typed is given back."""
MOST_TYPED, LONGEST_TYPED = 20, 5000


def init_errors(app: Flask) -> None:
    """Answer every refusal and failure with a page a person can use."""
    app.register_error_handler(LoginNeeded, lambda _error: login_needed())
    app.register_error_handler(ProofNeeded, lambda _error: proof_needed())
    app.register_error_handler(Denied, _denied)
    app.register_error_handler(Undeclared, _undeclared)
    app.register_error_handler(OutOfReach, lambda _error: _page(404))
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(DataError, _no_column_holds_it)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def _denied(error: Denied) -> ResponseReturnValue:
    roles = roles_to_ask_for(error.permission.name) if error.reason == "no_role" else []
    giving = [str(role.title) for role in roles if error.permission.name in role.permissions]
    return _page(
        403,
        permission=error.permission,
        reason=error.reason,
        roles=giving,
        ask_url=_ask_url(error) if giving else None,
    )


def _ask_url(error: Denied) -> str:
    """Where to ask for what was refused: at the object's own place, which the person reaches."""
    place = error.place
    units = (place.regional_id, place.local_id, place.national_id, place.owner_id) if place else ()
    unit = next((one for one in units if one is not None), "")
    return f"/tilgangsonsker/ny?rett={error.permission.name}&enhet={unit}"


def _undeclared(error: Undeclared) -> ResponseReturnValue:
    path = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(f"/sak/{error.case_id}/habilitet?next={quote(path)}", 303)


def _forged(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, reason="csrf")


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    code = error.code if error.code in PAGES else (404 if error.code < 500 else 500)
    body, _status = _page(code)
    headers = [(k, v) for k, v in error.get_headers() if k.lower() in ("allow", "retry-after")]
    return body, error.code, headers


def _database_away(error: OperationalError) -> ResponseReturnValue:
    log.error("database_away", request_id=g.get("request_id"), kind=type(error.orig).__name__)
    body, status = _page(503)
    return body, status, [("Retry-After", "5")]


def _no_column_holds_it(error: DataError) -> ResponseReturnValue:
    # A number or text out of all reason in an address or a form that nobody wrote here.
    log.warning("value_refused", request_id=g.get("request_id"), kind=type(error.orig).__name__)
    return _page(400)


def _failed(error: Exception) -> ResponseReturnValue:
    log.exception("request_failed", request_id=g.get("request_id"), kind=type(error).__name__)
    return _page(500)


def _page(code: int, **context: object) -> tuple[str, int]:
    about = {"code": code, "request_id": g.get("request_id"), "typed": _typed() if code in KEEPING else []}
    return render_template(f"errors/{code}.html", **about, **context), code


def _typed() -> list[str]:
    """What was written in a form whose right to send it has gone, to be copied; neither ticks nor codes."""
    if request.method != "POST" or not _signed_in():
        return []
    try:
        given = [value.strip() for _name, value in request.form.items(multi=True)]
    except HTTPException:
        return []
    return [value[:LONGEST_TYPED] for value in given if " " in value][:MOST_TYPED]


def _signed_in() -> bool:
    who = g.get("actor")
    return who is not None and bool(who.signed_in)
