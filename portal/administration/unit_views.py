"""The tree of units, a unit's page, changing a unit, a new site."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from portal import clock
from portal.access.actor import Actor, Place
from portal.access.declared import ASSIGNMENT_MANAGE, ASSIGNMENT_READ, CONTACT_EDIT, UNIT_EDIT, UNIT_READ
from portal.access.policy import OutOfReach, allowed, require
from portal.access.routes import PortalBlueprint, needs
from portal.administration import unit_queries as queries
from portal.administration import unit_services as services
from portal.administration.level_rules import DEPUTY
from portal.administration.unit_changes import planned_move
from portal.administration.unit_forms import NewSiteForm, SiteForm, UnitForm
from portal.rules.holding import holding
from portal.units.queries import municipality_choices, site_type_choices
from portal.units.refusals import UnitRefused
from portal.web.kit.forms import Form, idempotency_key
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("units", __name__, url_prefix="/enheter")
EDIT = {"GET": needs(UNIT_EDIT), "POST": needs(UNIT_EDIT)}


@bp.get("", access=needs(UNIT_READ))
def units() -> str:
    """The tree: UDI with its teams, regions and ATE, sites beneath."""
    return render_template("administration/units.html", tops=queries.tree(actor()))


@bp.get("/<int:unit_id>", access=needs(UNIT_READ))
def unit(unit_id: int) -> str:
    """One unit: facts, counties or contracts, contact persons, what stands beneath."""
    row = queries.get_unit(unit_id, actor())
    contacts = queries.contacts(unit_id)
    return render_template(
        "administration/unit.html",
        unit=row,
        may=_permitted(actor(), row),
        contacts=contacts,
        planned=planned_move(unit_id) if row.kind == "site" else None,
        deputy_lacks=bool(contacts)
        and not any(one.deputy for one in contacts)
        and holding(DEPUTY, place_of(row)).on,
        contracts=queries.contracts(unit_id) if row.kind == "site" else [],
        counties=queries.counties_of(unit_id) if row.kind == "region" else [],
        beneath=queries.units_beneath(unit_id) if row.kind in ("region", "ate") else [],
        today=clock.today(),
    )


@bp.route("/<int:unit_id>/endre", methods=["GET", "POST"], access=EDIT)
def change_unit(unit_id: int) -> ResponseReturnValue:
    """Change a unit's name, and a site's type, municipality and places."""
    row = queries.get_unit(unit_id, actor())
    require(actor(), UNIT_EDIT, place_of(row))
    form = _form_for(row)
    if request.method == "POST" and form.validate() and _changed(form, row):
        return see_other(f"/enheter/{unit_id}")
    return render_template("administration/unit_edit.html", unit=row, form=form), (
        422 if form.errors else 200
    )


@bp.route("/<int:unit_id>/nytt-sted", methods=["GET", "POST"], access=EDIT)
def new_site(unit_id: int) -> ResponseReturnValue:
    """Register a site under a region or ATE."""
    parent = queries.get_unit(unit_id, actor())
    if parent.kind not in ("region", "ate"):
        raise OutOfReach
    require(actor(), UNIT_EDIT, place_of(parent))
    form = NewSiteForm()
    _fill(form)
    if request.method == "POST" and form.validate():
        try:
            made = services.open_site(
                unit_id, form.facts(), form.contact(), actor=actor(), key=idempotency_key()
            )
        except UnitRefused as refused:
            form.refuse(refused.field if refused.field in form else "name", str(refused.text))
        else:
            return see_other(f"/enheter/{made}")
    return render_template("administration/site_new.html", parent=parent, form=form), (
        422 if form.errors else 200
    )


def place_of(row: Row[Any]) -> Place:
    """The place of a unit's row."""
    return Place(row.national_id, row.regional_id, row.local_id)


def _permitted(who: Actor, row: Row[Any]) -> dict[str, bool]:
    place = place_of(row)
    return {
        "edit": allowed(who, UNIT_EDIT, place),
        "contacts": allowed(who, CONTACT_EDIT, place),
        "roles": allowed(who, ASSIGNMENT_READ, place),
        "grant": allowed(who, ASSIGNMENT_MANAGE, place),
    }


def _form_for(row: Row[Any]) -> UnitForm:
    given = {"version": str(row.version), "name": row.name}
    if row.kind != "site":
        return UnitForm(data=given)
    form = SiteForm(
        data={
            **given,
            "type_code": row.type_code,
            "municipality": row.municipality_number,
            "places": row.places,
        }
    )
    _fill(form)
    return form


def _fill(form: SiteForm) -> None:
    form.type_code.choices = [("", _("Choose")), *site_type_choices()]
    form.municipality.choices = {"": [("", _("Choose"))], **municipality_choices()}


def _changed(form: UnitForm, row: Row[Any]) -> bool:
    """Change the unit; False when it is refused, which then stands in the form."""
    try:
        if isinstance(form, SiteForm):
            services.change_site(row.id, form.facts(), form.seen(), actor=actor())
        else:
            services.rename_unit(row.id, form.name.data or "", form.seen(), actor=actor())
    except UnitRefused as refused:
        put(form, refused)
        return False
    return True


def put(form: Form, refused: UnitRefused) -> None:
    """A refusal at its field, or at the form's first visible one."""
    visible = [field.name for field in form if field.type != "HiddenField"]
    form.refuse(refused.field if refused.field in visible else visible[0], str(refused.text))
