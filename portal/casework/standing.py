"""What a person is in a case (*stilling i saken*), as names of parts, read with the case in one statement.

Beside what `CaseParticipation` holds, two parts follow from others: `subordinate`, whose leader is
disqualified (fvl. § 6 third paragraph), and `tainted`: only disqualified persons have prepared the case.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import aliased

from portal.access.models import ReportingLine
from portal.casework.models import Case, CaseParticipation
from portal.database import read_one

READER = "reader"
"""The parameter of `STANDING`: the person asked about."""

_Preparer = aliased(CaseParticipation)
_Barred = aliased(CaseParticipation)


def disqualified(person: Any) -> Any:
    """Condition: `person` (a column) is disqualified in the case of the statement around it."""
    return exists().where(
        _Barred.case_id == Case.id,
        _Barred.person_id == person,
        _Barred.part == "disqualified",
        _Barred.ended_at.is_(None),
    )


def reports_to_disqualified(person: Any) -> Any:
    """Condition: the leader of `person` is disqualified in the case of the statement around it."""
    return exists().where(
        ReportingLine.person_id == person,
        ReportingLine.ended_at.is_(None),
        disqualified(ReportingLine.leader_id).correlate(Case, ReportingLine),
    )


_PREPARED = exists().where(_Preparer.case_id == Case.id, _Preparer.part == "prepared")
_OWN = (
    select(func.json_agg(CaseParticipation.part))
    .where(
        CaseParticipation.case_id == Case.id,
        CaseParticipation.person_id == bindparam(READER),
        CaseParticipation.ended_at.is_(None),
    )
    .correlate(Case)
    .scalar_subquery()
)
STANDING: Any = func.json_build_array(
    _OWN,
    reports_to_disqualified(bindparam(READER)).correlate(Case),
    _PREPARED.correlate(Case)
    & ~_PREPARED.where(~disqualified(_Preparer.person_id).correlate(Case, _Preparer)).correlate(Case),
)
"""A column for a statement over `Case`; `parts_in` reads it."""


def parts_in(standing: Any) -> frozenset[str]:
    """The parts in a row's `STANDING`."""
    own, subordinate, tainted = standing
    derived = {name for name, holds in (("subordinate", subordinate), ("tainted", tainted)) if holds}
    return frozenset(own or ()) | derived


def parts_of(case_id: int, person_id: int | None) -> frozenset[str]:
    """What a person is in a case, as names of parts."""
    row = read_one(select(STANDING).select_from(Case).where(Case.id == case_id), {READER: person_id})
    return frozenset() if row is None else parts_in(row[0])
