"""Closing a unit, and moving a site to another region or ATE: what hangs there first, then the deed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row
from wtforms import SelectField
from wtforms.validators import InputRequired

from portal import clock
from portal.access.declared import ASSIGNMENT_READ, UNIT_EDIT
from portal.access.policy import OutOfReach, allowed, require
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, needs
from portal.administration import unit_changes as changes
from portal.administration import unit_queries as queries
from portal.administration.access_queries import units_within
from portal.administration.unit_views import place_of, put
from portal.units.closing import CLOSABLE, PARENTS
from portal.units.refusals import UnitRefused
from portal.web.kit.forms import DayField, Form, ParagraphField
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("unit_changes", __name__, url_prefix="/enheter/<int:unit_id>")
EDIT = {"GET": needs(UNIT_EDIT), "POST": needs(UNIT_EDIT)}
_DAY = _("Write the date.")


class CloseForm(Form):
    """From which day a unit is closed."""

    day = DayField(
        _("Closed from"), [InputRequired(_DAY)], description=_("The first day it is not open any more.")
    )


class MoveForm(Form):
    """Where a site moves, when and why."""

    to = SelectField(_("To"), [InputRequired(_("Choose a region or ATE."))])
    day = DayField(_("From"), [InputRequired(_DAY)])
    reason = ParagraphField(_("Why"), [InputRequired(_("Write why."))])


@bp.route("/avslutt", methods=["GET", "POST"], access=EDIT)
def close(unit_id: int) -> ResponseReturnValue:
    """Close a site or a region from a day on."""
    row = _unit(unit_id, CLOSABLE)
    form = CloseForm()
    if request.method == "POST" and form.validate():
        assert form.day.data is not None  # validated
        try:
            changes.close_unit(unit_id, form.day.data, actor=actor())
        except UnitRefused as refused:
            put(form, refused)
        else:
            return see_other(f"/enheter/{unit_id}")
    return _page("administration/unit_close.html", row, form)


@bp.route("/flytt", methods=["GET", "POST"], access=EDIT)
def move(unit_id: int) -> ResponseReturnValue:
    """Move a site to another region or ATE."""
    row = _unit(unit_id, ("site",))
    form = MoveForm()
    form.to.choices = [("", _("Choose")), *_parents(row)]
    if request.method == "POST" and form.validate():
        assert form.day.data is not None  # validated
        try:
            changes.move_site(
                unit_id, int(form.to.data), form.day.data, form.reason.data or "", actor=actor()
            )
        except UnitRefused as refused:
            put(form, refused)
        else:
            return see_other(f"/enheter/{unit_id}")
    return _page("administration/unit_move.html", row, form)


@bp.post("/flytt/trekk", access=needs(UNIT_EDIT))
def withdraw(unit_id: int) -> ResponseReturnValue:
    """Take a planned move back."""
    _unit(unit_id, ("site",))
    with suppress(UnitRefused):  # taken back or done meanwhile: the page shows how it stands
        changes.withdraw_move(unit_id, actor=actor())
    return see_other(f"/enheter/{unit_id}")


def _parents(row: Row[Any]) -> list[tuple[str, str]]:
    """Regions and ATE where the actor edits units too, but for where the site stands."""
    rows = units_within(actor(), UNIT_EDIT)
    return [(str(one.id), one.name) for one in rows if one.kind in PARENTS and one.id != row.regional_id]


def _unit(unit_id: int, kinds: tuple[str, ...]) -> Row[Any]:
    row = queries.get_unit(unit_id, actor())
    require(actor(), UNIT_EDIT, place_of(row))
    if row.kind not in kinds:
        raise OutOfReach
    return row


def _page(template: str, row: Row[Any], form: Form) -> ResponseReturnValue:
    page = render_template(
        template,
        unit=row,
        form=form,
        hanging=changes.hanging(row.id),
        may_see_roles=allowed(actor(), ASSIGNMENT_READ, place_of(row)),
        roles=ROLES,
        contracts=_running(row),
    )
    return page, (422 if form.errors else 200)


def _running(row: Row[Any]) -> list[Row[Any]]:
    """A site's contracts that have not come to an end."""
    rows = queries.contracts(row.id) if row.kind == "site" else []
    return [one for one in rows if one.valid_to is None or one.valid_to >= clock.today()]
