"""What a page and a use case know of a grant after the decision. Sums in øre."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar

from portal import clock
from portal.funding.facts import ApplicationFacts
from portal.funding.granted import dates

Row = TypeVar("Row")
IN_USE = ("accepted", "reported", "repayment")


@dataclass(frozen=True, slots=True)
class Account:
    """An account number of the recipient, as somebody proposed it and somebody else answered."""

    id: int
    owner_id: int
    number: str
    state: str
    reason: str
    proposed_by: int
    proposed_at: datetime
    confirmed_by: int | None
    confirmed_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Term:
    """A payment of the grant."""

    id: int
    position: int
    amount_ore: int
    due_on: date
    state: str
    account_id: int | None
    batch_id: int | None
    ordered_by: int | None
    ordered_at: datetime | None
    attested_by: int | None
    attested_at: datetime | None
    paid_on: date | None
    reference: str
    stop_reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change the recipient told of, and the answer."""

    id: int
    kind: str
    text: str
    use_by: date | None
    state: str
    sent_by: int
    sent_at: datetime
    answer: str
    answered_by: int | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """The report, begun or sent, with its control."""

    answers: dict[str, Any]
    lines: list[dict[str, Any]]
    spent_ore: int | None
    versions: dict[str, int]
    files: dict[str, dict[str, Any]]
    saved_at: datetime
    sent_by: int | None
    sent_at: datetime | None
    checks: dict[str, Any]
    review: str
    reviewed_by: int | None
    reviewed_at: datetime | None

    def spent(self, post: str) -> int | None:
        """What was used of the grant on a budget post; None where nothing is written."""
        return next((line["spent_ore"] for line in self.lines if line["post"] == post), None)


@dataclass(frozen=True, slots=True)
class Notice:
    """What the recipient was told before a demand after a breach, and their comment."""

    amount_ore: int
    reasons: str
    answer_by: date
    sent_by: int
    sent_at: datetime
    comment: str
    commented_by: int | None
    commented_at: datetime | None

    @property
    def time_is_over(self) -> bool:
        """True when the recipient has commented, or had the time for it (fvl. § 16)."""
        return self.commented_at is not None or clock.today() > self.answer_by


@dataclass(frozen=True, slots=True)
class Demand:
    """Money demanded back, and what has come."""

    id: int
    decision_id: int
    ground: str
    demanded_ore: int
    amount_ore: int
    released_ore: int
    paid_ore: int
    reasons: str
    due_on: date
    pay_to: str
    claimed_by: int
    claimed_at: datetime

    @property
    def left_ore(self) -> int:
        """What has not come back yet."""
        return max(0, self.amount_ore - self.paid_ore)

    @property
    def over_ore(self) -> int:
        """What came back and is not demanded any more: to be given back."""
        return max(0, self.paid_ore - self.amount_ore)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is demanded back: how much in øre, on which ground, why, by when, to which account."""

    ground: str
    amount_ore: int
    reasons: str
    due_on: date
    pay_to: str


@dataclass(frozen=True, slots=True)
class Part:
    """Money that came back for a demand; below zero: given back again."""

    repayment_id: int
    amount_ore: int
    paid_on: date
    reference: str
    registered_by: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A granted application with all that has followed; what there is none of is None or empty."""

    application: ApplicationFacts
    accepted_by: int | None
    accepted_at: datetime | None
    register_account: str
    accounts: tuple[Account, ...]
    terms: tuple[Term, ...]
    changes: tuple[Change, ...]
    report: Report | None
    notice: Notice | None
    demands: tuple[Demand, ...]
    parts: tuple[Part, ...]

    @property
    def confirmed(self) -> Account | None:
        """The account money is paid to."""
        return next((one for one in self.accounts if one.state == "confirmed"), None)

    @property
    def waiting(self) -> Account | None:
        """The account that waits to be confirmed."""
        return next((one for one in self.accounts if one.state == "waiting"), None)

    @property
    def planned_ore(self) -> int:
        """What the plan of payments comes to; stopped payments aside."""
        return sum(term.amount_ore for term in self.terms if term.state != "stopped")

    @property
    def unpaid_ore(self) -> int:
        """What is left of the grant to pay."""
        return self.application.awarded_ore - self.application.paid_ore

    @property
    def unused_ore(self) -> int:
        """What was paid and neither used, as reported, nor paid back, nor let go after an appeal."""
        if self.report is None or self.report.spent_ore is None:
            return 0
        paid = self.application.paid_ore
        gone = self.report.spent_ore + self.application.repaid_ore + self.application.waived_ore
        return max(0, paid - gone)

    @property
    def used_share(self) -> int:
        """How many per cent of what was paid is used, rounded down."""
        paid, spent = self.application.paid_ore, self.report.spent_ore if self.report else 0
        return min(100, (spent or 0) * 100 // paid) if paid else 0

    @property
    def use_by(self) -> date | None:
        """The last day to use the money."""
        extended = [one.use_by for one in self.changes if one.state == "approved" and one.use_by]
        return dates.use_by(self.application, max(extended, default=None))

    @property
    def report_due(self) -> date:
        """The last day to report."""
        return dates.report_due(self.application)

    @property
    def overdue(self) -> bool:
        """True when the report should have been here."""
        return self.application.state == "accepted" and clock.today() > self.report_due

    @property
    def needs_audit(self) -> bool:
        """True when the report needs an auditor's confirmation (§ 5)."""
        return self.application.awarded_ore >= self.application.scheme.audit_from_ore

    @property
    def in_use(self) -> bool:
        """True from acceptance until the case is finished."""
        return self.application.state in IN_USE

    def budget(self) -> Iterator[tuple[str, Any, int]]:
        """(code, label, budgeted) of each kind of cost: those of the budget first, then the others."""
        totals: dict[str, int] = {}
        for line in self.application.budget:
            if line.side == "cost":
                totals[line.post] = totals.get(line.post, 0) + (line.amount_ore or 0)
        costs = [post for post in self.application.scheme.budget_posts if post.side == "cost"]
        for post in sorted(costs, key=lambda post: post.code not in totals):
            yield post.code, post.label, totals.get(post.code, 0)

    def people(self) -> set[int]:
        """Ids of everybody who has done something, to be named to staff."""
        rows = (*self.accounts, *self.terms, *self.changes, *self.demands, *self.parts)
        named = [one for one in (self.report, self.notice) if one is not None]
        found = {
            getattr(row, one.name)
            for row in (*rows, *named)
            for one in fields(row)  # type: ignore[arg-type]
            if one.name.endswith("_by") and isinstance(getattr(row, one.name), int)
        }
        return found | ({self.accepted_by} if self.accepted_by else set())


def made(kind: type[Row], row: Mapping[str, Any]) -> Row:
    """A fact of a table's row as the database writes it in JSON: days and times become such again."""
    values = {}
    for one in fields(kind):  # type: ignore[arg-type]
        value = row[one.name]
        if value is not None and "datetime" in str(one.type):
            value = datetime.fromisoformat(value)
        elif value is not None and str(one.type).startswith("date"):
            value = date.fromisoformat(value)
        values[one.name] = value
    return kind(**values)
