"""*Se som*: which menu, pages and acts a role has at a place, without data; each look is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, render_template, request
from sqlalchemy import Row
from wtforms.validators import InputRequired, Optional

from portal.access.actor import Place
from portal.access.declared import ASSIGNMENT_READ
from portal.access.events import AccessLookedUp
from portal.access.roles import AUTHORITY, LOCAL, NATIONAL, REGIONAL, ROLES
from portal.access.routes import PortalBlueprint, needs
from portal.administration.access_queries import units_within
from portal.administration.choices import GroupedSelectField, unit_choices
from portal.database import transaction
from portal.record import record
from portal.web.kit.forms import Form
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor
from portal.web.shell.seeing_as import Sight, Spot, for_everybody, sight_of

bp = PortalBlueprint("see_as", __name__, url_prefix="/tilgang/se-som")

ORGANISATIONS = {
    NATIONAL: lazy_gettext("A national organisation"),
    REGIONAL: lazy_gettext("A regional organisation"),
    LOCAL: lazy_gettext("A local branch or group"),
}
AREAS = {
    "access": lazy_gettext("Access"),
    "casework": lazy_gettext("Cases"),
    "funding": lazy_gettext("Grants"),
    "organisations": lazy_gettext("Organisations"),
    "pluginhost": lazy_gettext("Plugins"),
    "record": lazy_gettext("Audit trail"),
    "units": lazy_gettext("Units"),
}
_CHOOSE_ROLE = lazy_gettext("Choose a role.")


class SeeAsForm(Form):
    """Which role, where, and which other role to hold it against."""

    role = GroupedSelectField(lazy_gettext("Role"), [InputRequired(_CHOOSE_ROLE)])
    spot = GroupedSelectField(lazy_gettext("Where"), [InputRequired(lazy_gettext("Choose a place."))])
    other = GroupedSelectField(
        lazy_gettext("Beside another role"),
        [Optional()],
        description=lazy_gettext("Choose one more role to see what only one of them has."),
    )


@bp.get("", access=needs(ASSIGNMENT_READ))
def see_as() -> str:
    """Choose a role and a place; read what it has there."""
    asked = bool(request.args.keys() & {"role", "spot"})
    form = SeeAsForm(formdata=request.args if asked else None)
    units = units_within(actor(), ASSIGNMENT_READ)
    _fill(form, units)
    sights: list[Sight] = []
    if asked and form.validate():
        sights = _sights(form, _spot(form.spot.data, units))
    return render_template(
        "shell/see_as.html",
        form=form,
        sights=sights,
        areas=_areas(),
        everybody=for_everybody(current_app),
    )


def _sights(form: SeeAsForm, spot: Spot) -> list[Sight]:
    """What each chosen role sees; nothing when one cannot stand there, which the form then says."""
    chosen = [("role", ROLES[form.role.data])]
    if form.other.data and form.other.data != form.role.data:
        chosen.append(("other", ROLES[form.other.data]))
    for name, role in chosen:
        if not role.may_be_given(spot.tree, spot.level, spot.kind):
            form.refuse(name, _("%(role)s cannot be given there. Choose another place.", role=role.title))
            return []
    for _field, role in chosen:
        with transaction(actor=actor()):
            unit = spot.unit_id if spot.tree == AUTHORITY else None
            asked = AccessLookedUp(subject_id=0, question="role", role=role.name, unit_id=unit)
            record(asked, actor=actor())
    return [sight_of(current_app, role, spot, actor().switches) for _field, role in chosen]


def _fill(form: SeeAsForm, units: Sequence[Row[Any]]) -> None:
    roles: dict[str, list[tuple[str, str]]] = {_("UDI and sites"): [], _("Civil society"): []}
    for role in sorted(ROLES.values(), key=lambda one: str(one.title)):
        group = _("UDI and sites") if role.tree == AUTHORITY else _("Civil society")
        roles[group].append((role.name, str(role.title)))
    form.role.choices = {"": [("", _("Choose"))], **roles}
    form.other.choices = {"": [("", _("None"))], **roles}
    organisations = [(level, str(label)) for level, label in ORGANISATIONS.items()]
    form.spot.choices = {
        "": [("", _("Choose"))],
        **unit_choices(units),
        _("Civil society"): organisations,
    }


def _spot(chosen: str, units: Sequence[Row[Any]]) -> Spot:
    if chosen in ORGANISATIONS:
        return Spot.of_an_organisation(chosen, str(ORGANISATIONS[chosen]))
    row = next(one for one in units if str(one.id) == chosen)
    place = Place(row.national_id, row.regional_id, row.local_id)
    return Spot(AUTHORITY, row.level, row.kind, row.id, row.name, place)


def _areas() -> dict[str, str]:
    """What each room and each plugin is called."""
    titles = {**AREAS, **current_app.extensions.get("plugin_titles", {})}
    return {name: str(label) for name, label in titles.items()}
