"""The plugin's own page: what the reception centres say about an application."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from plugins.child_grants import queries, services
from plugins.child_grants.forms import ANSWERS, SiteContactForm
from plugins.child_grants.permissions import SITE_CONTACT_RECORD
from plugins.child_grants.scheme import SCHEME
from portal.pluginkit.access import needs, require
from portal.pluginkit.funding import ApplicationFacts, get_application, scheme_blueprint
from portal.pluginkit.pages import actor, see_other

bp = scheme_blueprint(SCHEME)


@bp.get("/soknad/<int:case_id>/mottak", access=needs(SITE_CONTACT_RECORD))
def site_contacts(case_id: int) -> str:
    """Each site the application names, and what it has said."""
    facts = get_application(case_id, scheme=SCHEME.code, actor=actor())
    require(actor(), SITE_CONTACT_RECORD, facts)
    return _page(facts, None, None)


@bp.post("/soknad/<int:case_id>/mottak/<int:unit_id>", access=needs(SITE_CONTACT_RECORD))
def record_site_contact(case_id: int, unit_id: int) -> ResponseReturnValue:
    """Write down one site's answer."""
    form: Any = SiteContactForm(prefix=str(unit_id))
    if not form.validate():
        facts = get_application(case_id, scheme=SCHEME.code, actor=actor())
        return _page(facts, unit_id, form), 422
    services.record_contact(
        case_id,
        unit_id,
        answer=form.answer.data,
        answered_on=form.answered_on.data,
        note=form.note.data or "",
        actor=actor(),
    )
    return see_other(f"{SCHEME.case_path(case_id)}/mottak")


def _page(facts: ApplicationFacts, refused: int | None, form: SiteContactForm | None) -> str:
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
        answers=dict(ANSWERS),
    )
