"""The applicant's pages: may we apply, the task list, one group a page, attachments, summary, receipt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.policy import OutOfReach, allowed
from portal.casework.firing import CaseChanged
from portal.documents.queries import list_documents
from portal.documents.types import REFUSALS
from portal.funding import applying, call_queries, copying, eligibility, forms, queries
from portal.funding.completeness import (
    begun,
    missing,
    missing_in,
    progress,
    refused_files,
    time_needed,
)
from portal.funding.facts import ApplicationFacts
from portal.funding.paths import Paths
from portal.funding.permissions import OWN_APPLICATION_EDIT, OWN_APPLICATION_SUBMIT
from portal.funding.scheme import Group, Scheme
from portal.funding.writing import last_saves
from portal.organisations.papers.queries import Kept, papers_of
from portal.web.kit.formats import clock as clock_text
from portal.web.kit.forms import Form, idempotency_key
from portal.web.kit.i18n import gettext as _
from portal.web.kit.requests import actor, see_other

Steps = list[tuple[Any, str | None, str, Any]]


def begin(scheme: Scheme, call_id: int) -> str:
    """May we apply? Whom for, and what they are."""
    return _start_page(scheme, call_id, _start_form(scheme))


def start(scheme: Scheme, call_id: int) -> ResponseReturnValue:
    """Begin a draft, or say which rule keeps the applicant out."""
    form = _start_form(scheme)
    key = idempotency_key() or uuid4()
    if not form.validate():
        return _start_page(scheme, call_id, form), 422
    try:
        case_id = applying.start_application(
            scheme, call_id, owner_id=form.owner.data, kind=form.kind.data, key=key, actor=actor()
        )
    except eligibility.NotEligible as refused:
        return _start_page(scheme, call_id, form, refused.rule), 422
    return see_other(Paths(scheme.prefix).tasks(case_id))


def _start_form(scheme: Scheme) -> Any:
    form = forms.StartForm()
    owners = eligibility.owners(actor())
    form.owner.choices = forms.choices((str(owner.unit_id), owner.name) for owner in owners)
    form.kind.choices = forms.choices((kind.code, kind.label) for kind in scheme.applicants)
    if not form.is_submitted() and len(owners) == 1:
        form.owner.data = owners[0].unit_id
        form.kind.data = owners[0].kind
    return form


def _start_page(scheme: Scheme, call_id: int, form: Form, rule: Any = None) -> str:
    call = call_queries.get_call(call_id, scheme=scheme.code)
    return render_template(
        "funding/begin.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        call=call,
        form=form,
        rule=rule,
        ended=form.owner.data if rule is eligibility.NOT_EXCLUDED else None,
        minutes=time_needed(scheme),
    )


def tasks(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """The task list of a draft."""
    facts = _own(scheme, case_id)
    if facts.state != "draft":
        return see_other(Paths(scheme.prefix).case(case_id))
    return render_template(
        "funding/tasks.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        facts=facts,
        steps=_steps(facts, None),
        complete=not missing(facts),
        progress=progress(facts),
        last=max(last_saves(case_id).values(), key=lambda save: save.at, default=None),
        reader=actor().person_id,
        earlier=copying.earlier(facts, actor=actor()) if not facts.saved_at else [],
    )


def copy(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Fill the pages nobody has written on with what an earlier application said."""
    try:
        copying.copy_earlier(scheme, case_id, request.form.get("from", 0, type=int), actor=actor())
    except CaseChanged:
        return see_other(Paths(scheme.prefix).case(case_id))
    return see_other(Paths(scheme.prefix).tasks(case_id))


def _steps(facts: ApplicationFacts, here: str | None) -> Steps:
    paths = Paths(facts.scheme.prefix)
    steps: Steps = []
    for one in facts.scheme.groups:
        lacking = missing_in(facts, one)
        status, note = "todo", None
        if not lacking and (begun(facts, one) or not any(q.required for q in one.questions)):
            status = "done" if begun(facts, one) else "todo"
            note = None if status == "done" else _("Optional")
        elif begun(facts, one):
            note = _("Begun, something is left")
        steps.append(
            (one.title, paths.group(facts.id, one.code), "current" if one.code == here else status, note)
        )
    steps.append((_("Look over and send"), paths.send(facts.id), "todo", None))
    return steps


def group(scheme: Scheme, case_id: int, code: str) -> ResponseReturnValue:
    """One page of the form."""
    facts, page = _own(scheme, case_id), _group(scheme, code)
    if facts.state != "draft":
        return see_other(Paths(scheme.prefix).case(case_id))
    return group_page(facts, page, _form(facts, page))


def save(scheme: Scheme, case_id: int, code: str) -> ResponseReturnValue:
    """Save a page, complete or not. Autosave gets JSON back; a person goes on, or sees what to mend."""
    facts, page = _own(scheme, case_id), _group(scheme, code)
    form = _form(facts, page)
    sound = form is None or form.validate()
    try:
        saved = _store(facts, page, form)
    except applying.Conflict as conflict:
        if _autosaving():
            return jsonify(saved=None), 409
        return group_page(facts, page, form, version=conflict.version, conflict=True), 409
    except CaseChanged:
        return see_other(Paths(scheme.prefix).case(case_id))
    if _autosaving():
        return jsonify(saved=clock_text(clock.now()), version=saved, sound=sound)
    if not sound:
        return group_page(facts, page, form, version=saved), 422
    return see_other(_onwards(facts, page))


