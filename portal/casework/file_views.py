"""Pages of a case's distribution, notes and archive, for staff."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from portal.access.policy import require
from portal.access.routes import PortalBlueprint, needs, signed_in
from portal.casework import archive, declaring, distributing, notes, packaging
from portal.casework.about import page_of_case, sites_of
from portal.casework.firing import CaseChanged
from portal.casework.grounds import GROUNDS
from portal.casework.permissions import CASE_DISTRIBUTE, CASE_JOURNAL, CASE_READ
from portal.casework.rules import Refused
from portal.casework.staff import StaffCase, get_case
from portal.casework.staff_forms import CorrectTieForm, GiveForm, NoteForm, PassOnForm, ReferenceForm
from portal.casework.workflow import WORKFLOWS, state_label
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("case_files", __name__, url_prefix="/sak")
DISTRIBUTE, JOURNAL = needs(CASE_DISTRIBUTE), needs(CASE_JOURNAL)
NOTE = signed_in("Whoever handles a case writes notes in it; its workflow says who that is.")
CHANGED = lazy_gettext(
    "Somebody else has taken the case further since you opened it. This is how it stands now."
)


@bp.get("/<int:case_id>/fordeling", access=DISTRIBUTE)
def distribution(case_id: int) -> str:
    """Who has the case, who can have it, and which region."""
    return _distribution_page(_distributed(case_id))


@bp.post("/<int:case_id>/fordeling", access=DISTRIBUTE)
def give(case_id: int) -> ResponseReturnValue:
    """Give the case to somebody."""
    case = _distributed(case_id)
    form = _give_form(case)
    if not form.validate():
        return _distribution_page(case, form), 422
    version = request.form.get("version", 0, type=int)
    try:
        distributing.give(
            case_id, form.person.data, reason=form.reason.data or "", version=version, actor=actor()
        )
    except Refused as refused:
        return _distribution_page(case, form, refusal=refused.rule.cited()), 409
    except CaseChanged:
        return _distribution_page(_distributed(case_id), refusal=CHANGED), 409
    return see_other(f"/sak/{case_id}/fordeling?gitt=1")


@bp.post("/<int:case_id>/send-over", access=DISTRIBUTE)
def pass_on(case_id: int) -> ResponseReturnValue:
    """Pass the case to another region; afterwards it may be out of one's reach."""
    case = _distributed(case_id)
    form = _pass_form(case)
    if not form.validate():
        return _distribution_page(case, passing=form), 422
    version = request.form.get("version", 0, type=int)
    try:
        distributing.pass_on(
            case_id, form.region.data, reason=form.why.data or "", version=version, actor=actor()
        )
    except Refused as refused:
        return _distribution_page(case, passing=form, refusal=refused.rule.cited()), 409
    except CaseChanged:
        return _distribution_page(_distributed(case_id), refusal=CHANGED), 409
    return see_other("/min-side")


@bp.post("/<int:case_id>/inhabil/<int:person_id>/rett", access=DISTRIBUTE)
def correct_tie(case_id: int, person_id: int) -> ResponseReturnValue:
    """Correct a tie that was declared by mistake."""
    case = _distributed(case_id)
    form: Any = CorrectTieForm(prefix=str(person_id))
    if not form.validate():
        return _distribution_page(case, correcting=(person_id, form)), 422
    try:
        declaring.correct_tie(case_id, person_id, reason=form.reason.data, actor=actor())
    except Refused as refused:
        return _distribution_page(case, refusal=refused.rule.cited()), 409
    except CaseChanged:
        return _distribution_page(_distributed(case_id), refusal=CHANGED), 409
    return see_other(f"/sak/{case_id}/fordeling")


def _distributed(case_id: int) -> StaffCase:
    case = get_case(case_id, actor=actor())
    require(actor(), CASE_DISTRIBUTE, case)
    return case


def _give_form(case: StaffCase) -> Any:
    form = GiveForm()
    form.person.choices = distributing.candidates(case)
    return form


