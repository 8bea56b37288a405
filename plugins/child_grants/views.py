"""The plugin's own pages: what a reception centre is asked, and what all of them say about an application."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from plugins.child_grants import queries, services
from plugins.child_grants.forms import OwnAnswerForm, SiteContactForm
from plugins.child_grants.permissions import SITE_CONTACT_ANSWER, SITE_CONTACT_RECORD
from plugins.child_grants.rules import SITE_CHECKS
from plugins.child_grants.scheme import PREFIX, SCHEME
from plugins.child_grants.services import AnswerStands
from plugins.child_grants.showing import in_words
from portal.pluginkit.access import needs, require
from portal.pluginkit.cases import holding, today
from portal.pluginkit.funding import ApplicationFacts, get_application, scheme_blueprint
from portal.pluginkit.pages import actor, see_other
from portal.pluginkit.pages import lazy_gettext as _

bp = scheme_blueprint(SCHEME)


REFUSALS = {
    "decided": _("The application is decided or withdrawn, so the answer stands as it is."),
    "changed": _(
        "A colleague answered while you wrote. Read the answer, and answer again if it is not right."
    ),
    "own": _("The reception centre has answered for itself meanwhile. Its own answer stands."),
}


@bp.get("/mottak", access=needs(SITE_CONTACT_ANSWER))
def site_questions() -> str:
    """The applications that name the reader's own site."""
    return render_template("child_grants/asked.html", contacts=queries.asked(actor()), in_words=in_words)


@bp.get("/mottak/<int:contact_id>", access=needs(SITE_CONTACT_ANSWER))
def own_contact(contact_id: int) -> str:
    """What the applicant says of the site, and the site's answer."""
    contact = queries.get_contact(contact_id, actor=actor())
    return _own_page(contact_id, OwnAnswerForm(answer=contact.answer, note=contact.note))


@bp.post("/mottak/<int:contact_id>", access=needs(SITE_CONTACT_ANSWER))
def answer_contact(contact_id: int) -> ResponseReturnValue:
    """Answer for one's own site."""
    form: Any = OwnAnswerForm()
    if not form.validate():
        return _own_page(contact_id, form), 422
    try:
        services.answer_contact(
            contact_id,
            answer=form.answer.data,
            note=form.note.data or "",
            day=today(),
            version=request.form.get("version", 0, type=int),
            actor=actor(),
        )
    except AnswerStands as stands:
        return _own_page(contact_id, form, REFUSALS[stands.code]), 409
    return see_other(f"{PREFIX}/mottak/{contact_id}?takk")


def _own_page(contact_id: int, form: Any, refusal: Any = None) -> str:
    contact = queries.get_contact(contact_id, actor=actor())
    shown = [(q.label, contact.sent["answers"].get(q.code)) for _group, q in SCHEME.questions()]
    return render_template(
        "child_grants/answer.html",
        scheme=SCHEME,
        contact=contact,
        checks=holding(SITE_CHECKS, contact).sources,
        rows=[(label, answer, None) for label, answer in shown if answer not in (None, "")],
        form=form,
        refusal=refusal,
        thanks="takk" in request.args,
        said=in_words(contact),
    )


@bp.get("/soknad/<int:case_id>/mottak", access=needs(SITE_CONTACT_RECORD))
def site_contacts(case_id: int) -> str:
    """Each site the application names, and what it has said."""
    facts = get_application(case_id, scheme=SCHEME.code, actor=actor())
    require(actor(), SITE_CONTACT_RECORD, facts)
    return _page(facts, None, None)


@bp.post("/soknad/<int:case_id>/mottak/<int:unit_id>", access=needs(SITE_CONTACT_RECORD))
def record_site_contact(case_id: int, unit_id: int) -> ResponseReturnValue:
    """Write down one site's answer, given by telephone."""
    form: Any = SiteContactForm(prefix=str(unit_id))
    if not form.validate():
        facts = get_application(case_id, scheme=SCHEME.code, actor=actor())
        return _page(facts, unit_id, form), 422
    try:
        services.record_contact(
            case_id,
            unit_id,
            answer=form.answer.data,
            answered_on=form.answered_on.data,
            note=form.note.data or "",
            actor=actor(),
        )
    except AnswerStands as stands:
        facts = get_application(case_id, scheme=SCHEME.code, actor=actor())
        return _page(facts, None, None, REFUSALS[stands.code]), 409
    return see_other(f"{SCHEME.case_path(case_id)}/mottak")


def _page(
    facts: ApplicationFacts, refused: int | None, form: SiteContactForm | None, refusal: Any = None
) -> str:
    said = queries.contacts_of(facts.id)
    sites = [
        (unit, name, said.get(unit), form if unit == refused and form else SiteContactForm(prefix=str(unit)))
        for unit, name in facts.sites
    ]
    return render_template(
        "child_grants/site_contacts.html",
        scheme=SCHEME,
        facts=facts,
        sites=sites,
        refused=form,
        refusal=refusal,
        in_words=in_words,
    )
