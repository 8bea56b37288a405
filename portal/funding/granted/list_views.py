"""Lists for staff after grants: what waits, and the files of payments."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.casework.listing import open_ids
from portal.funding.granted import exporting, waiting
from portal.funding.granted.paths import GrantPaths
from portal.funding.scheme import Scheme
from portal.web.kit.forms import idempotency_key
from portal.web.kit.i18n import gettext as _
from portal.web.kit.paging import Page
from portal.web.kit.requests import actor, see_other


def following(scheme: Scheme) -> str:
    """What waits after grants, the oldest first: the pile chosen, else the first that holds something."""
    who = actor()
    piles = waiting.piles_of(who)
    chosen = request.args.get("vis", "")

    @cache
    def read_pile(code: str) -> Page[Any]:
        return waiting.waiting(scheme.code, piles[code], actor=who, after=request.args.get("after"))

    if chosen not in piles:
        chosen = next((one for one in piles if read_pile(one).rows), next(iter(piles)))
    page = read_pile(chosen)
    return render_template(
        "funding/granted/following.html",
        scheme=scheme,
        paths=GrantPaths(scheme.prefix),
        pile=piles[chosen],
        chosen=chosen,
        rows=page.rows,
        open=open_ids(page.rows, who, key="case_id"),
        next_url=page.next_url,
        filters=[(pile.label, f"?vis={code}", code == chosen) for code, pile in piles.items()],
    )


def batches(scheme: Scheme) -> str:
    """Files made so far, and what waits for one."""
    return _batches(scheme)


def make_batch(scheme: Scheme) -> ResponseReturnValue:
    """Put what is attested into a new file."""
    try:
        exporting.export(scheme, key=idempotency_key(), actor=actor())
    except exporting.NothingToExport:
        return _batches(scheme, refusal=_("No attested payment waits for a file.")), 409
    return see_other(GrantPaths(scheme.prefix).batches)


def take_batch(scheme: Scheme, batch_id: int) -> Response:
    """A file's text; taking it out is recorded."""
    text = exporting.take_out(scheme, batch_id, actor=actor())
    name = f"utbetaling-{scheme.code}-{batch_id}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, mimetype="text/csv", headers=headers)


def _batches(scheme: Scheme, refusal: str | None = None) -> str:
    ready, total = exporting.waiting_for_file(scheme, actor=actor())
    return render_template(
        "funding/granted/batches.html",
        scheme=scheme,
        paths=GrantPaths(scheme.prefix),
        ready=ready,
        total=total,
        rows=[tuple(row) for row in exporting.batches(scheme, actor=actor())],
        refusal=refusal,
    )
