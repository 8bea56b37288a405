"""The applicant's answer when UDI has asked for more: only what is asked about is open."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.policy import allowed
from portal.casework.asking import Asked
from portal.casework.firing import CaseChanged
from portal.documents.queries import list_documents
from portal.documents.types import REFUSALS, UploadRefused
from portal.funding import asking, forms, queries
from portal.funding.applying import Conflict
from portal.funding.facts import ApplicationFacts
from portal.funding.paths import AnswerPaths, Paths
from portal.funding.permissions import OWN_APPLICATION_SUBMIT
from portal.funding.scheme import Group, Scheme
from portal.web.kit.formats import clock as clock_text
from portal.web.kit.requests import actor, see_other


def answering(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """What UDI asks, the pages that are open, everything else to read, and one button."""
    try:
        facts, asked = asking.answering(scheme, case_id, actor=actor())
    except CaseChanged:
        return see_other(Paths(scheme.prefix).case(case_id))
    paths = AnswerPaths(scheme.prefix)
    steps = [
        (
            group.title,
            paths.group(case_id, group.code),
            "done" if asked.draft.get(group.code) else "todo",
            None,
        )
        for group in asking.asked_groups(scheme, asked.fields)
    ]
    return render_template(
        "funding/answer.html",
        scheme=scheme,
        paths=paths,
        facts=facts,
        asked=asked,
        steps=steps,
        documents=list_documents(facts.attachments),
        may_send=allowed(actor(), OWN_APPLICATION_SUBMIT, facts),
    )


def answer_page(scheme: Scheme, case_id: int, code: str) -> ResponseReturnValue:
    """One page with only the questions that are asked about."""
    try:
        facts, asked = asking.answering(scheme, case_id, actor=actor())
    except CaseChanged:
        return see_other(Paths(scheme.prefix).case(case_id))
    page = _page_of(scheme, asked, code)
    return _shown(facts, asked, page, _form(facts, page))


def save_answer(scheme: Scheme, case_id: int, code: str) -> ResponseReturnValue:
    """Keep what is written; UDI sees it when the answer is sent."""
    try:
        facts, asked = asking.answering(scheme, case_id, actor=actor())
    except CaseChanged:
        return see_other(Paths(scheme.prefix).case(case_id))
    page = _page_of(scheme, asked, code)
    if page.kind == "files":
        return _add_file(facts, asked, page)
    form: Any = _form(facts, page)
    sound = form.validate()
    version = request.form.get("version", 0, type=int)
    autosaving = request.headers.get("X-Autosave") == "1"
    try:
        version = asking.save(scheme, case_id, page, _values(form, page), version=version, actor=actor())
    except Conflict as conflict:
        if autosaving:
            return jsonify(saved=None), 409
        return _shown(facts, asked, page, form, version=conflict.version, conflict=True), 409
    if autosaving:
        return jsonify(saved=clock_text(clock.now()), version=version)
    if not sound:
        return _shown(facts, asked, page, form, version=version), 422
    paths = AnswerPaths(scheme.prefix)
    return see_other(paths.group(case_id, code) if "more" in request.form else paths.tasks(case_id))


def remove_from_answer(scheme: Scheme, case_id: int, document_id: int) -> ResponseReturnValue:
    """Take a file away from the answer."""
    page = next(one for one in scheme.groups if one.kind == "files")
    try:
        asking.remove_file(scheme, case_id, page, document_id, actor=actor())
    except CaseChanged:
        return see_other(Paths(scheme.prefix).case(case_id))
    return see_other(AnswerPaths(scheme.prefix).group(case_id, page.code))


def send_answer(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Send the answer, once."""
    with suppress(CaseChanged):  # sent already: the case's page says so
        asking.send(scheme, case_id, actor=actor())
    return see_other(Paths(scheme.prefix).case(case_id))


def _add_file(facts: ApplicationFacts, asked: Asked, page: Group) -> ResponseReturnValue:
    paths = AnswerPaths(facts.scheme.prefix)
    if "file" not in request.files:
        return see_other(paths.tasks(facts.id))
    try:
        for sent in request.files.getlist("file"):
            if not sent.filename:
                raise UploadRefused("empty")
            asking.attach_file(
                facts.scheme, facts.id, page, content=sent.read(), filename=sent.filename, actor=actor()
            )
    except UploadRefused as refused:
        return _shown(facts, asked, page, None, upload=refused.message), 422
    return see_other(paths.group(facts.id, page.code))


def _page_of(scheme: Scheme, asked: Asked, code: str) -> Group:
    found = (one for one in asking.asked_groups(scheme, asked.fields) if one.code == code)
    return next(found, None) or abort(404)


def _form(facts: ApplicationFacts, page: Group) -> Any:
    if page.kind == "files":
        return None
    if page.kind == "budget":
        return forms.budget_form(facts.scheme, facts)
    asks_sites = any(question.kind == "sites" for question in page.questions)
    return forms.question_form(page, facts, queries.site_choices() if asks_sites else [])


def _values(form: Any, page: Group) -> dict[str, Any]:
    if page.kind != "budget":
        return forms.answers_of(form, page)
    if any(entry.errors for side in ("cost", "income") for entry in form[side].entries):
        return {}
    return {"lines": [[one.side, one.post, one.text, one.amount_ore] for one in forms.lines_of(form)]}


def _shown(
    facts: ApplicationFacts,
    asked: Asked,
    page: Group,
    form: Any,
    *,
    version: int | None = None,
    conflict: bool = False,
    upload: Any = None,
) -> str:
    groups = asking.asked_groups(facts.scheme, asked.fields)
    added = asked.draft.get(page.code, {}).get("documents", []) if page.kind == "files" else []
    return render_template(
        f"funding/group_{page.kind}.html",
        scheme=facts.scheme,
        paths=AnswerPaths(facts.scheme.prefix),
        facts=facts,
        page=page,
        form=form,
        version=asked.version if version is None else version,
        conflict=conflict,
        upload=upload,
        step=([one.code for one in groups].index(page.code) + 1, len(groups)),
        back=None,
        documents=list_documents(added),
        papers=(),
        refusals=REFUSALS,
        asked_for=asked.text,
        site_names=forms.site_names,
    )
