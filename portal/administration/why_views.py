"""Why may somebody do something somewhere, or why not: for administrators and auditors."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import render_template, request

from portal.access.actor import Place
from portal.access.declared import ASSIGNMENT_READ
from portal.access.events import AccessLookedUp
from portal.access.explanation import Explanation, explain
from portal.access.permissions import PERMISSIONS, find
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, needs
from portal.administration import access_queries as queries
from portal.administration import people
from portal.administration.access_forms import WhyForm
from portal.administration.choices import unit_choices
from portal.database import transaction
from portal.identity.context import actor_of
from portal.record import record
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor

bp = PortalBlueprint("why", __name__, url_prefix="/tilgang/hvorfor")


@dataclass(frozen=True, slots=True)
class Answer:
    """An explanation with the names a person reads."""

    person: str
    unit: str
    explanation: Explanation


@bp.get("", access=needs(ASSIGNMENT_READ))
def why() -> str:
    """Choose person, permission and unit; read why, or what is missing and who can give it."""
    asked = bool(request.args.keys() & {"person", "permission", "unit"})
    form = WhyForm(formdata=request.args if asked else None)
    units = {str(unit.id): unit for unit in queries.units_within(actor(), ASSIGNMENT_READ)}
    form.unit.choices = {"": [("", _("Choose"))], **unit_choices(list(units.values()))}
    form.permission.choices = [("", _("Choose")), *_permission_choices()]
    answer = None
    if asked and form.validate():
        unit = units[form.unit.data]
        place = Place(unit.national_id, unit.regional_id, unit.local_id)
        answer = _answer(form, place, unit.name, frozenset(map(int, units)))
    return render_template("administration/why.html", form=form, answer=answer, roles=ROLES)


def _answer(form: WhyForm, place: Place, unit_name: str, seen: frozenset[int]) -> Answer | None:
    """The answer, without roles at units the reader may not see (`seen` are those they may)."""
    found = people.named(form.person.data or "")
    if len(found) != 1:
        form.refuse(
            "person",
            _("More than one person has that name. Write the e-mail address.")
            if found
            else _("We do not know this person. They must have logged in once."),
        )
        return None
    person_id, name, _email = found[0]
    why = explain(actor_of(person_id), find(form.permission.data), place)
    with transaction(actor=actor()):
        asked = AccessLookedUp(
            subject_id=person_id,
            question="why",
            person_id=person_id,
            permission=form.permission.data,
            unit_id=int(form.unit.data),
        )
        record(asked, actor=actor())
    shown = tuple(ground for ground in why.grounds if ground.unit_id in seen)
    return Answer(name, unit_name, replace(why, grounds=shown))


def _permission_choices() -> list[tuple[str, str]]:
    carried = {name for role in ROLES.values() if role.tree == "authority" for name in role.permissions}
    known = [(name, str(PERMISSIONS[name].title)) for name in carried]
    return sorted(known, key=lambda choice: choice[1])
