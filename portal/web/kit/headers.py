"""Security headers of every answer, and the request id that logs and error pages share."""

from __future__ import annotations

import re
import secrets
import time
from urllib.parse import urlsplit, urlunsplit

import structlog
from flask import Flask, Response, g, request
from werkzeug.routing import RequestRedirect

from portal.settings import Settings

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
_REQUEST_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
log = structlog.get_logger("portal.request")


def init_headers(app: Flask, settings: Settings) -> None:
    """Give each request an id, log it without personal data, and send strict headers with each answer."""
    # Login and logout forms lead to the provider, which browsers hold against form-action.
    places = {origin for p in settings.providers for origin in (_origin(p.issuer), *p.origins)}
    forms = " ".join(["'self'", *sorted(places)])
    policy = CSP.format(forms=forms)
    secure = settings.base_url.startswith("https://")

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "") if settings.trusted_proxies else ""
        g.request_id = given if _REQUEST_ID.match(given) else secrets.token_hex(8)
        g.began = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        if isinstance(request.routing_exception, RequestRedirect) and "Location" in headers:
            headers["Location"] = own_path(headers["Location"])
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), payment=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Cache-Control", "no-store")
        if secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        headers["X-Request-Id"] = g.get("request_id", "")
        _log(response)
        return response


def own_path(address: str) -> str:
    """`address` without its host: routing makes it of the Host header, which whoever asks has chosen."""
    parts = urlsplit(address)
    return urlunsplit(("", "", "/" + parts.path.lstrip("/"), parts.query, ""))


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


def _log(response: Response) -> None:
    rule = request.url_rule.rule if request.url_rule else None
    log.info(
        "request",
        request_id=g.get("request_id"),
        method=request.method,
        rule=rule,
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
    )
