"""The page of an organisation's cooperation with UDI: notice, answer, decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField
from wtforms.validators import DataRequired, InputRequired

from portal import clock
from portal.access.policy import allowed
from portal.access.routes import PortalBlueprint, needs, signed_in
from portal.organisations import queries as organisations
from portal.organisations.exclusion import queries, services
from portal.organisations.exclusion.rules import NOT_EXCLUDED
from portal.organisations.permissions import (
    EXCLUSION_DECIDE,
    ORGANISATION_READ,
    OWN_EDIT,
    REGISTRATION_HANDLE,
)
from portal.organisations.registration.forms import one_of
from portal.organisations.registration.pages import version
from portal.web.kit.forms import DayField, Form, LineField, ParagraphField
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("exclusion", __name__, url_prefix="/organisasjoner/<int:unit_id>/samarbeid")
OWN_OR_STAFF = signed_in("The query shows an organisation to its members and to staff in whose reach it is.")
USUAL = timedelta(days=21)
_REASONED = _("Write the reason. The organisation reads it.")

REFUSED: dict[str, LazyString] = {
    "own_case": _("You belong to the organisation yourself, so somebody else handles this (fvl. § 6)."),
    "open_already": _("Notice has been given already. Here is how it stands."),
    "too_soon": _("The organisation must have at least 14 days to answer."),
    "not_heard": _("The organisation has not answered, and still has time to. Wait until the last day."),
    "same_person": _("You gave notice, so somebody else decides."),
    "moved": _("Somebody else has taken the case further. Here is how it stands now."),
}
LABELS: dict[str, tuple[LazyString, str]] = {
    "noticed": (_("Notice sent"), "warning"),
    "dropped": (_("Went on"), "success"),
    "excluded": (_("Cooperation ended"), "danger"),
    "lifted": (_("Taken up again"), "success"),
}


class NoticeForm(Form):
    """A notice before a decision."""

    reason = ParagraphField(
        _("Why does UDI consider ending the cooperation?"),
        [DataRequired(_REASONED)],
        description=_("Say what has happened and what it builds on, so that they can answer it."),
    )
    legal_basis = LineField(
        _("Legal basis"),
        [DataRequired(_("Write the law, regulation or agreement that it follows from."))],
        description=_("For example the agreement's section on ending it, or the paragraph of a regulation."),
    )
    answer_by = DayField(
        _("The last day to answer"),
        [InputRequired(_("Write the last day to answer."))],
        description=_("At least 14 days from today."),
    )


class AnswerForm(Form):
    """What the organisation says."""

    version = HiddenField()
    reply = ParagraphField(
        _("What do you want UDI to know before it decides?"),
        [DataRequired(_("Write your answer."))],
        description=_("You can answer once. What you write is kept with the case."),
    )


class DecisionForm(Form):
    """A decision after the notice."""

    version = HiddenField()
    outcome = RadioField(
        _("What is decided?"),
        [one_of(_("Choose what is decided."))],
        choices=lambda: [
            ("excluded", _("The cooperation is ended")),
            ("dropped", _("The cooperation goes on")),
        ],
        validate_choice=False,
    )
    reason = ParagraphField(
        _("Reason"), [DataRequired(_REASONED)], description=_("Say how you have seen to what they answered.")
    )


class LiftForm(Form):
    """Taking up the cooperation again."""

    version = HiddenField()
    reason = ParagraphField(_("Why is the cooperation taken up again?"), [DataRequired(_REASONED)])


@bp.get("", access=OWN_OR_STAFF)
def one(unit_id: int) -> ResponseReturnValue:
    """How the cooperation stands, and what one may do about it."""
    return _page(unit_id)


@bp.post("/varsel", access=needs(REGISTRATION_HANDLE))
def notice(unit_id: int) -> ResponseReturnValue:
    """Give notice."""
    form = NoticeForm(prefix="notice-")
    if not form.validate_on_submit() or form.answer_by.data is None:
        return _page(unit_id, notice=form)
    given = (form.reason.data or "", form.legal_basis.data or "", form.answer_by.data)
    try:
        services.give_notice(unit_id, *given, actor=actor())
    except services.ExclusionRefused as error:
        if error.code != "too_soon":
            return _page(unit_id, REFUSED[error.code])
        form.refuse("answer_by", str(REFUSED["too_soon"]))
        return _page(unit_id, notice=form)
    return see_other(f"/organisasjoner/{unit_id}/samarbeid")


@bp.post("/svar", access=needs(OWN_EDIT))
def answer(unit_id: int) -> ResponseReturnValue:
    """The organisation's answer."""
    form = AnswerForm(prefix="answer-")
    if not form.validate_on_submit():
        return _page(unit_id, answer=form)
    text, at = form.reply.data or "", version(form)
    return _done(unit_id, lambda: services.answer(unit_id, text, version=at, actor=actor()))


@bp.post("/vedtak", access=needs(EXCLUSION_DECIDE))
def decide(unit_id: int) -> ResponseReturnValue:
    """The decision."""
    form = DecisionForm(prefix="decide-")
    if not form.validate_on_submit():
        return _page(unit_id, decide=form)
    given = (form.outcome.data, form.reason.data or "")
    return _done(unit_id, lambda: services.decide(unit_id, *given, version=version(form), actor=actor()))


@bp.post("/opphev", access=needs(EXCLUSION_DECIDE))
def lift(unit_id: int) -> ResponseReturnValue:
    """Take the cooperation up again."""
    form = LiftForm(prefix="lift-")
    if not form.validate_on_submit():
        return _page(unit_id, lift=form)
    reason = form.reason.data or ""
    return _done(unit_id, lambda: services.lift(unit_id, reason, version=version(form), actor=actor()))


def _done(unit_id: int, act: Callable[[], None]) -> ResponseReturnValue:
    try:
        act()
    except services.ExclusionRefused as error:
        return _page(unit_id, REFUSED[error.code])
    return see_other(f"/organisasjoner/{unit_id}/samarbeid")


def _page(unit_id: int, said: LazyString | None = None, **forms: Form) -> ResponseReturnValue:
    subject = organisations.get(unit_id, actor=actor())
    cases = queries.cases(unit_id)
    current = cases[0] if cases and cases[0].state in ("noticed", "excluded") else None
    at = {"version": current.version if current else 0}
    shown: dict[str, Any] = {
        "notice": NoticeForm(formdata=None, prefix="notice-", data={"answer_by": clock.today() + USUAL}),
        "answer": AnswerForm(formdata=None, prefix="answer-", data=at),
        "decide": DecisionForm(formdata=None, prefix="decide-", data=at),
        "lift": LiftForm(formdata=None, prefix="lift-", data=at),
    }
    return render_template(
        "organisations/exclusion.html",
        subject=subject,
        said=said,
        current=current,
        past=[case for case in cases if case is not current],
        labels=LABELS,
        rule=NOT_EXCLUDED.cited(),
        forms={**shown, **forms},
        staff=allowed(actor(), ORGANISATION_READ, subject),
        may_notice=allowed(actor(), REGISTRATION_HANDLE, subject),
        may_answer=allowed(actor(), OWN_EDIT, subject),
        may_decide=allowed(actor(), EXCLUSION_DECIDE, subject),
        me=actor().person_id,
    )
