"""Lookups for administrators and auditors: who sees a case, what a person may do; each is recorded."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request
from wtforms.validators import InputRequired, Optional

from portal import clock
from portal.access.declared import ASSIGNMENT_READ
from portal.access.events import AccessLookedUp
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, needs
from portal.administration import lookup_queries as queries
from portal.administration import people
from portal.administration.catalogue_views import deeds
from portal.database import transaction
from portal.record import record
from portal.web.kit.forms import DayField, Form, LineField
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor

bp = PortalBlueprint("lookups", __name__, url_prefix="/tilgang/oppslag")


class _Dated(Form):
    day = DayField(
        lazy_gettext("On the day"), [Optional()], description=lazy_gettext("Leave it empty for now.")
    )

    def asked_day(self) -> date | None:
        """The day asked about; None for now, and refused when it has not come."""
        if self.day.data is not None and self.day.data > clock.today():
            self.refuse("day", _("The day has not come yet. Choose today or earlier."))
        return self.day.data


class CaseForm(_Dated):
    """Which case, and when."""

    number = LineField(
        lazy_gettext("Case number"), [InputRequired(lazy_gettext("Write the case number."))], limit=40
    )


class PersonForm(_Dated):
    """Which person, and when."""

    person = LineField(
        lazy_gettext("Who"),
        [InputRequired(lazy_gettext("Write the person's e-mail address or full name."))],
        description=lazy_gettext("The e-mail address or the full name."),
    )


@bp.get("", access=needs(ASSIGNMENT_READ))
def lookups() -> str:
    """The three questions."""
    return render_template("administration/lookups.html")


@bp.get("/sak", access=needs(ASSIGNMENT_READ))
def who_sees_case() -> str:
    """Who can see a case now, or could on a day."""
    form = CaseForm(formdata=request.args if "number" in request.args else None)
    case, rows = None, []
    if "number" in request.args and form.validate():
        day = form.asked_day()
        case = queries.case_numbered(form.number.data or "", actor())
        if case is None:
            form.refuse("number", _("We find no case with this number within what you may see."))
        if not form.errors and case is not None:
            rows = list(queries.who_sees(case, queries.Time.of(day)))
            _note(question="case", case_number=case.number, day=day)
    return render_template(
        "administration/lookup_case.html", form=form, case=case, rows=rows, roles=ROLES, day=form.day.data
    )


@bp.get("/person", access=needs(ASSIGNMENT_READ))
def what_may_person() -> str:
    """What a person may do where, now or on a day."""
    form = PersonForm(formdata=request.args if "person" in request.args else None)
    found: list[Any] = []
    name = None
    if "person" in request.args and form.validate():
        day, named = form.asked_day(), people.named(form.person.data or "")
        if len(named) != 1:
            form.refuse(
                "person",
                _("More than one person has that name. Write the e-mail address.")
                if named
                else _("We do not know this person. They must have logged in once."),
            )
        if not form.errors:
            person_id, name, _mail = named[0]
            rows = queries.roles_of(person_id, queries.Time.of(day), actor())
            found = [(row, deeds(ROLES[row.role]) if row.role in ROLES else []) for row in rows]
            _note(question="person", person_id=person_id, day=day)
    return render_template(
        "administration/lookup_person.html", form=form, name=name, found=found, roles=ROLES, day=form.day.data
    )


def _note(*, question: str, day: date | None, **about: Any) -> None:
    with transaction(actor=actor()):
        event = AccessLookedUp(
            subject_id=about.get("person_id") or actor().person_id,
            question=question,
            day=day.isoformat() if day else None,
            **about,
        )
        record(event, actor=actor())
