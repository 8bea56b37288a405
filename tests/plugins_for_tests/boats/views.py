"""Pages of the example."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.pluginkit.access import needs, public
from portal.pluginkit.pages import PortalBlueprint, actor, see_other
from tests.plugins_for_tests.boats import services
from tests.plugins_for_tests.boats.permissions import TRIP_BOOK

bp = PortalBlueprint("boats", __name__)


@bp.get("/", access=public("Everybody may see the harbours."))
def index() -> str:
    """A page from the plugin's own templates."""
    return render_template("boats/index.html")


@bp.get("/turer/<int:trip_id>", access=public("Everybody may see a trip."))
def trip(trip_id: int) -> str:
    """A page below."""
    return f"Trip {trip_id}"


@bp.post("/turer", access=needs(TRIP_BOOK))
def book() -> ResponseReturnValue:
    """Book a trip."""
    return see_other(f"/baater/turer/{services.book('Dale', actor=actor())}")
