"""The pages of a scheme: one call makes them all, under the plugin's own address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from portal.access.routes import Access, PortalBlueprint, needs, public, signed_in
from portal.casework.links import CASE_PAGES, CasePage
from portal.funding import (
    answering_views,
    applying_views,
    asking_views,
    attaching_views,
    call_views,
    case_views,
    comparing_views,
    eligibility_views,
    proposal_views,
    public_views,
    sentence_views,
    work_views,
)
from portal.funding.granted import routes as granted
from portal.funding.permissions import (
    APPLICATION_ASSESS,
    APPLICATION_DECIDE,
    APPLICATION_READ,
    CALL_MANAGE,
    OWN_APPLICATION_EDIT,
    OWN_APPLICATION_READ,
    OWN_APPLICATION_SUBMIT,
    SENTENCE_MANAGE,
)
from portal.funding.scheme import Scheme, declare_scheme

View = Callable[..., Any]

_READ_CALLS = public("Calls are announced to everybody (økonomibestemmelsene 6.3.1).")
_BEGIN = signed_in(
    "Whoever is logged in may see whether they can apply; beginning asks for the right to write."
)
_CASE = signed_in("Applicants and caseworkers share the page; the query finds what each may reach.")
_STEP = signed_in("Each step of the workflow asks for its own permission at the case's place.")

ROUTES: tuple[tuple[str, str, View, Access], ...] = (
    ("GET", "/", public_views.front, _READ_CALLS),
    ("GET", "/kalender.ics", public_views.calendars, _READ_CALLS),
    ("GET", "/utlysning/<int:call_id>", public_views.call, _READ_CALLS),
    ("GET", "/utlysning/<int:call_id>/versjon/<int:number>", public_views.version, _READ_CALLS),
    ("GET", "/utlysning/<int:call_id>/kalender.ics", public_views.calendar, _READ_CALLS),
    ("GET", "/utlysninger", call_views.listed, needs(CALL_MANAGE)),
    ("GET", "/utlysninger/ny", call_views.new, needs(CALL_MANAGE)),
    ("POST", "/utlysninger/ny", call_views.create, needs(CALL_MANAGE)),
    ("GET", "/utlysninger/<int:call_id>", call_views.edit, needs(CALL_MANAGE)),
    ("POST", "/utlysninger/<int:call_id>", call_views.change, needs(CALL_MANAGE)),
    ("POST", "/utlysninger/<int:call_id>/publiser", call_views.publish, needs(CALL_MANAGE)),
    ("POST", "/utlysninger/<int:call_id>/lukk", call_views.close, needs(CALL_MANAGE)),
    ("POST", "/utlysninger/<int:call_id>/slett", call_views.drop, needs(CALL_MANAGE)),
    ("GET", "/utlysning/<int:call_id>/kan-vi-soke", eligibility_views.check, _READ_CALLS),
    ("GET", "/utlysning/<int:call_id>/sok", applying_views.begin, _BEGIN),
    ("POST", "/utlysning/<int:call_id>/sok", applying_views.start, needs(OWN_APPLICATION_EDIT)),
    ("GET", "/soknad/<int:case_id>", case_views.case, _CASE),
    ("GET", "/soknad/<int:case_id>/skjema", applying_views.tasks, needs(OWN_APPLICATION_READ)),
    ("GET", "/soknad/<int:case_id>/skjema/<code>", applying_views.group, needs(OWN_APPLICATION_READ)),
    ("POST", "/soknad/<int:case_id>/skjema/<code>", applying_views.save, needs(OWN_APPLICATION_EDIT)),
    ("POST", "/soknad/<int:case_id>/vedlegg", attaching_views.attach, needs(OWN_APPLICATION_EDIT)),
    (
        "POST",
        "/soknad/<int:case_id>/vedlegg/<int:document_id>/fjern",
        attaching_views.remove,
        needs(OWN_APPLICATION_EDIT),
    ),
    ("POST", "/soknad/<int:case_id>/kopier", applying_views.copy, needs(OWN_APPLICATION_EDIT)),
    ("GET", "/soknad/<int:case_id>/send", applying_views.summary, needs(OWN_APPLICATION_READ)),
    ("POST", "/soknad/<int:case_id>/send", applying_views.send, needs(OWN_APPLICATION_SUBMIT)),
    ("GET", "/soknad/<int:case_id>/kvittering", applying_views.receipt, needs(OWN_APPLICATION_READ)),
    ("GET", "/soknad/<int:case_id>/mangler", asking_views.asked, needs(APPLICATION_READ)),
    ("POST", "/soknad/<int:case_id>/mangler", asking_views.ask, needs(APPLICATION_ASSESS)),
    ("POST", "/soknad/<int:case_id>/mangler/videre", asking_views.go_on, needs(APPLICATION_ASSESS)),
    ("GET", "/soknad/<int:case_id>/svar", answering_views.answering, needs(OWN_APPLICATION_READ)),
    ("POST", "/soknad/<int:case_id>/svar", answering_views.send_answer, needs(OWN_APPLICATION_SUBMIT)),
    ("GET", "/soknad/<int:case_id>/svar/<code>", answering_views.answer_page, needs(OWN_APPLICATION_EDIT)),
    ("POST", "/soknad/<int:case_id>/svar/<code>", answering_views.save_answer, needs(OWN_APPLICATION_EDIT)),
    (
        "POST",
        "/soknad/<int:case_id>/svar/vedlegg/<int:document_id>/fjern",
        answering_views.remove_from_answer,
        needs(OWN_APPLICATION_EDIT),
    ),
    ("POST", "/soknad/<int:case_id>/steg/<name>", case_views.step, _STEP),
    ("GET", "/behandling", case_views.queue, needs(APPLICATION_READ)),
    ("GET", "/behandling/sammenlign/<int:call_id>", comparing_views.compare, needs(APPLICATION_READ)),
    ("GET", "/soknad/<int:case_id>/vurdering", work_views.assessment, needs(APPLICATION_ASSESS)),
    ("POST", "/soknad/<int:case_id>/vurdering", work_views.assess, needs(APPLICATION_ASSESS)),
    ("GET", "/standardtekster", sentence_views.sentences, needs(APPLICATION_READ)),
    ("GET", "/standardtekster/ny", sentence_views.new_sentence, needs(SENTENCE_MANAGE)),
    ("POST", "/standardtekster/ny", sentence_views.add_sentence, needs(SENTENCE_MANAGE)),
    ("GET", "/standardtekster/<int:unit_id>/<code>", sentence_views.sentence, needs(APPLICATION_READ)),
    ("POST", "/standardtekster/<int:unit_id>/<code>", sentence_views.save_sentence, needs(SENTENCE_MANAGE)),
    (
        "POST",
        "/standardtekster/<int:unit_id>/<code>/<step>",
        sentence_views.sentence_step,
        needs(SENTENCE_MANAGE),
    ),
    ("GET", "/innstillinger", proposal_views.overview, needs(APPLICATION_DECIDE)),
    ("GET", "/innstillinger/<int:call_id>", proposal_views.proposal_list, needs(APPLICATION_DECIDE)),
    ("POST", "/innstillinger/<int:call_id>", proposal_views.sign_proposals, needs(APPLICATION_DECIDE)),
    (
        "POST",
        "/innstillinger/<int:call_id>/habilitet",
        proposal_views.declare_on_list,
        needs(APPLICATION_DECIDE),
    ),
    (
        "GET",
        "/innstillinger/<int:call_id>/liste.csv",
        proposal_views.export_proposals,
        needs(APPLICATION_DECIDE),
    ),
    ("GET", "/soknad/<int:case_id>/vedtak", work_views.decision, needs(APPLICATION_DECIDE)),
    (
        "POST",
        "/soknad/<int:case_id>/vedtak/klageinstans",
        work_views.confirm_appeal_body,
        needs(CALL_MANAGE),
    ),
    ("POST", "/soknad/<int:case_id>/vedtak", work_views.decide, needs(APPLICATION_DECIDE)),
)


def scheme_blueprint(scheme: Scheme) -> PortalBlueprint:
    """Declare the scheme and give its pages, to be registered under `scheme.prefix`.

    Raises `BrokenScheme` when the declarations do not hold together.
    """
    declare_scheme(scheme)
    CASE_PAGES[scheme.plugin] = CasePage(scheme.case_path, APPLICATION_READ)
    blueprint = PortalBlueprint(scheme.plugin, __name__)
    for method, rule, view, access in (*ROUTES, *granted.ROUTES):
        blueprint.route(rule, methods=[method], endpoint=view.__name__, access=access)(_bound(view, scheme))
    return blueprint


def _bound(view: View, scheme: Scheme) -> View:
    @wraps(view)
    def bound(**values: Any) -> Any:
        return view(scheme, **values)

    return bound