def _correct_form(person_id: int) -> CorrectTieForm:
    return CorrectTieForm(prefix=str(person_id), formdata=None)


def _pass_form(case: StaffCase) -> Any:
    form = PassOnForm()
    form.region.choices = distributing.other_regions(case, actor=actor())
    return form


def _distribution_page(
    case: StaffCase,
    form: Any = None,
    *,
    passing: Any = None,
    correcting: tuple[int, Any] | None = None,
    refusal: Any = None,
) -> str:
    wrong = dict([correcting] if correcting else [])
    return render_template(
        "casework/distribution.html",
        case=case,
        state=state_label(case.kind, case.state, staff=True),
        kind=WORKFLOWS[case.kind].title,
        sites=sites_of(case.kind, case.id),
        form=form or _give_form(case),
        passing=passing or _pass_form(case),
        ties=[
            (one, GROUNDS.get(one.ground, ""), wrong.get(one.person_id) or _correct_form(one.person_id))
            for one in distributing.ties_in(case.id)
        ],
        corrected_form=correcting[1] if correcting else None,
        refusal=refusal,
        given="gitt" in request.args,
    )


@bp.get("/<int:case_id>/notater", access=needs(CASE_READ))
def case_notes(case_id: int) -> str:
    """The internal notes."""
    return _notes_page(notes.staff_case(case_id, actor=actor()), NoteForm(formdata=None))


@bp.post("/<int:case_id>/notater", access=NOTE)
def write_note(case_id: int) -> ResponseReturnValue:
    """Write one."""
    form = NoteForm()
    if not form.validate():
        return _notes_page(notes.staff_case(case_id, actor=actor()), form), 422
    notes.write_note(case_id, form.text.data or "", actor=actor())
    return see_other(f"/sak/{case_id}/notater")


def _notes_page(case: StaffCase, form: NoteForm) -> str:
    return render_template(
        "casework/notes.html",
        case=case,
        form=form,
        notes=notes.notes_of(case.id),
        page=page_of_case(case.plugin, case.id, actor()),
    )


@bp.get("/arkiv", access=JOURNAL)
def not_journalled() -> str:
    """What is not yet journalled in UDIsak."""
    page = archive.to_journal(actor=actor(), after=request.args.get("after"))
    kinds = {kind: workflow.title for kind, workflow in WORKFLOWS.items()}
    return render_template("casework/to_journal.html", page=page, kinds=kinds)


@bp.get("/<int:case_id>/arkiv", access=JOURNAL)
def case_archive(case_id: int) -> str:
    """A case's reference, whether it is journalled, and its package."""
    case = get_case(case_id, actor=actor())
    return _archive_page(case, ReferenceForm(formdata=None, reference=case.udisak_reference))


@bp.post("/<int:case_id>/arkiv", access=JOURNAL)
def journal(case_id: int) -> ResponseReturnValue:
    """Write down the reference; with `journalled`, mark the case as journalled."""
    form = ReferenceForm()
    if not form.validate():
        return _archive_page(get_case(case_id, actor=actor()), form), 422
    try:
        done = archive.journal if "journalled" in request.form else archive.set_reference
        done(case_id, form.reference.data or "", actor=actor())
    except Refused as refused:
        form.refuse("reference", refused.rule.cited())
        return _archive_page(get_case(case_id, actor=actor()), form), 422
    return see_other(f"/sak/{case_id}/arkiv")


def _archive_page(case: StaffCase, form: ReferenceForm) -> str:
    require(actor(), CASE_JOURNAL, case)
    return render_template(
        "casework/archive.html", case=case, form=form, page=page_of_case(case.plugin, case.id, actor())
    )


@bp.get("/<int:case_id>/mappe.zip", access=JOURNAL)
def case_package(case_id: int) -> Response:
    """The package, made while it is sent."""
    name, pieces = packaging.package(case_id, actor=actor())
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(stream_with_context(pieces), mimetype="application/zip", headers=headers)
