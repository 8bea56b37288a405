"""*Frister*: the deadlines of the reader's cases."""

from __future__ import annotations

from flask import render_template, request

from portal.access.actor import Actor
from portal.access.routes import PortalBlueprint, signed_in
from portal.casework.deadline_queries import deadlines_of
from portal.casework.permissions import CASE_READ
from portal.web.kit.requests import actor

bp = PortalBlueprint("deadlines", __name__)


@bp.get("/frister", access=signed_in("Each reader sees the deadlines of the cases they reach."))
def deadlines() -> str:
    """The reader's deadlines."""
    who: Actor = actor()
    everybodys = request.args.get("vis") == "alle"
    return render_template(
        "casework/deadlines.html",
        rows=deadlines_of(who, everybodys=everybodys),
        staff=who.may_somewhere(CASE_READ.name),
        everybodys=everybodys,
    )
