"""Staff's pages of calls: the list, writing one, publishing it, changing and closing it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.policy import require
from portal.funding import call_forms, call_queries, calls
from portal.funding.facts import CallFacts
from portal.funding.paths import Paths
from portal.funding.permissions import CALL_MANAGE
from portal.funding.scheme import Scheme
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor, see_other

STATES = {
    "draft": (lazy_gettext("Draft"), "draft"),
    "coming": (lazy_gettext("Announced"), "info"),
    "open": (lazy_gettext("Open for applications"), "success"),
    "past": (lazy_gettext("Deadline passed"), "neutral"),
    "closed": (lazy_gettext("Closed for applications"), "closed"),
}


def listed(scheme: Scheme) -> str:
    """Every call of the scheme, the newest first."""
    _managing(scheme)
    rows = [(call, count, *STATES[_state(call)]) for call, count in call_queries.calls_of(scheme.code)]
    return render_template("funding/calls.html", scheme=scheme, paths=Paths(scheme.prefix), rows=rows)


def new(scheme: Scheme) -> str:
    """A call to be written, empty or from an earlier one (`fra`)."""
    _managing(scheme)
    earlier = request.args.get("fra", type=int)
    said = _get(scheme, earlier) if earlier else None
    form = call_forms.call_form(scheme, said, changing=False)
    if said is not None:
        form.year.data, form.opens_on.data, form.closes_on.data = said.year + 1, None, None
    return _page(scheme, None, form)


def create(scheme: Scheme) -> ResponseReturnValue:
    """Keep a new call as a draft."""
    _managing(scheme)
    form = call_forms.call_form(scheme, None, changing=False)
    if not form.validate():
        return _page(scheme, None, form), 422
    try:
        call_id = calls.keep_draft(call_forms.terms_of(form, scheme), actor=actor())
    except calls.CallRefused as refused:
        form.refuse_code(refused.code)
        return _page(scheme, None, form), 422
    return see_other(Paths(scheme.prefix).call(call_id))


def edit(scheme: Scheme, call_id: int) -> str:
    """A draft to write on, or a published call to change."""
    _managing(scheme)
    said = _get(scheme, call_id)
    return _page(scheme, said, call_forms.call_form(scheme, said, changing=said.state != "draft"))


def change(scheme: Scheme, call_id: int) -> ResponseReturnValue:
    """Keep what the draft says now; or publish a new version of a published call."""
    _managing(scheme)
    said = _get(scheme, call_id)
    changing = said.state != "draft"
    form = call_forms.call_form(scheme, said, changing=changing)
    if not form.validate():
        return _page(scheme, said, form), 422
    terms = call_forms.terms_of(form, scheme)
    try:
        if changing:
            calls.change_call(call_id, terms, base=request.form.get("version", type=int), actor=actor())
        else:
            calls.keep_draft(terms, call_id=call_id, actor=actor())
    except calls.CallRefused as refused:
        if refused.code == "moved":
            return _page(scheme, _get(scheme, call_id), form, moved=True), 409
        form.refuse_code(refused.code)
        return _page(scheme, said, form), 422
    return see_other(Paths(scheme.prefix).call(call_id))


def publish(scheme: Scheme, call_id: int) -> ResponseReturnValue:
    """Announce a draft."""
    _managing(scheme)
    try:
        calls.publish_draft(scheme, call_id, actor=actor())
    except calls.CallRefused as refused:
        said = _get(scheme, call_id)
        form = call_forms.call_form(scheme, said, changing=False)
        form.refuse_code(refused.code)
        return _page(scheme, said, form), 422
    return see_other(Paths(scheme.prefix).call(call_id))


def close(scheme: Scheme, call_id: int) -> ResponseReturnValue:
    """Take no more late applications."""
    _managing(scheme)
    try:
        calls.close_call(scheme, call_id, actor=actor())
    except calls.CallRefused:
        text = _("The deadline has not passed. Change the last day first.")
        said = _get(scheme, call_id)
        return _page(scheme, said, call_forms.call_form(scheme, said, changing=True), refused=text), 409
    return see_other(Paths(scheme.prefix).calls)


def drop(scheme: Scheme, call_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    _managing(scheme)
    calls.drop_draft(scheme, call_id, actor=actor())
    return see_other(Paths(scheme.prefix).calls)


def _managing(scheme: Scheme) -> None:
    require(actor(), CALL_MANAGE, calls.place_of(scheme))


def _get(scheme: Scheme, call_id: int) -> CallFacts:
    return call_queries.get_call(call_id, scheme=scheme.code, actor=actor())


def _state(call: CallFacts) -> str:
    if call.state != "published":
        return call.state
    now = clock.now()
    if now < call.opens_at:
        return "coming"
    return "open" if now < call.closes_at else "past"


def _page(
    scheme: Scheme, said: CallFacts | None, form: Any, *, moved: bool = False, refused: Any = None
) -> str:
    return render_template(
        "funding/call_edit.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        said=said,
        form=form,
        moved=moved,
        refused=refused,
        written_in=call_forms.LANGUAGES,
        table=call_forms.table_fields(form),
        bindings=_bindings(scheme),
        passed=said is not None and said.closes_at <= clock.now(),
    )


def _bindings(scheme: Scheme) -> list[tuple[Any, Any, Any, Any]]:
    """(goal, criterion, question, question in the report) of each goal, in words."""
    asked = {question.code: question.label for _group, question in scheme.questions()}
    told = {question.code: question.label for question in scheme.report}
    return [
        (goal.text, goal.criterion, asked.get(goal.question, ""), told.get(goal.report_field, ""))
        for goal in scheme.goals
    ]
