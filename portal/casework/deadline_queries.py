"""The deadlines of the cases somebody reaches, the nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select

from portal.access.actor import Actor
from portal.access.policy import visible
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
    href: str


def deadlines_of(actor: Actor, *, everybodys: bool, most: int = MOST) -> Sequence[CaseDue]:
    """The open deadlines that concern the actor: a party's own; staff's in the cases they have.

    `everybodys`: staff's in all cases they reach. One statement.
    """
    reached = visible(actor, CASE_READ, Case)
    had = reached if everybodys else and_(reached, Case.handler_id == actor.person_id)
    own = and_(CaseDeadline.for_party, visible(actor, OWN_CASE_READ, Case))
    found = []
    for row in read(_LIST.where(or_(own, had)).limit(most)):
        code, due_on, for_party, case_id, number, plugin = tuple(row)
        page = page_of_case(plugin, case_id) if actor.may_somewhere(CASE_READ.name) else f"/saker/{case_id}"
        found.append(CaseDue(Due(code, due_on, for_party), number, page))
    return found
