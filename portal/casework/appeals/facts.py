"""An appeal as its pages and use cases know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AppealFacts:
    """An appeal with the decision it is against. Satisfies `casework.Subject`. Sums in øre.

    `first_hands`: who prepared or decided the first time. `decision_about`: one of `decisions.ABOUT`.
    `checks`: the formal check, by name. `parts`: what the reader is in the appeal.
    """

    id: int
    number: str | None
    kind: str
    title: str
    state: str
    version: int
    plugin: str | None
    national_id: int | None
    regional_id: int | None
    local_id: int | None
    owner_id: int
    owner_name: str
    region_name: str | None
    handler_id: int | None
    handler_name: str | None
    submitted_at: datetime
    parent_id: int
    parent_number: str
    parent_title: str
    parent_kind: str
    parent_plugin: str | None
    decision_id: int
    decision_about: str
    decision_outcome: str
    decision_reasons: str
    decided_at: datetime
    appeal_to: str
    appeal_until: date | None
    text: str
    in_time: bool
    late_reason: str
    checks: dict[str, Any]
    check_note: str
    proposed: str | None
    amount_ore: int | None
    outcome: str | None
    reasons: str
    sent_on: date | None
    comment_until: date | None
    result: str | None
    result_reference: str
    result_on: date | None
    own_decision: bool
    first_hands: tuple[int, ...]
    documents: tuple[tuple[int, str], ...]
    comments: tuple[tuple[str, str, str], ...]
    parts: frozenset[str]

    @property
    def may_be_tried(self) -> bool:
        """In time or taken all the same, from the right party, and signed."""
        in_time = self.in_time or bool(self.checks.get("late_accepted"))
        return in_time and bool(self.checks.get("party")) and bool(self.checks.get("signed"))
