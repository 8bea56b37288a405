"""UDI's pages of appeals: the list, one appeal, its preparation, decision and answer."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from portal.access.policy import require
from portal.access.routes import PortalBlueprint, needs, signed_in
from portal.casework.about import page_of_case
from portal.casework.appeals import queries, services
from portal.casework.appeals.effects import AmountRefused
from portal.casework.appeals.events import OUTCOMES, RESULTS
from portal.casework.appeals.facts import AppealFacts
from portal.casework.appeals.forms import AnswerForm, DecideForm, PrepareForm
from portal.casework.appeals.workflow import KIND
from portal.casework.decisions import ABOUT
from portal.casework.delivery.queries import delivered
from portal.casework.firing import CaseChanged, Option, Refused, available
from portal.casework.links import CASE_PAGES, CasePage
from portal.casework.listing import open_ids
from portal.casework.permissions import APPEAL_DECIDE, APPEAL_HANDLE, APPEAL_READ
from portal.casework.queries import timeline
from portal.casework.workflow import state_label
from portal.documents.letters import Letter
from portal.documents.queries import list_documents
from portal.documents.services import UploadRefused
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("appeals", __name__)
CASE_PAGES[""] = CasePage("/klager/{}".format, APPEAL_READ)
VIEWS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "arbeid": (_("To be handled"), ("submitted", "in_progress")),
    "vedtak": (_("Ready for decision"), ("proposed",)),
    "instans": (_("With the appeal body"), ("forwarded",)),
    "ferdig": (_("Finished"), ("changed", "rejected", "upheld", "altered", "withdrawn")),
}
CHANGED = _("Somebody else has taken the case further since you opened it. This is how it stands now.")
AMOUNTS = {
    "less": _("Write a sum that is more than what is granted now."),
    "above": _("The sum is more than was applied for."),
    "not_lower": _("Write a sum that is less than what is demanded now, or 0 if the demand falls away."),
    "missing": _("Write the whole sum after the change."),
}
STEP = signed_in("Each step of the workflow asks for its own permission at the appeal's place.")


@bp.get("/klager", access=needs(APPEAL_READ))
def appeals() -> str:
    """The appeals the reader reaches, by how far they have come."""
    who = actor()
    chosen = request.args.get("vis", "")
    if chosen not in VIEWS:
        chosen = "arbeid" if who.may_somewhere(APPEAL_HANDLE.name) else "vedtak"
    page = queries.queue(who, VIEWS[chosen][1], request.args.get("after"))
    rows = [(row, state_label(KIND, row.state, staff=True)) for row in page.rows]
    filters = [(label, f"?vis={code}", code == chosen) for code, (label, _states) in VIEWS.items()]
    return render_template(
        "casework/appeals.html",
        rows=rows,
        open=open_ids(page.rows, who),
        next_url=page.next_url,
        filters=filters,
        chosen=VIEWS[chosen][0],
    )


@bp.get("/klager/<int:case_id>", access=needs(APPEAL_READ))
def appeal(case_id: int) -> str:
    """One appeal, with the decision it is against."""
    return _page(queries.staff_appeal(case_id, actor=actor()))


@bp.post("/klager/<int:case_id>/steg/<name>", access=STEP)
def step(case_id: int, name: str) -> ResponseReturnValue:
    """Take the appeal, or send it back."""
    reason = request.form.get("reason", "")[:2000]
    return _done(
        case_id, lambda: services.step(case_id, name, version=_version(), reason=reason, actor=actor())
    )


@bp.get("/klager/<int:case_id>/forbered", access=needs(APPEAL_HANDLE))
def preparation(case_id: int) -> ResponseReturnValue:
    """The formal check and the proposal."""
    facts = _in_state(case_id, "in_progress", APPEAL_HANDLE)
    if facts is None:
        return see_other(f"/klager/{case_id}")
    data = {
        "party": True,
        "signed": True,
        **facts.checks,
        "note": facts.check_note,
        "outcome": facts.proposed,
        "amount": facts.amount_ore,
        "reasons": facts.reasons,
    }
    return _work("casework/appeal_prepare.html", facts, PrepareForm(data=data))


@bp.post("/klager/<int:case_id>/forbered", access=needs(APPEAL_HANDLE))
def prepare(case_id: int) -> ResponseReturnValue:
    """Store the check and the proposal, and hand the appeal over."""
    facts = _in_state(case_id, "in_progress", APPEAL_HANDLE)
    if facts is None:
        return see_other(f"/klager/{case_id}")
    form: Any = PrepareForm()
    if not form.validate() or not _amount_is_given(form, facts):
        return _work("casework/appeal_prepare.html", facts, form), 422
    prepared = services.Prepared(
        party=form.party.data,
        signed=form.signed.data,
        late_accepted=form.late_accepted.data,
        note=form.note.data or "",
        outcome=form.outcome.data,
        amount_ore=_sum(form),
        reasons=form.reasons.data,
    )
    return _done(case_id, lambda: services.propose(case_id, prepared, version=_version(), actor=actor()))


@bp.get("/klager/<int:case_id>/avgjor", access=needs(APPEAL_DECIDE))
def decision(case_id: int) -> ResponseReturnValue:
    """The decision, filled with the proposal."""
    facts = _in_state(case_id, "proposed", APPEAL_DECIDE)
    if facts is None:
        return see_other(f"/klager/{case_id}")
    data = {"outcome": facts.proposed, "amount": facts.amount_ore, "reasons": facts.reasons}
    return _work("casework/appeal_decide.html", facts, DecideForm(data=data))


@bp.post("/klager/<int:case_id>/avgjor", access=needs(APPEAL_DECIDE))
def decide(case_id: int) -> ResponseReturnValue:
    """Decide, or show the letter first."""
    facts = _in_state(case_id, "proposed", APPEAL_DECIDE)
    if facts is None:
        return see_other(f"/klager/{case_id}")
    form: Any = DecideForm()
    if not form.validate() or not _amount_is_given(form, facts):
        return _work("casework/appeal_decide.html", facts, form), 422
    outcome, amount, reasons = form.outcome.data, _sum(form), form.reasons.data
    if "preview" in request.form:
        letter = services.preview(facts, outcome, amount, reasons, actor=actor())
        return letter_response(letter, request.form["preview"])
    try:
        services.decide(
            case_id,
            outcome=outcome,
            amount_ore=amount,
            reasons=reasons,
            version=_version(),
            actor=actor(),
        )
    except AmountRefused as refused:
        form.refuse("amount", AMOUNTS[refused.code])
        return _work("casework/appeal_decide.html", facts, form), 422
    except Refused as refused:
        return _work("casework/appeal_decide.html", facts, form, refused.rule.cited()), 409
    except CaseChanged:
        return _page(queries.staff_appeal(case_id, actor=actor()), CHANGED), 409
    return see_other(f"/klager/{case_id}")


@bp.get("/klager/<int:case_id>/svar", access=needs(APPEAL_HANDLE))
def answer(case_id: int) -> ResponseReturnValue:
    """Register what the appeal body answered."""
    facts = _in_state(case_id, "forwarded", APPEAL_HANDLE)
    if facts is None:
        return see_other(f"/klager/{case_id}")
    return _work("casework/appeal_answer.html", facts, AnswerForm())


@bp.post("/klager/<int:case_id>/svar", access=needs(APPEAL_HANDLE))
def register_answer(case_id: int) -> ResponseReturnValue:
    """Store the answer, and give it to the party."""
    facts = _in_state(case_id, "forwarded", APPEAL_HANDLE)
    if facts is None:
        return see_other(f"/klager/{case_id}")
    form: Any = AnswerForm()
    if not form.validate():
        return _work("casework/appeal_answer.html", facts, form), 422
    given = services.Answer(
        result=form.result.data,
        reference=form.reference.data or "",
        answered_on=form.answered_on.data,
        amount_ore=form.amount.data,
        filename=form.letter.data.filename,
        content=form.letter.data.read(),
    )
    try:
        services.register_answer(case_id, given, version=_version(), actor=actor())
    except UploadRefused as refused:
        form.refuse("letter", str(refused.message))
        return _work("casework/appeal_answer.html", facts, form), 422
    except AmountRefused as refused:
        form.refuse("amount", AMOUNTS[refused.code])
        return _work("casework/appeal_answer.html", facts, form), 422
    except Refused as refused:
        return _work("casework/appeal_answer.html", facts, form, refused.rule.cited()), 409
    except CaseChanged:
        return _page(queries.staff_appeal(case_id, actor=actor()), CHANGED), 409
    return see_other(f"/klager/{case_id}")


def letter_response(letter: Letter, form: str) -> Response:
    """A letter shown before it is sent: as a page, or with `pdf` as the file the recipient will get."""
    if form == "pdf":
        response = make_response(letter.pdf())
        response.headers["Content-Type"] = "application/pdf"
        response.headers["Content-Disposition"] = "inline"
    else:
        response = make_response(letter.page())
    # The letter carries its own style and nothing else.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; style-src 'unsafe-inline'"
    return response


def _done(case_id: int, act: Any) -> ResponseReturnValue:
    try:
        act()
    except Refused as refused:
        return _page(queries.staff_appeal(case_id, actor=actor()), refused.rule.cited()), 409
    except CaseChanged:
        return _page(queries.staff_appeal(case_id, actor=actor()), CHANGED), 409
    return see_other(f"/klager/{case_id}")


def _page(facts: AppealFacts, refusal: Any = None) -> str:
    roles = dict(facts.documents)
    return render_template(
        "casework/appeal.html",
        facts=facts,
        state=state_label(facts.kind, facts.state, staff=True),
        options=_options(facts),
        documents=[(one, roles[one.id]) for one in list_documents(roles)],
        delivered=delivered(facts.id),
        entries=timeline(facts.id, facts.kind, staff=True),
        outcomes=OUTCOMES,
        results=RESULTS,
        about=ABOUT[facts.decision_about].label,
        parent_url=page_of_case(facts.parent_plugin, facts.parent_id, actor()),
        refusal=refusal,
    )


def _options(facts: AppealFacts) -> dict[str, Option]:
    found = available(facts, actor=actor(), parts=facts.parts)
    return {one.transition.name: one for one in found}


def _work(template: str, facts: AppealFacts, form: Any, refusal: Any = None) -> str:
    roles = dict(facts.documents)
    return render_template(
        template,
        facts=facts,
        form=form,
        refusal=refusal,
        limits=services.limits(facts, actor=actor()),
        about=ABOUT[facts.decision_about].label,
        outcomes=OUTCOMES,
        documents=[(one, roles[one.id]) for one in list_documents(roles)],
    )


def _in_state(case_id: int, state: str, permission: Any) -> AppealFacts | None:
    """The appeal, or None when it stands elsewhere in its way than the page is for."""
    facts = queries.staff_appeal(case_id, actor=actor())
    require(actor(), permission, facts)
    return facts if facts.state == state else None


def _amount_is_given(form: Any, facts: AppealFacts) -> bool:
    if form.outcome.data == "changed" and form.amount.data is None and services.gives_a_sum(facts):
        form.refuse("amount", AMOUNTS["missing"])
        return False
    return True


def _sum(form: Any) -> int | None:
    amount: int | None = form.amount.data if form.outcome.data == "changed" else None
    return amount


def _version() -> int:
    return request.form.get("version", 0, type=int)
