"""*Mine saker*: a party's own cases over all plugins, readable also where the plugin is off."""

from __future__ import annotations

from flask import render_template, request

from portal.access.actor import Place
from portal.access.policy import allowed
from portal.access.routes import PortalBlueprint, needs, signed_in
from portal.casework import own, queries
from portal.casework.appeals.events import RESULTS
from portal.casework.appeals.queries import own_appeal
from portal.casework.appeals.workflow import KIND as APPEAL_KIND
from portal.casework.appeals.workflow import OPEN
from portal.casework.decisions import ABOUT, DecisionFacts, decisions_of
from portal.casework.links import CASE_PAGES
from portal.casework.permissions import OWN_APPEAL_SEND, OWN_CASE_READ
from portal.casework.workflow import WORKFLOWS, state_label
from portal.documents.queries import list_documents
from portal.web.kit.requests import actor

bp = PortalBlueprint("casework", __name__)
OWN = signed_in("Each source shows the reader what they, or those they act for, have sent or begun.")


@bp.get("/saker", access=OWN)
def own_cases() -> str:
    """What the reader and those they act for have sent or begun, newest first; or what they were told."""
    messages = request.args.get("vis") == "meldinger"
    page = own.own_cases(actor(), request.args.get("after"), messages=messages)
    return render_template("casework/own_cases.html", page=page, messages=messages)


@bp.get("/saker/<int:case_id>", access=needs(OWN_CASE_READ))
def own_case(case_id: int) -> str:
    """One own case: number, state in words, letters, the right to appeal."""
    who = actor()
    case = queries.get_own(case_id, actor=who)
    label, kind = state_label(case.kind, case.state, staff=False)
    workflow = WORKFLOWS.get(case.kind)
    page = CASE_PAGES.get(case.plugin) if case.plugin else None
    off = case.plugin is not None and who.switches.everywhere_off(case.plugin)
    roles = dict(queries.documents_of(case.id))
    appeal = own_appeal(case.id, actor=who) if case.kind == APPEAL_KIND else None
    may_send = allowed(who, OWN_APPEAL_SEND, Place(owner_id=case.owner_id))
    return render_template(
        "casework/own_case.html",
        case=case,
        state=(label, kind),
        expect=workflow.state(case.state).expect if workflow else "",
        documents=[(d, roles[d.id]) for d in list_documents(roles)],
        entries=queries.timeline(case.id, case.kind, staff=False),
        appeal=appeal,
        decisions=[(one, ABOUT[one.about].label, _appeals(one)) for one in decisions_of(case.id)],
        may_add=appeal is not None and appeal.state in OPEN and may_send,
        may_appeal=may_send,
        results=RESULTS,
        module_url=page.path(case.id) if page and not off else None,
    )


def _appeals(decision: DecisionFacts) -> list[tuple[int, str, tuple[object, str], object]]:
    """The appeals against a decision: id, number, state in words, when sent."""
    return [
        (id_, number, state_label(APPEAL_KIND, state, staff=False), sent)
        for id_, number, state, sent in decision.appeals
    ]
