"""An application's page for both sides, and the caseworkers' list."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.actor import Actor
from portal.access.policy import allowed
from portal.casework.deadlines import open_deadlines
from portal.casework.delivery.queries import delivered
from portal.casework.firing import CaseChanged, Option, Refused, available
from portal.casework.impartiality import belongs
from portal.casework.listing import open_ids
from portal.casework.queries import timeline
from portal.casework.workflow import state_label
from portal.documents.queries import list_documents
from portal.funding import assessing, queries
from portal.funding.assess_forms import MET
from portal.funding.facts import ApplicationFacts
from portal.funding.paths import Paths
from portal.funding.permissions import APPLICATION_ASSESS, APPLICATION_DECIDE, APPLICATION_READ
from portal.funding.scheme import Scheme
from portal.funding.workflow import APPLICATION, KIND
from portal.web.kit.frame import panels_of
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
_TO_DO = ("arbeid", "vedtak")
CHANGED = lazy_gettext(
    "Somebody else has taken the case further since you opened it. This is how it stands now."
)


def queue(scheme: Scheme) -> str:
    """The caseworker's list: what to do first, then the rest."""
    who: Actor = actor()
    decides = who.may_somewhere(APPLICATION_DECIDE.name)
    chosen = request.args.get("vis", "")
    if chosen not in VIEWS:
        chosen = "vedtak" if decides and not who.may_somewhere(APPLICATION_ASSESS.name) else "arbeid"
    states = VIEWS[chosen][1]
    page = queries.queue(scheme.code, actor=who, states=states, after=request.args.get("after"))
    rows = [(row, state_label(KIND, row.state, staff=True)) for row in page.rows]
    first = queries.first_to_do(scheme.code, states or (), actor=who) if chosen in _TO_DO else None
    begin = [first] if first is not None else []
    filters = [(label, f"?vis={code}", code == chosen) for code, (label, _states) in VIEWS.items()]
    return render_template(
        "funding/queue.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        rows=rows,
        next_url=page.next_url,
        first=first,
        open=open_ids([*page.rows, *begin], who),
        filters=filters,
        chosen=VIEWS[chosen][0],
        decides=decides,
        compare_call=first.call_id if first else None,
    )


def case(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """An application as its reader may see it."""
    facts = get_facts(scheme, case_id)
    if facts.state == "draft":
        return see_other(Paths(scheme.prefix).tasks(case_id))
    return case_page(facts)


def step(scheme: Scheme, case_id: int, name: str) -> ResponseReturnValue:
    """Take, send back, withdraw, discard or close."""
    version = request.form.get("version", 0, type=int)
    reason = request.form.get("reason", "")[:2000]
    try:
        assessing.step(scheme, case_id, name, version=version, reason=reason, actor=actor())
    except Refused as refused:
        return case_page(get_facts(scheme, case_id), refused.rule.cited()), 409
    except CaseChanged:
        return case_page(get_facts(scheme, case_id), CHANGED), 409
    return see_other("/saker" if name == "discard" else Paths(scheme.prefix).case(case_id))


def case_page(facts: ApplicationFacts, refusal: Any = None) -> str:
    """The page, with what stands in the way of what was tried."""
    who: Actor = actor()
    staff = is_staff(facts, who)
    documents = {row.id: row for row in list_documents(number for number, _role in facts.documents)}
    label, kind = state_label(facts.kind, facts.state, staff=staff)
    delivery = delivered(facts.id) if staff else {}
    return render_template(
        "funding/case.html",
        scheme=facts.scheme,
        paths=Paths(facts.scheme.prefix),
        facts=facts,
        staff=staff,
        state=(label, kind),
        expect=APPLICATION.state(facts.state).expect,
        options=options_of(facts, who),
        attachments=[documents[number] for number in facts.attachments if number in documents],
        letters=[documents[number] for number in facts.letters if number in documents],
        sent=[one for one in documents.values() if one.id in delivery],
        delivery=delivery,
        deadlines=[] if staff else open_deadlines(facts.id),
        entries=timeline(facts.id, facts.kind, staff=staff),
        criteria=facts.scheme.all_criteria(),
        met=dict(MET),
        refusal=refusal,
        panels=panels_of("case", facts, who),
        staff_pages=[
            (label, end)
            for label, end, permission in (facts.scheme.staff_pages if staff else ())
            if allowed(who, permission, facts)
        ],
    )


def options_of(facts: ApplicationFacts, who: Actor) -> dict[str, Option]:
    """The steps the reader's roles carry from here, by name."""
    return {one.transition.name: one for one in available(facts, actor=who, parts=facts.parts)}


def is_staff(facts: ApplicationFacts, who: Actor) -> bool:
    """True for somebody at UDI who does not belong to the party."""
    return not belongs(facts, who) and allowed(who, APPLICATION_READ, facts)


def get_facts(scheme: Scheme, case_id: int) -> ApplicationFacts:
    """The application in the reader's reach; raises `OutOfReach`."""
    return queries.get_application(case_id, scheme=scheme.code, actor=actor())
