"""Control of a report: beside what the recipient wrote, a point at a time, then approve or ask for more."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from portal.access.policy import require
from portal.documents.queries import list_documents
from portal.funding.granted import forms, pages, reporting, reviewing
from portal.funding.granted.facts import Grant
from portal.funding.granted.paths import GrantPaths
from portal.funding.permissions import APPLICATION_READ
from portal.funding.scheme import Scheme
from portal.web.kit.requests import actor


def control(scheme: Scheme, case_id: int) -> str:
    """The report and its control."""
    return _page(scheme, case_id)


def review(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Save the control, approve the report, or send it back."""
    found = _reachable(scheme, case_id)
    form: Any = forms.control_form(found)
    if not form.validate():
        return _page(scheme, case_id, form=form), 422
    version = request.form.get("version", 0, type=int)
    checks, written = forms.checks_of(form), form.review.data or ""

    def act() -> None:
        doing = reviewing.approve if "approve" in request.form else reviewing.save
        doing(scheme, case_id, checks=checks, review=written, version=version, actor=actor())

    then = GrantPaths(scheme.prefix)
    onwards = then.grant(case_id) if "approve" in request.form else then.control(case_id)
    return pages.tried(act, onwards, lambda why: _page(scheme, case_id, form=form, refusal=why))


def return_report(scheme: Scheme, case_id: int) -> ResponseReturnValue:
    """Ask for a better report."""
    return pages.with_reason(
        reviewing.ask_better,
        scheme,
        case_id,
        forms.ReasonForm(),
        lambda why: _page(scheme, case_id, refusal=why),
    )


def _reachable(scheme: Scheme, case_id: int) -> Grant:
    found = pages.grant_of(scheme, case_id)
    require(actor(), APPLICATION_READ, found.application)
    return found


def _page(scheme: Scheme, case_id: int, **more: Any) -> str:
    found = _reachable(scheme, case_id)
    entries = found.report.files if found.report else {}
    sent = [number for number, entry in entries.items() if entry["sent"]]
    values: dict[str, Any] = {
        "form": forms.control_form(found),
        "risks": reviewing.risks(found),
        "questions": scheme.reported_on(found.application.goals),
        "files": [(row, entries[str(row.id)]["kind"], True) for row in list_documents(map(int, sent))],
        "kinds": reporting.FILE_KINDS,
        "checks": reviewing.CHECKS,
        "found_as": reviewing.ANSWERS,
    }
    return pages.show("control", found, **{**values, **more})
