"""The provider's routes: read the request, call a step, answer."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import unquote_plus

from flask import Flask, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from tests.stubs.identity_provider.logins import challenge_of
from tests.stubs.identity_provider.requests import (
    Refused,
    check_authorization,
    check_client,
    is_loopback,
    with_parameters,
)
from tests.stubs.identity_provider.steps import Steps

# Chromium holds redirects after a form to form-action too, so the client's address must be allowed.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self' http://127.0.0.1:* http://localhost:*"
)


def create_app(steps: Steps) -> Flask:
    """Build the provider's WSGI application around `steps`."""
    app = Flask(__name__, static_url_path="/static")
    _add_documents(app, steps)
    _add_authorization(app, steps)
    _add_tokens(app, steps)
    _add_logout(app, steps)

    @app.after_request
    def finish(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return steps.finish(request.endpoint or "", response)

    return app


def _add_documents(app: Flask, steps: Steps) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> ResponseReturnValue:
        return jsonify(steps.discovery())

    @app.get("/jwks")
    def jwks() -> ResponseReturnValue:
        return jsonify(steps.jwks())

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return "ok", {"Content-Type": "text/plain; charset=utf-8"}

    @app.get("/favicon.ico")
    def favicon() -> ResponseReturnValue:
        return "", 204

    @app.get("/")
    def front() -> ResponseReturnValue:
        return render_template("front.html", personas=steps.personas.values())


def _add_authorization(app: Flask, steps: Steps) -> None:
    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> ResponseReturnValue:
        asked = request.values.to_dict()
        if "request_uri" in asked:
            kept = {name: asked[name] for name in ("persona", "request_uri") if name in asked}
            asked = steps.logins.pushed(asked["request_uri"], asked.get("client_id", "")) | kept
        try:
            check_client(asked, steps.clients)
        except Refused as refused:
            return render_template("refused.html", text=refused.text), 400
        try:
            check_authorization(asked)
        except Refused as refused:
            return _back_with_error(steps, asked, refused)
        persona = steps.personas.get(asked.pop("persona", "") or asked.get("login_hint", ""))
        if persona is None:
            return _pick(steps, asked)
        login = steps.log_in(persona, asked)
        return redirect(with_parameters(login.redirect_uri, steps.callback(login, asked["state"])), 303)


def _pick(steps: Steps, asked: dict[str, str]) -> ResponseReturnValue:
    if asked.get("prompt") == "none":
        return _back_with_error(steps, asked, Refused("login_required", "nobody is logged in"))
    cancelled = {"error": "access_denied", "state": asked["state"], "iss": steps.issuer}
    cancel = with_parameters(asked["redirect_uri"], cancelled)
    return render_template("pick.html", personas=steps.personas.values(), asked=asked, cancel=cancel)


def _back_with_error(steps: Steps, asked: dict[str, str], refused: Refused) -> ResponseReturnValue:
    answer = {"error": refused.code, "error_description": refused.text, "iss": steps.issuer}
    if asked.get("state"):
        answer["state"] = asked["state"]
    return redirect(with_parameters(asked["redirect_uri"], answer), 303)


def _add_tokens(app: Flask, steps: Steps) -> None:
    @app.post("/token")
    def token() -> ResponseReturnValue:
        client_id = _authenticated_client(steps)
        if client_id is None:
            challenge = {"WWW-Authenticate": 'Basic realm="token"'}
            return jsonify(error="invalid_client"), 401, challenge
        return _exchange(steps, client_id)

    @app.post("/par")
    def par() -> ResponseReturnValue:
        client_id = _authenticated_client(steps)
        if client_id is None:
            return jsonify(error="invalid_client"), 401
        asked = {
            name: value for name, value in request.form.items() if not name.startswith("client_assertion")
        }
        try:
            check_client(asked, steps.clients)
            check_authorization(asked)
        except Refused as refused:
            return jsonify(error=refused.code), 400
        return jsonify(steps.par_answer({**asked, "client_id": client_id})), 201

    @app.route("/userinfo", methods=["GET", "POST"])
    def userinfo() -> ResponseReturnValue:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        login = steps.logins.by_token(value.strip()) if kind.lower() == "bearer" else None
        if login is None:
            return jsonify(error="invalid_token"), 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        return jsonify(steps.userinfo(login))


def _exchange(steps: Steps, client_id: str) -> ResponseReturnValue:
    form = request.form
    if form.get("grant_type") != "authorization_code":
        return jsonify(error="unsupported_grant_type"), 400
    spent = steps.logins.spend(form.get("code", ""))
    if spent is None:
        return _invalid_grant("the code is unknown, used or too old")
    login, access_token = spent
    if login.client_id != client_id or login.redirect_uri != form.get("redirect_uri"):
        return _invalid_grant("the code was given to another client or address")
    if not hmac.compare_digest(challenge_of(form.get("code_verifier", "")), login.challenge):
        return _invalid_grant("code_verifier does not match")
    return jsonify(steps.token_answer(login, access_token))


def _invalid_grant(text: str) -> ResponseReturnValue:
    return jsonify(error="invalid_grant", error_description=text), 400


def _authenticated_client(steps: Steps) -> str | None:
    if "client_assertion" in request.form:
        return steps.client_of_assertion(request.form["client_assertion"])
    given = request.authorization
    if given is not None and given.type == "basic":
        # RFC 6749 2.3.1: identifier and secret are form-encoded before they are joined.
        name, secret = unquote_plus(given.username or ""), unquote_plus(given.password or "")
    else:
        name, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    expected = steps.clients.get(name)
    correct = expected is not None and hmac.compare_digest(secret.encode(), expected.encode())
    return name if correct else None


def _add_logout(app: Flask, steps: Steps) -> None:
    @app.route("/logout", methods=["GET", "POST"])
    def logout() -> ResponseReturnValue:
        asked: dict[str, Any] = request.values.to_dict()
        claims = steps.read_hint(asked.get("id_token_hint", ""))
        target = asked.get("post_logout_redirect_uri", "")
        known = claims is not None or asked.get("client_id") in steps.clients
        if not target or not known or not is_loopback(target):
            return render_template("logged_out.html"), 200 if not target else 400
        state = {"state": asked["state"]} if asked.get("state") else {}
        return redirect(with_parameters(target, state), 303)
