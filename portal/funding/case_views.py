"""An application's page for both sides, the caseworkers' list, the assessment and the decision."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.policy import allowed, require
from portal.casework.firing import CaseChanged, Option, Refused, available
from portal.casework.queries import timeline
from portal.casework.workflow import state_label
from portal.documents.queries import list_documents
from portal.funding import assessing, deciding, forms, queries
from portal.funding.facts import ApplicationFacts
from portal.funding.paths import Paths
from portal.funding.permissions import APPLICATION_ASSESS, APPLICATION_DECIDE, APPLICATION_READ
from portal.funding.scheme import Scheme
from portal.funding.workflow import APPLICATION, KIND
from portal.web.kit.forms import Form
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor, see_other

VIEWS: dict[str, tuple[Any, tuple[str, ...] | None]] = {
    "arbeid": (lazy_gettext("To be assessed"), ("submitted", "in_progress")),
    "vedtak": (lazy_gettext("Ready for decision"), ("proposed",)),
    "avgjort": (
        lazy_gettext("Decided"),
        ("granted", "refused", "accepted", "reported", "repayment", "declined", "closed"),
    ),
    "alle": (lazy_gettext("All"), None),
}
CHANGED = lazy_gettext(
    "Somebody else has taken the case further since you opened it. This is how it stands now."
)
AMOUNTS = {
    "zero": lazy_gettext("Write a sum when you grant."),
    "above": lazy_gettext("The sum is more than was applied for."),
}


def queue(scheme: Scheme) -> str:
    """The caseworker's list: what to do first, then the rest."""
    who: Actor = actor()
    decides = who.may_somewhere(APPLICATION_DECIDE.name)
    chosen = request.args.get("vis", "")
    if chosen not in VIEWS:
        chosen = "vedtak" if decides and not who.may_somewhere(APPLICATION_ASSESS.name) else "arbeid"
    states = VIEWS[chosen][1]
    page = queries.queue(scheme.code, actor=who, states=states, after=request.args.get("after"))
    rows = [
        (case_id, number, title, *state_label(KIND, state, staff=True), owner, amount, late, handler, sent)
        for sent, case_id, number, title, state, owner, amount, late, handler in map(tuple, page.rows)
    ]
    first = queries.first_to_do(scheme.code, VIEWS[chosen][1] or ("submitted",), actor=who)
    filters = [(label, f"?vis={code}", code == chosen) for code, (label, _states) in VIEWS.items()]
    return render_template(
        "funding/queue.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        rows=rows,
        next_url=page.next_url,
        first=first if chosen in ("arbeid", "vedtak") else None,
        filters=filters,
        chosen=VIEWS[chosen][0],
    )


