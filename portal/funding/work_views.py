"""The caseworker's assessment and the decision of one case, beside what the applicant wrote."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.policy import require
from portal.casework.appeals.views import letter_response
from portal.casework.firing import CaseChanged, Refused
from portal.documents.queries import list_documents
from portal.funding import appeal_body, assessing, deciding, forms
from portal.funding.assess_forms import (
    MET,
    assess_form,
    criteria_of,
    insert_sentences,
    refuse_unanswered,
    refuse_unexplained,
)
from portal.funding.case_views import CHANGED, case_page, get_facts, options_of
from portal.funding.earlier import earlier_of
from portal.funding.facts import ApplicationFacts
from portal.funding.letters import decision_letter, recipient_of
from portal.funding.paths import Paths
from portal.funding.permissions import APPLICATION_ASSESS, APPLICATION_DECIDE
from portal.funding.scheme import Scheme
from portal.funding.sentences import usable
from portal.web.kit.forms import Form
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor, see_other

AMOUNTS = {
    "zero": lazy_gettext("Write a sum when you grant."),
    "above": lazy_gettext("The sum is more than was applied for."),
}


def assessment(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """The assessment form, beside what the applicant wrote and has had before."""
    facts = get_facts(scheme, case_id)
    require(actor(), APPLICATION_ASSESS, facts)
    if facts.state != "in_progress":
        return see_other(Paths(scheme.prefix).case(case_id))
    return _assess_page(facts, assess_form(scheme, facts, usable(scheme, facts.regional_id)))


def assess(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Store the assessment, and send it to decision if asked to. `insert` only fills in sentences."""
    facts = get_facts(scheme, case_id)
    require(actor(), APPLICATION_ASSESS, facts)
    sentences = usable(scheme, facts.regional_id)
    form = assess_form(scheme, facts, sentences)
    insert_sentences(form, sentences, recipient_of(facts.owner_id).language)
    if "insert" in request.form:
        return _assess_page(facts, form)
    valid = form.validate()
    unanswered = "send" in request.form and refuse_unanswered(form, scheme)
    if not valid or unanswered:
        return _assess_page(facts, form), 422
    try:
        _store(scheme, facts, form)
    except assessing.AmountRefused as refused:
        form.refuse("amount", AMOUNTS[refused.code])
        return _assess_page(facts, form), 422
    except Refused as refused:
        if refuse_unexplained(form, scheme, refused.rule):
            return _assess_page(facts, form), 422
        return _assess_page(facts, form, refused.rule.cited()), 409
    except CaseChanged:
        return case_page(get_facts(scheme, case_id), CHANGED), 409
    return see_other(Paths(scheme.prefix).case(case_id))


def _store(scheme: Scheme, facts: ApplicationFacts, form: Any) -> None:
    amount = form.amount.data or 0
    assessing.assess(
        scheme,
        facts.id,
        criteria=criteria_of(form, scheme),
        outcome=assessing.outcome_of(form.outcome.data == "granted", amount, facts.amount_ore or 0),
        proposed_ore=amount,
        reasons=form.reasons.data,
        version=request.form.get("version", 0, type=int),
        send="send" in request.form,
        actor=actor(),
    )


def _assess_page(facts: ApplicationFacts, form: Form, refusal: Any = None) -> str:
    return _work_page("funding/assess.html", facts, form, refusal, earlier=earlier_of(facts, actor=actor()))


def decision(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """The decision form, filled with the proposal."""
    facts = get_facts(scheme, case_id)
    require(actor(), APPLICATION_DECIDE, facts)
    if facts.state != "proposed" or facts.assessment is None:
        return see_other(Paths(scheme.prefix).case(case_id))
    return _work_page("funding/decide.html", facts, _decide_form(facts), _kept_from(facts))


def decide(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Make the decision, or say which rule is in the way."""
    facts = get_facts(scheme, case_id)
    require(actor(), APPLICATION_DECIDE, facts)
    form = _decide_form(facts)
    if not form.validate():
        return _work_page("funding/decide.html", facts, form), 422
    verdict = deciding.Verdict(
        granted=form.outcome.data == "granted",
        amount_ore=form.amount.data or 0,
        reasons=form.reasons.data,
        deviation=form.deviation.data or "",
    )
    if "preview" in request.form:
        return _preview(facts, verdict)
    version = request.form.get("version", 0, type=int)
    try:
        deciding.decide(scheme, case_id, verdict, version=version, actor=actor())
    except assessing.AmountRefused as refused:
        form.refuse("amount", AMOUNTS[refused.code])
        return _work_page("funding/decide.html", facts, form), 422
    except Refused as refused:
        return _work_page("funding/decide.html", facts, form, refused.rule.cited()), 409
    except CaseChanged:
        return case_page(get_facts(scheme, case_id), CHANGED), 409
    return see_other(Paths(scheme.prefix).case(case_id))


def confirm_appeal_body(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Confirm, from a decision at hand, that the call names the right appeal body."""
    facts = get_facts(scheme, case_id)
    appeal_body.confirm_appeal_body(scheme, facts.call_id, actor=actor())
    return see_other(Paths(scheme.prefix).decide(case_id))


def _preview(facts: ApplicationFacts, verdict: deciding.Verdict) -> ResponseReturnValue:
    """The letter exactly as the recipient would get it, as a page or as PDF; nothing is stored."""
    amount = verdict.amount_ore if verdict.granted else 0
    letter = decision_letter(
        facts,
        outcome=assessing.outcome_of(verdict.granted, amount, facts.amount_ore or 0),
        amount_ore=amount,
        reasons=verdict.reasons,
        decided_at=clock.now(),
        signed_by=actor().name,
    )
    return letter_response(letter, request.form["preview"])


def _decide_form(facts: ApplicationFacts) -> Any:
    written = facts.assessment
    data: dict[str, Any] = {}
    if written is not None:
        outcome = "refused" if written.outcome == "refused" else "granted"
        data = {"outcome": outcome, "amount": written.proposed_ore or None, "reasons": written.reasons}
    return forms.DecideForm(data=data)


def _kept_from(facts: ApplicationFacts) -> str | None:
    option = options_of(facts, actor()).get("grant")
    if option is None or option.refused is None:
        return None
    return option.refused.cited() + " " + _("Another decision maker at the same place can do it.")


def _work_page(template: str, facts: ApplicationFacts, form: Form, refusal: Any = None, **more: Any) -> str:
    return render_template(
        template,
        scheme=facts.scheme,
        paths=Paths(facts.scheme.prefix),
        facts=facts,
        form=form,
        refusal=refusal,
        met=dict(MET),
        criteria=facts.scheme.all_criteria(),
        attachments=list_documents(facts.attachments),
        **more,
    )
