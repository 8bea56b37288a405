"""Cases in lists that staff read: what anybody may know of each, and the rest where it is open to them.

Before somebody has said that they have no ties (*habilitet*, fvl. §§ 6 and 8) a list tells them number,
applicant, state and age; title and sums are content. Notices, tasks and deadlines to staff never tell more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, exists

from portal.access.actor import Actor
from portal.casework.impartiality import belongs, handles
from portal.casework.models import Case, CaseParticipation
from portal.casework.standing import READER, disqualified, reports_to_disqualified
from portal.casework.workflow import WORKFLOWS

_DECLARED = (
    exists().where(
        CaseParticipation.case_id == Case.id,
        CaseParticipation.person_id == bindparam(READER),
        CaseParticipation.part == "impartial",
        CaseParticipation.ended_at.is_(None),
    )
    & ~disqualified(bindparam(READER))
    & ~reports_to_disqualified(bindparam(READER)).correlate(Case)
)
LISTED: tuple[Any, ...] = (
    Case.kind,
    Case.plugin,
    Case.national_id,
    Case.regional_id,
    Case.local_id,
    Case.owner_id,
    _DECLARED.label("declared"),
)
"""Columns a statement over `Case` needs for `open_ids`, with the parameter `READER`; equal to `closed_by`."""


def is_open(row: Any, actor: Actor) -> bool:
    """Whether a row with `LISTED` is open to the actor, as `impartiality.closed_by` judges a whole case."""
    workflow = WORKFLOWS.get(row.kind)
    if row.declared or workflow is None or not workflow.declares:
        return True
    return belongs(row, actor) or not handles(row, actor)


def open_ids(rows: Iterable[Any], actor: Actor, *, key: str = "id") -> frozenset[int]:
    """The `key` of the rows that are open to the actor; of the others a list tells no title and no sum."""
    return frozenset(getattr(row, key) for row in rows if is_open(row, actor))