def case(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """An application as its reader may see it."""
    facts = _get(scheme, case_id)
    if facts.state == "draft":
        return see_other(Paths(scheme.prefix).tasks(case_id))
    return _case_page(facts)


def step(scheme: Scheme, case_id: int, name: str) -> ResponseReturnValue:
    """Take, send back, withdraw, discard or close."""
    version = request.form.get("version", 0, type=int)
    reason = request.form.get("reason", "")[:2000]
    try:
        assessing.step(scheme, case_id, name, version=version, reason=reason, actor=actor())
    except Refused as refused:
        return _case_page(_get(scheme, case_id), refused.rule.cited()), 409
    except CaseChanged:
        return _case_page(_get(scheme, case_id), CHANGED), 409
    return see_other("/saker" if name == "discard" else Paths(scheme.prefix).case(case_id))


def _case_page(facts: ApplicationFacts, refusal: Any = None) -> str:
    who: Actor = actor()
    staff = _as_staff(facts, who)
    documents = {row.id: row for row in list_documents(number for number, _role in facts.documents)}
    label, kind = state_label(facts.kind, facts.state, staff=staff)
    return render_template(
        "funding/case.html",
        scheme=facts.scheme,
        paths=Paths(facts.scheme.prefix),
        facts=facts,
        staff=staff,
        state=(label, kind),
        expect=APPLICATION.state(facts.state).expect,
        options=_options(facts, who),
        attachments=[documents[number] for number in facts.attachments if number in documents],
        letters=[documents[number] for number in facts.letters if number in documents],
        entries=timeline(facts.id, facts.kind, staff=staff),
        criteria=facts.scheme.all_criteria(),
        met=dict(forms.MET),
        refusal=refusal,
    )


def _options(facts: ApplicationFacts, who: Actor) -> dict[str, Option]:
    return {one.transition.name: one for one in available(facts, actor=who, parts=facts.parts)}


def _as_staff(facts: ApplicationFacts, who: Actor) -> bool:
    party = any(held.unit_id == facts.owner_id for held in who.held)
    return not party and allowed(who, APPLICATION_READ, facts)


def assessment(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """The assessment form, beside what the applicant wrote."""
    facts = _get(scheme, case_id)
    require(actor(), APPLICATION_ASSESS, facts)
    if facts.state != "in_progress":
        return see_other(Paths(scheme.prefix).case(case_id))
    return _work_page("funding/assess.html", facts, forms.assess_form(scheme, facts))


def assess(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Store the assessment, and send it to decision if asked to."""
    facts = _get(scheme, case_id)
    require(actor(), APPLICATION_ASSESS, facts)
    form: Any = forms.assess_form(scheme, facts)
    if not form.validate():
        return _work_page("funding/assess.html", facts, form), 422
    amount = form.amount.data or 0
    sought = facts.amount_ore or 0
    try:
        assessing.assess(
            scheme,
            case_id,
            criteria=forms.criteria_of(form, scheme),
            outcome=assessing.outcome_of(form.outcome.data == "granted", amount, sought),
            proposed_ore=amount,
            reasons=form.reasons.data,
            version=request.form.get("version", 0, type=int),
            send="send" in request.form,
            actor=actor(),
        )
    except assessing.AmountRefused as refused:
        form.refuse("amount", AMOUNTS[refused.code])
        return _work_page("funding/assess.html", facts, form), 422
    except Refused as refused:
        return _work_page("funding/assess.html", facts, form, refused.rule.cited()), 409
    except CaseChanged:
        return _case_page(_get(scheme, case_id), CHANGED), 409
    return see_other(Paths(scheme.prefix).case(case_id))


def decision(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """The decision form, filled with the proposal."""
    facts = _get(scheme, case_id)
    require(actor(), APPLICATION_DECIDE, facts)
    if facts.state != "proposed" or facts.assessment is None:
        return see_other(Paths(scheme.prefix).case(case_id))
    return _work_page("funding/decide.html", facts, _decide_form(facts), _kept_from(facts))


def decide(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Make the decision, or say which rule is in the way."""
    facts = _get(scheme, case_id)
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
    version = request.form.get("version", 0, type=int)
    try:
        deciding.decide(scheme, case_id, verdict, version=version, actor=actor())
    except assessing.AmountRefused as refused:
        form.refuse("amount", AMOUNTS[refused.code])
        return _work_page("funding/decide.html", facts, form), 422
    except Refused as refused:
        return _work_page("funding/decide.html", facts, form, refused.rule.cited()), 409
    except CaseChanged:
        return _case_page(_get(scheme, case_id), CHANGED), 409
    return see_other(Paths(scheme.prefix).case(case_id))


def _decide_form(facts: ApplicationFacts) -> Any:
    written = facts.assessment
    data: dict[str, Any] = {}
    if written is not None:
        outcome = "refused" if written.outcome == "refused" else "granted"
        data = {"outcome": outcome, "amount": written.proposed_ore or None, "reasons": written.reasons}
    return forms.DecideForm(data=data)


def _kept_from(facts: ApplicationFacts) -> str | None:
    option = _options(facts, actor()).get("grant")
    if option is None or option.refused is None:
        return None
    return option.refused.cited() + " " + _("Another decision maker at the same place can do it.")


def _work_page(template: str, facts: ApplicationFacts, form: Form, refusal: Any = None) -> str:
    return render_template(
        template,
        scheme=facts.scheme,
        paths=Paths(facts.scheme.prefix),
        facts=facts,
        form=form,
        refusal=refusal,
        met=dict(forms.MET),
        criteria=facts.scheme.all_criteria(),
        attachments=list_documents(facts.attachments),
    )


def _get(scheme: Scheme, case_id: int) -> ApplicationFacts:
    return queries.get_application(case_id, scheme=scheme.code, actor=actor())
