"""The party's pages of an appeal: writing it, the receipt, adding to it, taking it back."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.policy import OutOfReach, require
from portal.access.routes import PortalBlueprint, needs
from portal.casework.appeals import queries, sending
from portal.casework.appeals.forms import AppealForm, CommentForm, LateAppealForm
from portal.casework.appeals.queries import Appealable
from portal.casework.decisions import ABOUT
from portal.casework.firing import CaseChanged
from portal.casework.permissions import OWN_APPEAL_SEND, OWN_CASE_READ
from portal.documents.services import UploadRefused
from portal.web.kit.forms import idempotency_key
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("own_appeals", __name__)


@bp.get("/saker/<int:case_id>/klage", access=needs(OWN_APPEAL_SEND))
def write(case_id: int) -> ResponseReturnValue:
    """The form to appeal the decision in a case; where an appeal is on its way already, that one."""
    return _write(queries.appealable(case_id, actor=actor()))


@bp.get("/saker/<int:case_id>/vedtak/<int:decision_id>/klage", access=needs(OWN_APPEAL_SEND))
def write_against(case_id: int, decision_id: int) -> ResponseReturnValue:
    """The form to appeal a decision that followed in a case, as a demand for money back."""
    return _write(queries.appealable(case_id, decision_id, actor=actor()))


def _write(decision: Appealable) -> ResponseReturnValue:
    require(actor(), OWN_APPEAL_SEND, decision)
    if decision.open_appeal is not None:
        return see_other(f"/saker/{decision.open_appeal}")
    return _form_page(decision, _form(decision))


@bp.post("/saker/<int:case_id>/klage", access=needs(OWN_APPEAL_SEND))
def send(case_id: int) -> ResponseReturnValue:
    """Send the appeal, once."""
    return _send(queries.appealable(case_id, actor=actor()))


@bp.post("/saker/<int:case_id>/vedtak/<int:decision_id>/klage", access=needs(OWN_APPEAL_SEND))
def send_against(case_id: int, decision_id: int) -> ResponseReturnValue:
    """Send an appeal against a decision that followed in a case, once."""
    return _send(queries.appealable(case_id, decision_id, actor=actor()))


def _send(decision: Appealable) -> ResponseReturnValue:
    form = _form(decision)
    if not form.validate():
        return _form_page(decision, form), 422
    files = [(one.filename, one.read()) for one in request.files.getlist("files") if one.filename]
    try:
        appeal = sending.send_appeal(
            decision.case_id,
            decision.id,
            text=form.text.data,
            late_reason=form.late_reason.data if "late_reason" in form else "",
            files=files,
            key=idempotency_key(),
            actor=actor(),
        )
    except sending.AppealExists as exists:
        return see_other(f"/saker/{exists.case_id}")
    except sending.LateReasonNeeded:
        return _form_page(decision, LateAppealForm()), 422
    except UploadRefused as refused:
        form.refuse("files", str(refused.message))
        return _form_page(decision, form), 422
    return see_other(f"/saker/{appeal}/klage/kvittering")


@bp.get("/saker/<int:case_id>/klage/kvittering", access=needs(OWN_CASE_READ))
def receipt(case_id: int) -> str:
    """Number, time and what was sent."""
    facts = queries.own_appeal(case_id, actor=actor())
    return render_template("casework/appeal_receipt.html", facts=facts)


@bp.get("/saker/<int:case_id>/klage/merknad", access=needs(OWN_APPEAL_SEND))
def more(case_id: int) -> str:
    """Add to an appeal."""
    facts = queries.own_appeal(case_id, actor=actor())
    require(actor(), OWN_APPEAL_SEND, facts)
    if facts.state not in queries.OPEN:
        raise OutOfReach(f"appeal {case_id} is finished")
    return render_template("casework/appeal_comment.html", facts=facts, form=CommentForm())


@bp.post("/saker/<int:case_id>/klage/merknad", access=needs(OWN_APPEAL_SEND))
def comment(case_id: int) -> ResponseReturnValue:
    """Store what the party adds."""
    form: Any = CommentForm()
    if not form.validate():
        facts = queries.own_appeal(case_id, actor=actor())
        return render_template("casework/appeal_comment.html", facts=facts, form=form), 422
    try:
        sending.add_comment(case_id, form.text.data, actor=actor())
    except CaseChanged:
        return see_other(f"/saker/{case_id}")
    return see_other(f"/saker/{case_id}")


@bp.post("/saker/<int:case_id>/klage/trekk", access=needs(OWN_APPEAL_SEND))
def take_back(case_id: int) -> ResponseReturnValue:
    """Withdraw an appeal; one that has moved meanwhile is shown as it stands."""
    try:
        sending.withdraw(case_id, version=request.form.get("version", 0, type=int), actor=actor())
    except CaseChanged:
        return see_other(f"/saker/{case_id}")
    return see_other(f"/saker/{case_id}")


def _form(decision: Appealable) -> Any:
    return LateAppealForm() if sending.is_late(decision) else AppealForm()


def _form_page(decision: Appealable, form: Any) -> str:
    return render_template(
        "casework/appeal_write.html",
        decision=decision,
        about=ABOUT[decision.about].label,
        action=request.path,
        form=form,
    )
