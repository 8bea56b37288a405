"""The decisions of a case (*vedtak*): on what it is about, and those that follow; each appealed by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from portal.casework.models import Appeal, Case, Decision
from portal.database import db, read
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class About:
    """What a decision is about; `title` begins the title of an appeal, in Norwegian as titles are stored."""

    label: LazyString
    title: str


ABOUT: dict[str, About] = {"case": About(_("The decision in the case"), "Klage")}
"""What decisions are about, by code; rooms above add theirs."""
ON_THE_CASE = (Decision.case_id == Case.id) & (Decision.about == "case")
"""Joins a case with the decision on what it is about itself."""


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision with the appeals against it: (id, number, state, when sent), the newest first."""

    id: int
    about: str
    outcome: str
    reasons: str
    decided_at: datetime
    appeal_to: str
    appeal_until: date | None
    appeals: tuple[tuple[int, str, str, datetime], ...]

    @property
    def appeal_path(self) -> str:
        """The end of the page under the case where the party appeals this decision."""
        return "klage" if self.about == "case" else f"vedtak/{self.id}/klage"


_AppealCase: Any = aliased(Case)
_APPEALS = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(
                    _AppealCase.id, _AppealCase.number, _AppealCase.state, _AppealCase.submitted_at
                ),
                _AppealCase.id.desc(),
            )
        )
    )
    .select_from(Appeal)
    .join(_AppealCase, _AppealCase.id == Appeal.case_id)
    .where(Appeal.decision_id == Decision.id)
    .correlate(Decision)
    .scalar_subquery()
)
_DECISIONS: Any = select(
    Decision.id,
    Decision.about,
    Decision.outcome,
    Decision.reasons,
    Decision.decided_at,
    Decision.appeal_to,
    Decision.appeal_until,
    _APPEALS,
).order_by(Decision.id)


def decisions_of(case_id: int) -> list[DecisionFacts]:
    """The decisions of a case, the first one first. For a case already judged in reach."""
    found = []
    for row in read(_DECISIONS.where(Decision.case_id == case_id)):
        values: list[Any] = list(row)
        against = values.pop() or ()
        sent = tuple((id_, no or "", state, datetime.fromisoformat(at)) for id_, no, state, at in against)
        found.append(DecisionFacts(*[*values, sent]))
    return found


def write_decision(
    case_id: int,
    *,
    outcome: str,
    reasons: str,
    prepared_by: int | None,
    decided_by: int | None,
    decided_at: datetime,
    appeal_to: str,
    appeal_until: date | None,
    about: str = "case",
) -> int:
    """Store a decision in the current transaction and give its id; `about` is one of `ABOUT`.

    The database refuses one that the same person prepared and decided.
    """
    if about not in ABOUT:
        raise KeyError(about)
    made: int = db.session.execute(
        insert(Decision)
        .values(
            case_id=case_id,
            about=about,
            outcome=outcome,
            reasons=reasons,
            prepared_by=prepared_by,
            decided_by=decided_by,
            decided_at=decided_at,
            appeal_to=appeal_to,
            appeal_until=appeal_until,
        )
        .returning(Decision.id)
    ).scalar_one()
    return made
