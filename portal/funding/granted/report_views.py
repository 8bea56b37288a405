"""The report for the recipient: task list, goals, accounts, attachments, look over and send, receipt."""

from __future__ import annotations

from typing import Any

from flask import abort, jsonify, request
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.policy import OutOfReach, require
from portal.casework.firing import CaseChanged
from portal.documents.queries import list_documents
from portal.documents.types import UploadRefused
from portal.funding.applying import Conflict
from portal.funding.granted import forms, pages, reporting
from portal.funding.granted.facts import Grant
from portal.funding.granted.paths import GrantPaths
from portal.funding.permissions import OWN_APPLICATION_READ
from portal.funding.scheme import Scheme
from portal.organisations.papers.queries import Kept, papers_of
from portal.web.kit.formats import clock as clock_text
from portal.web.kit.forms import idempotency_key
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor, see_other

PAGES = {
    reporting.GOALS: lazy_gettext("What you did and what came of it"),
    reporting.ACCOUNTS: lazy_gettext("Accounts"),
    reporting.FILES: lazy_gettext("Attachments to the report"),
}


def report(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """The report's task list."""
    found = _own(scheme, case_id)
    if found.application.state != "accepted":
        return _elsewhere(found)
    return pages.show("report", found, steps=_steps(found), page_titles=PAGES)


def report_page(scheme: Scheme, case_id: int, page: str) -> ResponseReturnValue:
    """One page of the report."""
    found = _own(scheme, case_id)
    if page not in PAGES:
        abort(404)
    if found.application.state != "accepted":
        return _elsewhere(found)
    return _page(found, page, _form(found, page))


def save_report(scheme: Scheme, case_id: int, page: str) -> ResponseReturnValue:
    """Save a page, complete or not. Autosave gets JSON back; a person goes on, or sees what to mend."""
    found = _own(scheme, case_id)
    if page not in (reporting.GOALS, reporting.ACCOUNTS):
        abort(404)
    form = _form(found, page)
    sound = form.validate()
    autosaving = request.headers.get("X-Autosave") == "1"
    try:
        saved = _store(found, page, form)
    except Conflict as conflict:
        if autosaving:
            return jsonify(saved=None), 409
        return _page(found, page, form, version=conflict.version, conflict=True), 409
    except CaseChanged:
        return _elsewhere(_own(scheme, case_id))
    if autosaving:
        return jsonify(saved=clock_text(clock.now()), version=saved)
    if not sound:
        return _page(found, page, form, version=saved), 422
    return see_other(_onwards(scheme, case_id, page))


def _store(found: Grant, page: str, form: Any) -> int:
    version = request.form.get("version", 0, type=int)
    facts = found.application
    sound = {name: field.data for name, field in form._fields.items() if not field.errors}
    if page == reporting.GOALS:
        return reporting.save_answers(facts.scheme, facts.id, sound, version=version, actor=actor())
    spent = {name.removeprefix("spent_"): ore for name, ore in sound.items()}
    return reporting.save_accounts(facts.scheme, facts.id, spent, version=version, actor=actor())


def _onwards(scheme: Scheme, case_id: int, page: str) -> str:
    paths = GrantPaths(scheme.prefix)
    if "later" in request.form:
        return paths.report(case_id)
    order = [*PAGES, "send"]
    return paths.report(case_id, order[order.index(page) + 1])


def attach_report(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Take in one file, or a paper kept from before; a refused one is explained where it was chosen."""
    form: Any = forms.ReportFileForm()
    paper = request.form.get("paper", type=int)
    try:
        if paper is not None:
            reporting.attach_paper(scheme, case_id, paper, actor=actor())
        else:
            _take_in(scheme, case_id, form.kind.data)
    except UploadRefused as refused:
        form.refuse("file", str(refused.message))
        return _page(_own(scheme, case_id), reporting.FILES, form), 422
    except CaseChanged:
        return _elsewhere(_own(scheme, case_id))
    return see_other(GrantPaths(scheme.prefix).report(case_id, reporting.FILES))


def _take_in(scheme: Scheme, case_id: int, kind: str) -> None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise UploadRefused("empty")
    reporting.attach(scheme, case_id, content=sent.read(), filename=sent.filename, kind=kind, actor=actor())


def remove_report_file(scheme: Scheme, case_id: int, document_id: int) -> ResponseReturnValue:
    """Take an attachment away that has not been sent."""
    try:
        reporting.remove(scheme, case_id, document_id, actor=actor())
    except CaseChanged:
        return _elsewhere(_own(scheme, case_id))
    return see_other(GrantPaths(scheme.prefix).report(case_id, reporting.FILES))


def report_summary(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Everything on one screen, and one button."""
    found = _own(scheme, case_id)
    return _summary(found) if found.application.state == "accepted" else _elsewhere(found)


def send_report(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Send the report, once."""
    try:
        reporting.send(scheme, case_id, key=idempotency_key(), actor=actor())
    except reporting.Incomplete:
        return _summary(_own(scheme, case_id)), 422
    except CaseChanged:
        return _elsewhere(_own(scheme, case_id))
    return see_other(GrantPaths(scheme.prefix).report(case_id, "kvittering"))


def report_receipt(scheme: Scheme, case_id: int) -> str:
    """Number, time, what was sent, what happens next."""
    found = _own(scheme, case_id)
    if found.report is None or found.report.sent_at is None:
        raise OutOfReach(f"case {case_id} has no report")
    return pages.show("report_receipt", found, files=_files(found), kinds=reporting.FILE_KINDS)


def _summary(found: Grant) -> str:
    lacks = reporting.lacking(found)
    return pages.show("report_send", found, lacking=lacks, files=_files(found), kinds=reporting.FILE_KINDS)


def _own(scheme: Scheme, case_id: int) -> Grant:
    found = pages.grant_of(scheme, case_id)
    require(actor(), OWN_APPLICATION_READ, found.application)
    return found


def _elsewhere(found: Grant) -> ResponseReturnValue:
    return see_other(GrantPaths(found.application.scheme.prefix).grant(found.application.id))


def _form(found: Grant, page: str) -> Any:
    if page == reporting.GOALS:
        return forms.goals_form(found.application, found.report.answers if found.report else {})
    return forms.accounts_form(found) if page == reporting.ACCOUNTS else forms.ReportFileForm()


def _page(found: Grant, page: str, form: Any, *, version: int | None = None, conflict: bool = False) -> str:
    names = list(PAGES)
    files = _files(found) if page == reporting.FILES else []
    stored = found.report.versions.get(page, 0) if found.report else 0
    template = {
        reporting.GOALS: "report_goals",
        reporting.ACCOUNTS: "report_accounts",
        reporting.FILES: "report_files",
    }
    return pages.show(
        template[page],
        found,
        form=form,
        page=page,
        title=PAGES[page],
        version=stored if version is None else version,
        conflict=conflict,
        step=(names.index(page) + 1, len(names)),
        back=names[names.index(page) - 1] if names.index(page) else None,
        questions=found.application.scheme.reported_on(found.application.goals),
        files=files,
        papers=_papers(found, files) if page == reporting.FILES else (),
        kinds=reporting.FILE_KINDS,
    )


def _files(found: Grant) -> list[tuple[Any, str, bool]]:
    """(document, what it is, whether it has been sent) of the report's attachments."""
    entries = found.report.files if found.report else {}
    return [
        (row, entries[str(row.id)]["kind"], entries[str(row.id)]["sent"])
        for row in list_documents(int(number) for number in entries)
    ]


def _papers(found: Grant, files: list[tuple[Any, str, bool]]) -> list[Kept]:
    """The organisation's papers that are ready and not attached yet."""
    attached = {document.digest for document, _kind, _sent in files}
    standing = papers_of(found.application.owner_id)
    return [paper for paper in standing if paper.state == "ready" and paper.digest not in attached]


def _steps(found: Grant) -> list[tuple[Any, str, str, str | None]]:
    paths, case_id = GrantPaths(found.application.scheme.prefix), found.application.id
    lacks = {lack.page for lack in reporting.lacking(found)}
    report = found.report
    steps = []
    for page, title in PAGES.items():
        begun = bool(report and (report.files if page == reporting.FILES else report.versions.get(page)))
        status = "done" if begun and page not in lacks else "todo"
        note = _("Begun, something is left") if begun and page in lacks else None
        if page == reporting.FILES and not begun and page not in lacks:
            note = _("Optional")
        steps.append((title, paths.report(case_id, page), status, note))
    return [*steps, (_("Look over and send"), paths.report(case_id, "send"), "todo", None)]
