"""The deadlines of the cases somebody reaches, the nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select

from portal.access.actor import Actor
from portal.access.policy import not_switched_off, visible
from portal.casework.about import page_of_case
from portal.casework.deadlines import Due
from portal.casework.models import Case, CaseDeadline
from portal.casework.permissions import CASE_READ, OWN_CASE_READ
from portal.database import read

MOST = 100
_LIST: Any = (
    select(
        CaseDeadline.code,
        CaseDeadline.due_on,
        CaseDeadline.for_party,
        Case.id,
        Case.number,
        Case.title,
        Case.plugin,
    )
    .join(Case, Case.id == CaseDeadline.case_id)
    .where(CaseDeadline.met_at.is_(None), Case.state_kind != "closed")
    .order_by(CaseDeadline.due_on, CaseDeadline.id)
)


@dataclass(frozen=True, slots=True)
class CaseDue:
    """A deadline with its case, as the reader's side sees it."""

    due: Due
    number: str
    title: str  # empty for staff, who may not have said yet that they have no ties
    href: str


def deadlines_of(actor: Actor, *, everybodys: bool) -> Sequence[CaseDue]:
    """The open deadlines that concern the actor: a party's own; staff's in the cases they have.

    `everybodys`: staff's in all cases they reach. One statement.
    """
    return [
        case_due(actor, row, row.due_on)
        for row in read(open_deadlines(actor, everybodys=everybodys, most=MOST))
    ]


def open_deadlines(actor: Actor, *, everybodys: bool, most: int) -> Select[Any]:
    """The same, to be read: code, due_on, for_party, id, number, title, plugin."""
    reached = visible(actor, CASE_READ, Case)
    had = reached if everybodys else and_(reached, Case.handler_id == actor.person_id)
    # A party keeps its case where the plugin is off, but can do nothing about the deadline there.
    on = not_switched_off(actor, CASE_READ, Case)
    own = and_(CaseDeadline.for_party, visible(actor, OWN_CASE_READ, Case), on)
    statement: Select[Any] = _LIST.where(or_(own, had)).limit(most)
    return statement


def case_due(actor: Actor, row: Any, due_on: date) -> CaseDue:
    """A row of `open_deadlines` as the actor sees it."""
    staff = actor.may_somewhere(CASE_READ.name)
    page = page_of_case(row.plugin, row.id, actor) if staff else f"/saker/{row.id}"
    title = "" if staff else row.title
    return CaseDue(Due(row.code, due_on, row.for_party), row.number, title, page)
