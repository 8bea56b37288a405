"""Noting that a change in the register has been looked at."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.validators import DataRequired

from portal.access.policy import require
from portal.access.routes import PortalBlueprint, needs
from portal.organisations import queries as organisations
from portal.organisations.following import moving, services
from portal.organisations.permissions import MEMBER_MANAGE, REGISTRATION_HANDLE
from portal.organisations.registration.forms import one_of
from portal.organisations.registration.queries import municipalities
from portal.web.kit.forms import Form
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("register_changes", __name__)


class MoveForm(Form):
    """Where an organisation belongs."""

    municipality = SelectField(
        _("Municipality"),
        [DataRequired(_("Choose from the list.")), one_of(_("Choose from the list."))],
        validate_choice=False,
    )


@bp.post("/organisasjoner/<int:unit_id>/endringer/<int:change_id>/sett", access=needs(REGISTRATION_HANDLE))
def seen(unit_id: int, change_id: int) -> ResponseReturnValue:
    """Somebody has looked at it."""
    services.mark_seen(change_id, unit_id=unit_id, actor=actor())
    return see_other(f"/organisasjoner/{unit_id}")


@bp.post("/organisasjoner/<int:unit_id>/endringer/ingen-nye", access=needs(MEMBER_MANAGE))
def nobody_new(unit_id: int) -> ResponseReturnValue:
    """The leader says that the register's new people change nothing here."""
    services.answer_new_people(unit_id, actor=actor())
    return see_other(f"/organisasjoner/{unit_id}")


@bp.route(
    "/organisasjoner/<int:unit_id>/flytt",
    methods=["GET", "POST"],
    access={"GET": needs(REGISTRATION_HANDLE), "POST": needs(REGISTRATION_HANDLE)},
)
def move(unit_id: int) -> ResponseReturnValue:
    """Hand the organisation over to the region of another municipality."""
    subject = organisations.get(unit_id, actor=actor())
    require(actor(), REGISTRATION_HANDLE, subject)
    form = MoveForm()
    form.municipality.choices = [
        ("", str(_("Choose"))),
        *((number, name) for number, name in municipalities()),
    ]
    if form.validate_on_submit():
        moving.move(unit_id, form.municipality.data, actor=actor())
        return see_other("/organisasjoner")
    return render_template("organisations/move.html", subject=subject, form=form)
