"""Many roles at once: end or renew the ticked ones, give several persons one, take out the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.declared import ASSIGNMENT_MANAGE, ASSIGNMENT_READ
from portal.access.events import AssignmentsExported
from portal.access.many import AT_MOST, Outcome, TooManyRows, end_many, grant_many, renew_many
from portal.access.refusals import AssignmentRefused
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, needs
from portal.administration import access_queries as queries
from portal.administration import people
from portal.administration.access_forms import FilterForm, GrantManyForm, ManyForm, beginning, ending
from portal.administration.access_views import filters_asked, role_choices
from portal.administration.choices import unit_choices
from portal.database import transaction
from portal.record import record
from portal.web.kit.formats import day, last_day
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import gettext as _
from portal.web.kit.paging import whole_number
from portal.web.kit.requests import actor
from portal.web.kit.sheets import as_csv

bp = PortalBlueprint("access_many", __name__, url_prefix="/tilgang")
MANAGE = {"GET": needs(ASSIGNMENT_MANAGE), "POST": needs(ASSIGNMENT_MANAGE)}


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the answer: whom it was about, and why it was refused (None: done)."""

    about: str
    refusal: LazyString | str | None


@bp.get("/eksport.csv", access=needs(ASSIGNMENT_READ))
def exported() -> ResponseReturnValue:
    """The list as a file, narrowed as on the page; that it was taken out is recorded."""
    filters = filters_asked(FilterForm(formdata=request.args))
    with transaction(actor=actor()):
        rows = queries.exported(actor(), filters)
        if len(rows) > queries.EXPORT_LIMIT:
            abort(413)
        record(AssignmentsExported(subject_id=actor().person_id or 0, rows=len(rows)), actor=actor())
    headings = [
        _("Who"), _("E-mail"), _("Role"), _("Where"), _("From"), _("Until"), _("Ended"), _("Given by"),
        _("Why"),
    ]  # fmt: skip
    name = f"roller-{clock.today().isoformat()}.csv"
    text = as_csv(headings, [_cells(row) for row in rows])
    return Response(
        text, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@bp.route("/flere", methods=["GET", "POST"], access=MANAGE)
def several() -> ResponseReturnValue:
    """End or renew the roles that were ticked in the list."""
    typed = (request.form if request.method == "POST" else request.args).getlist("id")
    ids = [one for text in typed if (one := whole_number(text)) is not None]
    if len(ids) > AT_MOST:
        abort(413)
    rows = queries.chosen(ids, actor())
    form = ManyForm()
    told: list[Told] = []
    if request.method == "POST" and form.validate():
        told = _named(_carried_out(form, ids), {row.id: _about(row) for row in rows})
    return render_template(
        "administration/assignments_several.html", form=form, rows=rows, roles=ROLES, told=told
    ), (422 if form.errors else 200)


@bp.route("/ny/flere", methods=["GET", "POST"], access=MANAGE)
def new_for_several() -> ResponseReturnValue:
    """Give several persons one role at one unit; each is told of on its own."""
    form = GrantManyForm(data={"unit": request.args.get("enhet", ""), "valid_from": clock.today()})
    form.role.choices = [("", _("Choose")), *role_choices()]
    form.unit.choices = {"": [("", _("Choose"))], **unit_choices(queries.units_within(actor()))}
    told: list[Told] = []
    if request.method == "POST" and form.validate():
        told = _granted(form)
    return render_template("administration/assignment_new_several.html", form=form, told=told), (
        422 if form.errors else 200
    )


def _carried_out(form: ManyForm, ids: list[int]) -> list[Outcome]:
    reason = form.reason.data or ""
    if form.deed.data == "end":
        return end_many(ids, reason, actor=actor())
    return renew_many(ids, ending(form.valid_to.data), reason, actor=actor())


def _granted(form: GrantManyForm) -> list[Told]:
    """One answer an address, in the order they were written."""
    typed = form.addresses()
    if len(typed) > AT_MOST:
        form.refuse("person", _("At most %(number)s at a time.", number=AT_MOST))
        return []
    found = people.with_addresses(typed)
    assert form.valid_from.data is not None  # validated
    wish: dict[str, Any] = {
        "role": form.role.data,
        "unit_id": int(form.unit.data),
        "valid_from": beginning(form.valid_from.data),
        "valid_to": ending(form.valid_to.data),
        "reason": form.reason.data or "",
    }
    single = {address: persons[0] for address, persons in found.items() if len(persons) == 1}
    try:
        outcomes = grant_many([person for person, _name in single.values()], **wish, actor=actor())
    except (AssignmentRefused, TooManyRows) as refused:
        form.refuse("reason", str(getattr(refused, "text", "")))
        return []
    answers = {one.key: one.refusal for one in outcomes}
    return [_answer(address, found.get(address, []), answers) for address in typed]


def _answer(address: str, persons: list[tuple[int, str]], answers: dict[int, LazyString | None]) -> Told:
    if not persons:
        return Told(address, _("We do not know this person. They must have logged in once."))
    if len(persons) > 1:
        return Told(address, _("More than one person has this address. Give the role one by one, by name."))
    person_id, name = persons[0]
    return Told(f"{name} ({address})", answers[person_id])


def _named(outcomes: list[Outcome], names: dict[int, str]) -> list[Told]:
    return [Told(names.get(one.key, str(one.key)), one.refusal) for one in outcomes]


def _about(row: Any) -> str:
    return f"{row.person}: {ROLES[row.role].title if row.role in ROLES else row.role}, {row.unit}"


def _cells(row: Any) -> list[object]:
    return [
        row.person, row.email, ROLES[row.role].title if row.role in ROLES else row.role, row.unit,
        day(row.valid_from), day(last_day(row.valid_to)) if row.valid_to else "", day(row.ended_at),
        row.granted_by, row.reason,
    ]  # fmt: skip
