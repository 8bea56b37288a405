"""“Copy last year's”: an earlier application's answers in the pages of a new draft nobody has written on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.policy import OutOfReach, require, visible
from portal.casework.firing import CaseChanged
from portal.casework.models import Case
from portal.database import read, transaction
from portal.funding.applying import save_answers, save_budget
from portal.funding.facts import ApplicationFacts, Line
from portal.funding.models import Application, Call
from portal.funding.permissions import OWN_APPLICATION_EDIT, OWN_APPLICATION_READ
from portal.funding.queries import get_application, site_choices
from portal.funding.scheme import Group, Scheme

MOST = 5


def earlier(facts: ApplicationFacts, *, actor: Actor) -> list[tuple[int, str, str, datetime]]:
    """(case id, number, title, when sent) of the owner's latest sent applications in the scheme."""
    rows = read(
        select(Case.id, Case.number, Case.title, Case.submitted_at)
        .join(Application, Application.case_id == Case.id)
        .join(Call, Call.id == Application.call_id)
        .where(
            Call.scheme == facts.scheme_code,
            Case.owner_id == facts.owner_id,
            Case.submitted_at.is_not(None),
            visible(actor, OWN_APPLICATION_READ, Case),
        )
        .order_by(Case.submitted_at.desc(), Case.id.desc())
        .limit(MOST)
    )
    return [(case_id, number, title, at) for case_id, number, title, at in map(tuple, rows)]


def copy_earlier(scheme: Scheme, case_id: int, source_id: int, *, actor: Actor) -> list[str]:
    """Fill a draft's untouched pages from the owner's application `source_id`; gives the pages' codes.

    Questions the form has no longer, and sites that are closed, are left out; files are attached anew.
    Raises `OutOfReach`, `Denied`, `CaseChanged` when the draft is sent.
    """
    with transaction(actor=actor):
        facts = get_application(case_id, scheme=scheme.code, actor=actor)
        require(actor, OWN_APPLICATION_EDIT, facts)
        if facts.state != "draft":
            raise CaseChanged
        source = get_application(source_id, scheme=scheme.code, actor=actor)
        if source.owner_id != facts.owner_id or source.submitted_at is None:
            raise OutOfReach(f"case {source_id}")
        untouched = [group for group in scheme.groups if not facts.versions.get(group.code)]
        return [group.code for group in untouched if _copy(scheme, case_id, group, source, actor)]


def _copy(scheme: Scheme, case_id: int, group: Group, source: ApplicationFacts, actor: Actor) -> bool:
    if group.kind == "budget":
        known = {post.code for post in scheme.budget_posts}
        lines = [Line(x.side, x.post if x.post in known else "", x.text, x.amount_ore) for x in source.budget]
        if lines:
            save_budget(scheme, case_id, group, lines, version=0, actor=actor)
        return bool(lines)
    values = _values(scheme, group, source)
    if values:
        save_answers(scheme, case_id, group, values, version=0, actor=actor)
    return bool(values)


def _values(scheme: Scheme, group: Group, source: ApplicationFacts) -> dict[str, Any]:
    """By the question's code, wherever the earlier form asked it."""
    written = {code: answer for page in source.answers.values() for code, answer in page.items()}
    values = {question.code: written.get(question.code) for question in group.questions}
    if scheme.sites_question in values:
        standing = {unit for unit, _name, _region in site_choices()}
        values[scheme.sites_question] = [unit for unit, _name in source.sites if unit in standing]
    return {code: value for code, value in values.items() if value not in (None, "", [])}
