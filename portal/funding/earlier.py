"""What the same applicant has had before in this portal (forskriften § 6 nr. 10)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, cast, func, select

from portal.access.actor import Actor
from portal.access.policy import visible
from portal.casework.decisions import ON_THE_CASE
from portal.casework.models import Case, Decision
from portal.casework.workflow import state_label
from portal.database import read
from portal.funding.facts import ApplicationFacts
from portal.funding.granted.models import GrantReport, Instalment, Repayment
from portal.funding.models import Application, AwardEntry, Call
from portal.funding.permissions import APPLICATION_READ

MOST = 20


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier application of the same applicant that was decided. Sums in øre."""

    id: int
    number: str
    kind: str
    title: str
    state: str
    year: int
    sought_ore: int
    awarded_ore: int
    paid_ore: int
    spent_ore: int | None
    claimed_ore: int
    repaid_ore: int
    reported_at: datetime | None
    review: str | None

    @property
    def tag(self) -> tuple[Any, str]:
        """The state's name for staff, and its kind."""
        return state_label(self.kind, self.state, staff=True)


def _total(column: Any, model: Any, *where: Any) -> Any:
    total = select(cast(func.coalesce(func.sum(column), 0), BigInteger))
    return total.where(model.case_id == Case.id, *where).correlate(Case).scalar_subquery()


_COLUMNS = (
    Case.id,
    Case.number,
    Case.kind,
    Case.title,
    Case.state,
    Call.year,
    func.coalesce(Application.amount_ore, 0),
    _total(AwardEntry.amount_ore, AwardEntry),
    _total(Instalment.amount_ore, Instalment, Instalment.state == "paid"),
    GrantReport.spent_ore,
    _total(Repayment.amount_ore, Repayment),
    _total(Repayment.paid_ore, Repayment),
    GrantReport.sent_at,
    GrantReport.review,
)
_EARLIER: Any = (
    select(*(column.label(one.name) for one, column in zip(fields(Earlier), _COLUMNS, strict=True)))
    .select_from(Case)
    .join(Application, Application.case_id == Case.id)
    .join(Call, Call.id == Application.call_id)
    .join(Decision, ON_THE_CASE)
    .outerjoin(GrantReport, GrantReport.case_id == Case.id)
    .order_by(Case.created_at.desc(), Case.id.desc())
    .limit(MOST)
)


def earlier_of(facts: ApplicationFacts, *, actor: Actor) -> list[Earlier]:
    """Decided applications of the same applicant, newest first, as far as the actor may read them."""
    rows: Any = read(
        _EARLIER.where(
            Case.owner_id == facts.owner_id, Case.id != facts.id, visible(actor, APPLICATION_READ, Case)
        )
    )
    return [Earlier(*tuple(row)) for row in rows]