def _store(facts: ApplicationFacts, page: Group, form: Form | None) -> int:
    version = request.form.get("version", 0, type=int)
    if form is None:
        return version
    if page.kind == "budget":
        if any(entry.errors for side in ("cost", "income") for entry in form[side].entries):
            return version
        lines = forms.lines_of(form)
        return applying.save_budget(
            facts.scheme, facts.id, page, lines, version=version, actor=actor()
        ).version
    values = forms.answers_of(form, page)
    return applying.save_answers(facts.scheme, facts.id, page, values, version=version, actor=actor()).version


def _form(facts: ApplicationFacts, page: Group) -> Form | None:
    if page.kind == "files":
        return None
    if page.kind == "budget":
        return forms.budget_form(facts.scheme, facts)
    asks_sites = any(question.kind == "sites" for question in page.questions)
    return forms.question_form(page, facts, queries.site_choices() if asks_sites else [])


def group_page(
    facts: ApplicationFacts,
    page: Group,
    form: Form | None,
    *,
    version: int | None = None,
    conflict: bool = False,
    upload: Any = None,
) -> str:
    """A page of the form as a response; `upload` is what was wrong with a file."""
    stored = facts.versions.get(page.code, 0)
    groups = facts.scheme.groups
    place = groups.index(page)
    documents = list_documents(facts.attachments) if page.kind == "files" else ()
    return render_template(
        f"funding/group_{page.kind}.html",
        scheme=facts.scheme,
        paths=Paths(facts.scheme.prefix),
        facts=facts,
        page=page,
        form=form,
        version=stored if version is None else version,
        conflict=conflict,
        last=last_saves(facts.id).get(page.code),
        reader=actor().person_id,
        progress=progress(facts),
        upload=upload,
        step=(place + 1, len(groups)),
        back=groups[place - 1].code if place else None,
        documents=documents,
        refusals=REFUSALS,
        papers=_papers(facts, documents) if page.kind == "files" else (),
        site_names=forms.site_names,
    )


def _papers(facts: ApplicationFacts, documents: Sequence[Any]) -> list[Kept]:
    """The organisation's papers that are ready and not attached yet."""
    attached = {document.digest for document in documents}
    standing = papers_of(facts.owner_id)
    return [paper for paper in standing if paper.state == "ready" and paper.digest not in attached]


def _onwards(facts: ApplicationFacts, page: Group) -> str:
    paths = Paths(facts.scheme.prefix)
    if "more" in request.form:
        return paths.group(facts.id, page.code)
    if "later" in request.form:
        return paths.tasks(facts.id)
    groups = facts.scheme.groups
    place = groups.index(page) + 1
    return paths.group(facts.id, groups[place].code) if place < len(groups) else paths.send(facts.id)


def summary(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Everything on one screen, and one button."""
    facts = _own(scheme, case_id)
    if facts.state != "draft":
        return see_other(Paths(scheme.prefix).case(case_id))
    return _summary_page(facts)


def send(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Send the application, once."""
    try:
        applying.submit(scheme, case_id, key=idempotency_key() or uuid4(), actor=actor())
    except eligibility.NotEligible as refused:
        return _summary_page(_own(scheme, case_id), refused.rule), 422
    except applying.Incomplete:
        return _summary_page(_own(scheme, case_id)), 422
    except CaseChanged:
        return see_other(Paths(scheme.prefix).case(case_id))
    return see_other(Paths(scheme.prefix).receipt(case_id))


def _summary_page(facts: ApplicationFacts, rule: Any = None) -> str:
    who = actor()
    return render_template(
        "funding/summary.html",
        scheme=facts.scheme,
        paths=Paths(facts.scheme.prefix),
        facts=facts,
        lacking=[*missing(facts), *refused_files(facts)],
        documents=list_documents(facts.attachments),
        late=clock.now() >= facts.closes_at,
        may_send=allowed(who, OWN_APPLICATION_SUBMIT, facts),
        rule=rule,
        may_edit=allowed(who, OWN_APPLICATION_EDIT, facts),
    )


def receipt(scheme: Scheme, case_id: int) -> str:
    """Number, time, what was sent, what happens next."""
    facts = _own(scheme, case_id)
    if facts.number is None:
        raise OutOfReach(f"case {case_id} is not sent")
    return render_template(
        "funding/receipt.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        facts=facts,
        documents=list_documents(facts.attachments),
    )


def _own(scheme: Scheme, case_id: int) -> ApplicationFacts:
    return queries.get_application(case_id, scheme=scheme.code, actor=actor())


def _group(scheme: Scheme, code: str) -> Group:
    return scheme.group(code) or abort(404)


def _autosaving() -> bool:
    return request.headers.get("X-Autosave") == "1"
