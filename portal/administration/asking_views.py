"""Requests for roles: ask from the refusal page, read the answer; administrators and leaders answer."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms import SelectField
from wtforms.validators import InputRequired, Optional

from portal import clock
from portal.access.permissions import PERMISSIONS
from portal.access.refusals import AssignmentRefused
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, signed_in
from portal.administration import asking
from portal.administration import asking_queries as queries
from portal.administration.access_forms import beginning, ending
from portal.administration.choices import GroupedSelectField, unit_choices
from portal.database import read
from portal.web.kit.forms import DayField, Form, ParagraphField
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("role_requests", __name__, url_prefix="/tilgangsonsker")
ASKING = signed_in("Whoever is logged in may ask for a role; it gives nothing before somebody has answered.")
ANSWERING = signed_in("The request is shown to its sender and to who gives roles at its unit; nobody else.")


class AskForm(Form):
    """Which role, where and why. Choices are set by the view."""

    role = SelectField(lazy_gettext("Role"), [InputRequired(lazy_gettext("Choose a role."))])
    unit = GroupedSelectField(
        lazy_gettext("Where"), [InputRequired(lazy_gettext("Choose a unit."))], coerce=str
    )
    reason = ParagraphField(
        lazy_gettext("Why do you need it?"),
        [InputRequired(lazy_gettext("Write what you need the access for."))],
        description=lazy_gettext("Who gives roles there reads it. No personal matters."),
        limit=1000,
    )


class AnswerForm(Form):
    """Until when, and what to tell the person."""

    valid_to = DayField(
        lazy_gettext("Last day"),
        [Optional()],
        description=lazy_gettext("Leave it empty when no end is agreed."),
    )
    reason = ParagraphField(
        lazy_gettext("What you tell the person"),
        [InputRequired(lazy_gettext("Write a reason, so that others can understand it later."))],
        limit=1000,
    )


@bp.get("", access=ANSWERING)
def requests() -> str:
    """Requests I may answer, and my own."""
    return render_template(
        "administration/requests.html",
        to_answer=read(queries.to_answer(actor())),
        mine=read(queries.mine(actor())),
        roles=ROLES,
    )


@bp.route("/ny", methods=["GET", "POST"], access={"GET": ASKING, "POST": ASKING})
def ask() -> ResponseReturnValue:
    """Ask for a role; what was refused (`rett`, `enhet`) is suggested."""
    wanted = PERMISSIONS.get(request.args.get("rett", ""))
    roles = queries.roles_to_ask_for(wanted.name if wanted else None)
    form = AskForm(
        data={"role": roles[0].name if wanted and roles else "", "unit": request.args.get("enhet", "")}
    )
    _fill(form, roles)
    if request.method == "POST" and form.validate():
        try:
            made = asking.ask(
                form.role.data,
                int(form.unit.data),
                wanted.name if wanted else None,
                form.reason.data or "",
                actor=actor(),
            )
        except AssignmentRefused as refused:
            form.refuse(refused.field if refused.field in form else "role", str(refused.text))
        else:
            return see_other(f"/tilgangsonsker/{made}")
    return render_template("administration/request_new.html", form=form, wanted=wanted, roles=roles), (
        422 if form.errors else 200
    )


@bp.get("/<int:request_id>", access=ANSWERING)
def one(request_id: int) -> str:
    """One request: what, where, why, and the answer."""
    return _page(request_id, AnswerForm(formdata=None))


@bp.post("/<int:request_id>/gi", access=ANSWERING)
def give(request_id: int) -> ResponseReturnValue:
    """Give the role that was asked for."""
    form = AnswerForm()

    def deed() -> object:
        until, told = ending(form.valid_to.data), form.reason.data or ""
        return asking.grant_request(request_id, beginning(clock.today()), until, told, actor=actor())

    return _answer(request_id, form, deed)


@bp.post("/<int:request_id>/avsla", access=ANSWERING)
def decline(request_id: int) -> ResponseReturnValue:
    """Decline, with a reason that the person reads."""
    form = AnswerForm()
    return _answer(
        request_id, form, lambda: asking.decline(request_id, form.reason.data or "", actor=actor())
    )


def _answer(request_id: int, form: AnswerForm, deed: Any) -> ResponseReturnValue:
    queries.get_request(request_id, actor())
    if form.validate():
        try:
            deed()
        except AssignmentRefused as refused:
            form.refuse(refused.field if refused.field in form else "reason", str(refused.text))
        else:
            return see_other(f"/tilgangsonsker/{request_id}")
    return _page(request_id, form), 422


def _page(request_id: int, form: AnswerForm) -> str:
    row = queries.get_request(request_id, actor())
    return render_template(
        "administration/request.html",
        row=row,
        form=form,
        role=ROLES.get(row.role),
        permission=PERMISSIONS.get(row.permission or ""),
        may_answer=row.answerable and row.state == "open" and row.person_id != actor().person_id,
    )


def _fill(form: AskForm, roles: list[Any]) -> None:
    units = queries.units_to_ask_at(actor())
    civil = [(str(unit.id), unit.name) for unit in units if unit.tree == "civil"]
    own = {_("Your organisations"): civil} if civil else {}
    form.unit.choices = {
        "": [("", _("Choose"))],
        **own,
        **unit_choices([unit for unit in units if unit.tree != "civil"]),
    }
    form.role.choices = [("", _("Choose")), *((role.name, str(role.title)) for role in roles)]
