"""Contact persons of a unit: add, change, take away."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Place
from portal.access.declared import CONTACT_EDIT
from portal.access.policy import require
from portal.access.routes import PortalBlueprint, needs
from portal.administration import unit_queries as queries
from portal.administration import unit_services as services
from portal.administration.unit_forms import ContactForm
from portal.administration.unit_views import place_of, put
from portal.units.refusals import UnitRefused
from portal.web.kit.forms import Form, idempotency_key
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("contacts", __name__, url_prefix="/enheter")
EDIT = {"GET": needs(CONTACT_EDIT), "POST": needs(CONTACT_EDIT)}


@bp.route("/<int:unit_id>/kontaktpersoner/ny", methods=["GET", "POST"], access=EDIT)
def new_contact(unit_id: int) -> ResponseReturnValue:
    """Add a contact person or a deputy."""
    unit = queries.get_unit(unit_id, actor())
    require(actor(), CONTACT_EDIT, place_of(unit))
    form = ContactForm()
    if request.method == "POST" and form.validate():
        services.add_contact(
            unit_id, form.contact(deputy=form.deputy.data), actor=actor(), key=idempotency_key()
        )
        return see_other(f"/enheter/{unit_id}#kontaktpersoner")
    page = render_template(
        "administration/contact.html", unit_id=unit_id, unit=unit.name, form=form, contact_id=None
    )
    return page, (422 if form.errors else 200)


@bp.route("/kontaktpersoner/<int:contact_id>", methods=["GET", "POST"], access=EDIT)
def change_contact(contact_id: int) -> ResponseReturnValue:
    """Change a contact person, or see why they cannot be taken away."""
    row = queries.get_contact(contact_id, actor())
    require(actor(), CONTACT_EDIT, Place(row.national_id, row.regional_id, row.local_id))
    given = {"version": str(row.version), "contact_name": row.name, "email": row.email, "phone": row.phone}
    form = ContactForm(data={**given, "deputy": row.deputy})
    if request.method == "POST" and form.validate():
        try:
            services.change_contact(
                contact_id, form.contact(deputy=form.deputy.data), form.seen(), actor=actor()
            )
        except UnitRefused as refused:
            put(form, refused)
        else:
            return see_other(f"/enheter/{row.unit_id}#kontaktpersoner")
    page = render_template(
        "administration/contact.html", unit_id=row.unit_id, unit=row.unit, form=form, contact_id=contact_id
    )
    return page, (422 if form.errors else 200)


@bp.post("/kontaktpersoner/<int:contact_id>/avslutt", access=needs(CONTACT_EDIT))
def end_contact(contact_id: int) -> ResponseReturnValue:
    """Take a contact person away; the last one cannot go, and the page says so."""
    row = queries.get_contact(contact_id, actor())
    try:
        services.end_contact(contact_id, actor=actor())
    except UnitRefused as refused:
        given = {
            "version": str(row.version),
            "contact_name": row.name,
            "email": row.email,
            "phone": row.phone,
        }
        form = ContactForm(formdata=None, data={**given, "deputy": row.deputy})
        return _refused(form, contact_id, row.unit_id, row.unit, str(refused.text))
    return see_other(f"/enheter/{row.unit_id}#kontaktpersoner")


def _refused(form: Form, contact_id: int, unit_id: int, unit: str, text: str) -> ResponseReturnValue:
    page = render_template(
        "administration/contact.html",
        unit_id=unit_id,
        unit=unit,
        form=form,
        contact_id=contact_id,
        refused=text,
    )
    return page, 422
