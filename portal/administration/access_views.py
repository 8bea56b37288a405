"""Who has which role where; give one, end one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.actor import Place
from portal.access.assignments import end, grant
from portal.access.declared import ASSIGNMENT_MANAGE, ASSIGNMENT_READ
from portal.access.policy import allowed, require
from portal.access.refusals import AssignmentRefused
from portal.access.renewing import renew
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, needs
from portal.administration import access_queries as queries
from portal.administration import people
from portal.administration.access_forms import EndForm, FilterForm, GrantForm, RenewForm, beginning, ending
from portal.administration.choices import unit_choices
from portal.identity.endings import end_all_sessions
from portal.web.kit.forms import idempotency_key
from portal.web.kit.i18n import gettext as _
from portal.web.kit.paging import decode_key, page_of, whole_number
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("access", __name__, url_prefix="/tilgang")


@bp.get("", access=needs(ASSIGNMENT_READ))
def assignments() -> str:
    """The list, narrowed by unit, role and person."""
    form = FilterForm(formdata=request.args)
    form.role.choices = [("", _("All roles")), *role_choices()]
    units = queries.units_within(actor(), ASSIGNMENT_READ)
    form.unit.choices = {"": [("", _("All units"))], **unit_choices(units)}
    form.validate()
    filters = filters_asked(form)
    after = decode_key(request.args.get("after"), (int,))
    page = page_of(queries.assignment_page(actor(), filters, after), lambda row: (row.id,))
    return render_template(
        "administration/assignments.html",
        form=form,
        page=page,
        roles=ROLES,
        filters=filters,
        narrowed=bool(filters.unit_id or filters.role or filters.person),
        export_url=f"/tilgang/eksport.csv?{urlencode(request.args.to_dict())}".rstrip("?"),
    )


@bp.route(
    "/ny", methods=["GET", "POST"], access={"GET": needs(ASSIGNMENT_MANAGE), "POST": needs(ASSIGNMENT_MANAGE)}
)
def new_assignment() -> ResponseReturnValue:
    """Give somebody a role."""
    form = GrantForm(data={"unit": request.args.get("enhet", ""), "valid_from": clock.today()})
    form.role.choices = [("", _("Choose")), *role_choices()]
    form.unit.choices = {"": [("", _("Choose"))], **unit_choices(queries.units_within(actor()))}
    if request.method == "POST" and form.validate():
        made = _grant(form)
        if made is not None:
            return see_other(f"/tilgang/{made}")
    return render_template(
        "administration/assignment_new.html", form=form, roles=queries.authority_roles()
    ), (422 if form.errors else 200)


@bp.get("/<int:assignment_id>", access=needs(ASSIGNMENT_READ))
def assignment(assignment_id: int) -> str:
    """One assignment: who, what, where, since when, by whom and why."""
    return _assignment_page(assignment_id)


@bp.post("/<int:assignment_id>/avslutt", access=needs(ASSIGNMENT_MANAGE))
def end_assignment(assignment_id: int) -> ResponseReturnValue:
    """End a role now."""
    form = EndForm()
    if form.validate():
        try:
            end(assignment_id, form.reason.data or "", actor=actor())
        except AssignmentRefused as refused:
            form.refuse("reason", str(refused.text))
        else:
            return see_other(f"/tilgang/{assignment_id}")
    return _assignment_page(assignment_id, ending_form=form), 422


@bp.post("/<int:assignment_id>/logg-ut", access=needs(ASSIGNMENT_MANAGE))
def log_out_everywhere(assignment_id: int) -> ResponseReturnValue:
    """End every login of the person who holds the role, at once."""
    row = queries.get_assignment(assignment_id, actor())
    require(actor(), ASSIGNMENT_MANAGE, _place(row))
    end_all_sessions(row.person_id, actor=actor())
    return see_other(f"/tilgang/{assignment_id}?logget-ut")


def _place(row: Any) -> Place:
    return Place(row.national_id, row.regional_id, row.local_id)


@bp.post("/<int:assignment_id>/forny", access=needs(ASSIGNMENT_MANAGE))
def renew_assignment(assignment_id: int) -> ResponseReturnValue:
    """Give a role another last day: a decision of its own."""
    form = RenewForm(prefix="ny-")
    if form.validate():
        try:
            made = renew(assignment_id, ending(form.valid_to.data), form.reason.data or "", actor=actor())
        except AssignmentRefused as refused:
            form.refuse(refused.field if refused.field in form else "valid_to", str(refused.text))
        else:
            return see_other(f"/tilgang/{made}")
    return _assignment_page(assignment_id, renewing=form), 422


def _assignment_page(
    assignment_id: int, *, ending_form: EndForm | None = None, renewing: RenewForm | None = None
) -> str:
    row = queries.get_assignment(assignment_id, actor())
    open_still = row.ended_at is None and (row.valid_to is None or row.valid_to > clock.now())
    return render_template(
        "administration/assignment.html",
        row=row,
        role=ROLES.get(row.role),
        form=ending_form or EndForm(formdata=None),
        renewing=renewing or RenewForm(formdata=None, prefix="ny-"),
        may_end=open_still and allowed(actor(), ASSIGNMENT_MANAGE, _place(row)),
        logged_out="logget-ut" in request.args,
    )


def _grant(form: GrantForm) -> int | None:
    """Grant what the form asks for; None when something is refused, which then stands at its field."""
    found = people.named(form.person.data or "")
    if len(found) > 1:
        form.refuse("person", _("More than one person has that name. Write the e-mail address."))
    elif not found:
        form.refuse("person", _("We do not know this person. They must have logged in once."))
    else:
        try:
            return grant(found[0][0], **_wish(form), actor=actor(), key=idempotency_key())
        except AssignmentRefused as refused:
            form.refuse(refused.field, str(refused.text))
    return None


def _wish(form: GrantForm) -> dict[str, Any]:
    assert form.valid_from.data is not None  # validated
    return {
        "role": form.role.data,
        "unit_id": int(form.unit.data),
        "valid_from": beginning(form.valid_from.data),
        "valid_to": ending(form.valid_to.data),
        "reason": form.reason.data or "",
    }


def filters_asked(form: FilterForm) -> queries.Filters:
    """What the address narrows the list to."""
    return queries.Filters(
        unit_id=whole_number(form.unit.data),
        role=form.role.data or "",
        person=form.person.data or "",
        ended=request.args.get("vis") == "alle",
    )


def role_choices() -> list[tuple[str, str]]:
    """The roles of UDI's tree, to choose from."""
    return [(role.name, str(role.title)) for role in queries.authority_roles()]
