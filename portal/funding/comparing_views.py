"""Applications side by side, one site at a time."""

from __future__ import annotations

from flask import render_template, request

from portal.funding import call_queries, comparing
from portal.funding.paths import Paths
from portal.funding.scheme import Scheme
from portal.web.kit.requests import actor


def compare(scheme: Scheme, call_id: int) -> str:
    """The sites of a call's applications, and those of the chosen one; the one most name to begin with."""
    call = call_queries.get_call(call_id, scheme=scheme.code)
    sites = [tuple(row) for row in comparing.sites_of(call_id, actor=actor())]
    known = {unit: name for unit, name, _count in sites}
    chosen = request.args.get("mottak", type=int)
    if chosen not in known:
        chosen = next(iter(known), None)
    labels = {question.code: question.label for _group, question in scheme.questions()}
    return render_template(
        "funding/compare.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        call=call,
        sites=[(f"{name} ({count})", f"?mottak={unit}", unit == chosen) for unit, name, count in sites],
        chosen=known.get(chosen or 0),
        rows=[] if chosen is None else comparing.at_site(scheme, call_id, chosen, actor=actor()),
        questions=[str(labels[code]) for code in scheme.compared],
    )
