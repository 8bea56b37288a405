"""One's own notices."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.routes import PortalBlueprint, signed_in
from portal.notifications import queries, services
from portal.web.kit.paging import decode_key, page_of
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("notifications", __name__)
OWN = signed_in("Everybody reads their own notices and nobody else's.")


@bp.get("/varsler", access=OWN)
def notices() -> str:
    """All notices, newest first."""
    after = decode_key(request.args.get("after"), [int])
    rows = queries.my_notices(actor(), before=after[0] if after else None)
    return render_template("notifications/notices.html", page=page_of(rows, lambda told: [told.id]))


@bp.post("/varsler/lest", access=OWN)
def read_all() -> ResponseReturnValue:
    """Mark all as read."""
    services.mark_read(actor=actor())
    return see_other("/varsler")
