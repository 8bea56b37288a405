"""Which region each county belongs to, and moving one from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from portal import clock
from portal.access.actor import Actor
from portal.access.declared import UNIT_EDIT, UNIT_READ
from portal.access.policy import OutOfReach
from portal.access.routes import PortalBlueprint, needs
from portal.administration import unit_queries as queries
from portal.administration import unit_services as services
from portal.administration.unit_forms import MoveCountyForm
from portal.administration.unit_views import put
from portal.units.queries import region_choices
from portal.units.refusals import UnitRefused
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("counties", __name__, url_prefix="/enheter/fylker")


@bp.get("", access=needs(UNIT_READ))
def counties() -> str:
    """Every county with its region and the days, history too."""
    return render_template(
        "administration/counties.html",
        rows=queries.counties(),
        today=clock.today(),
        may_move=may_move(actor()),
    )


@bp.route(
    "/<number>/flytt", methods=["GET", "POST"], access={"GET": needs(UNIT_EDIT), "POST": needs(UNIT_EDIT)}
)
def move(number: str) -> ResponseReturnValue:
    """Move a county to another region."""
    history = [row for row in queries.counties() if row.number == number]
    if not history:
        raise OutOfReach
    form = MoveCountyForm()
    form.region.choices = [("", _("Choose")), *region_choices()]
    if request.method == "POST" and form.validate() and _moved(form, number):
        return see_other("/enheter/fylker")
    return _page(history, form)


def may_move(who: Actor) -> bool:
    """True for who edits units nationally; the service checks again at the directorate."""
    reach = who.reach.get(UNIT_EDIT.name)
    return reach is not None and bool(reach.national)


def _moved(form: MoveCountyForm, number: str) -> bool:
    assert form.valid_from.data is not None  # validated
    try:
        services.move_county(number, int(form.region.data), form.valid_from.data, actor=actor())
    except UnitRefused as refused:
        put(form, refused)
        return False
    return True


def _page(history: Sequence[Row[Any]], form: MoveCountyForm) -> ResponseReturnValue:
    page = render_template(
        "administration/county_move.html", county=history[0], history=history, form=form, today=clock.today()
    )
    return page, (422 if form.errors else 200)
