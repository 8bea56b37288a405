"""Grants given, for everybody: a page, CSV and JSON, cached for some minutes."""

from __future__ import annotations

import json
from dataclasses import asdict
from hashlib import sha256

from flask import Response, render_template, request

from portal.funding.granted import published
from portal.funding.granted.paths import GrantPaths
from portal.funding.scheme import Scheme
from portal.web.kit.i18n import use_locale

SECONDS = 600


def given(scheme: Scheme) -> str:
    """The newest grants given, and the files."""
    page = published.given(scheme, after=request.args.get("after"))
    return render_template(
        "funding/granted/given.html",
        scheme=scheme,
        paths=GrantPaths(scheme.prefix),
        rows=[row for _id, row in page.rows],
        next_url=page.next_url,
    )


def given_csv(scheme: Scheme) -> Response:
    """As CSV."""
    with use_locale("nb"):
        return _cached(published.as_text(published.all_given(scheme)), "text/csv; charset=utf-8")


def given_json(scheme: Scheme) -> Response:
    """As JSON: one list, each grant with the columns of the CSV."""
    with use_locale("nb"):
        rows = [asdict(row) for row in published.all_given(scheme)]
    text = json.dumps({"lisens": "NLOD 2.0", "tildelinger": rows}, ensure_ascii=False)
    return _cached(text, "application/json")


def _cached(text: str, media_type: str) -> Response:
    response = Response(text, content_type=media_type)
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    response.set_etag(sha256(text.encode()).hexdigest()[:32])
    response.make_conditional(request)
    return response
