"""Asking an applicant for more: the caseworker's page, with what was asked and answered before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired

from portal import clock
from portal.access.policy import require
from portal.casework.asking import earliest_answer, requests_of
from portal.casework.firing import CaseChanged, Refused
from portal.funding import asking
from portal.funding.case_views import CHANGED, get_facts, options_of
from portal.funding.facts import ApplicationFacts
from portal.funding.paths import Paths
from portal.funding.permissions import APPLICATION_READ
from portal.funding.scheme import Scheme
from portal.web.kit.forms import DayField, Form, ParagraphField
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

USUAL_DAYS = 14


class AskForm(Form):
    """What is needed, and by when."""

    text = ParagraphField(
        _("What you need, as the applicant reads it"), [InputRequired(_("Write what you need."))]
    )
    due_on = DayField(_("Answer by"), [InputRequired(_("Write the last day."))])


def asked(scheme: Scheme, case_id: int) -> str:
    """What the applicant has been asked, what the answers changed, and a form to ask."""
    facts = get_facts(scheme, case_id)
    require(actor(), APPLICATION_READ, facts)  # the applicant reads the case too, but not this page of it
    return _page(facts, AskForm(formdata=None))


def ask(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Ask."""
    facts = get_facts(scheme, case_id)
    form: Any = AskForm()
    if not form.validate():
        return _page(facts, form), 422
    try:
        asking.ask_more(
            scheme,
            case_id,
            fields=request.form.getlist("felt"),
            text=form.text.data,
            due_on=form.due_on.data,
            version=request.form.get("version", 0, type=int),
            actor=actor(),
        )
    except Refused as refused:
        return _page(get_facts(scheme, case_id), form, refused.rule.cited()), 422
    except CaseChanged:
        return _page(get_facts(scheme, case_id), form, CHANGED), 409
    return see_other(Paths(scheme.prefix).case(case_id))


def go_on(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Go on without an answer."""
    version = request.form.get("version", 0, type=int)
    try:
        asking.go_on(scheme, case_id, version=version, actor=actor())
    except Refused as refused:
        return _page(get_facts(scheme, case_id), AskForm(formdata=None), refused.rule.cited()), 409
    except CaseChanged:
        return _page(get_facts(scheme, case_id), AskForm(formdata=None), CHANGED), 409
    return see_other(Paths(scheme.prefix).case(case_id))


def _page(facts: ApplicationFacts, form: Any, refusal: Any = None) -> str:
    options = options_of(facts, actor())
    earliest = earliest_answer(facts)
    if request.method == "GET":
        form.due_on.data = max(clock.today() + timedelta(days=USUAL_DAYS), earliest)
    labels = {field: label for _group, rows in asking.askable(facts.scheme) for field, label in rows}
    return render_template(
        "funding/ask.html",
        scheme=facts.scheme,
        paths=Paths(facts.scheme.prefix),
        facts=facts,
        form=form,
        earliest=earliest,
        refusal=refusal,
        groups=asking.askable(facts.scheme),
        ticked=request.form.getlist("felt"),
        labels=labels,
        requests=requests_of(facts.id),
        may_ask="ask_more" in options and options["ask_more"].refused is None,
        kept_from=options["ask_more"].refused if "ask_more" in options else None,
        may_go_on="go_on" in options and options["go_on"].refused is None,
    )
