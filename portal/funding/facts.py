"""What a page and a use case know of an application and of a call, read with one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal import settings
from portal.funding.budget_rules import Mark, judge_budget
from portal.funding.scheme import SCHEMES, ApplicantKind, Question, Scheme
from portal.web.kit.i18n import language


def text_in(texts: dict[str, Any], name: str) -> str:
    """A call's text in the reader's language; bokmål where there is no other."""
    chosen = texts.get(language()) or texts.get("nb") or {}
    return str(chosen.get(name) or texts.get("nb", {}).get(name, ""))


@dataclass(frozen=True, slots=True)
class CallFacts:
    """A published call in its current version. Sums in øre."""

    id: int
    scheme_code: str
    year: int
    state: str
    version: int
    texts: dict[str, Any]
    goals: list[str]
    frame_ore: int
    opens_at: datetime
    closes_at: datetime
    rolling: bool
    distribution: dict[str, Any]
    appeal_to: str
    committed_ore: int
    voted: bool
    applicants: list[str]
    register_strength: str
    appeal_confirmed: bool
    published_at: datetime | None
    written_at: datetime

    @property
    def title(self) -> str:
        """The call's name in the reader's language."""
        return text_in(self.texts, "title")

    @property
    def intro(self) -> str:
        """What the call says first, in the reader's language."""
        return text_in(self.texts, "intro")

    @property
    def more(self) -> str:
        """Practical information, in the reader's language."""
        return text_in(self.texts, "more")

    @property
    def change(self) -> str:
        """What this version changed, in the reader's language."""
        return text_in(self.texts, "change")

    def text_language(self) -> str:
        """The language its texts are read in: the reader's, or bokmål where there is no other."""
        return language() if self.texts.get(language(), {}).get("title") else "nb"

    def may_apply(self, kind: ApplicantKind) -> bool:
        """Whether this kind of applicant may apply in this call, as far as the call says."""
        return kind.verdict != "no" and (not self.applicants or kind.code in self.applicants)

    @property
    def scheme(self) -> Scheme:
        """The scheme the call belongs to; raises `KeyError` when its plugin is gone."""
        return SCHEMES[self.scheme_code]


@dataclass(frozen=True, slots=True)
class Line:
    """A budget line; the sum is in øre, None while it is not written."""

    side: str
    post: str
    text: str
    amount_ore: int | None


@dataclass(frozen=True, slots=True)
class AssessmentFacts:
    """The assessment and proposal of a case."""

    criteria: dict[str, str]
    outcome: str
    proposed_ore: int
    reasons: str
    author_id: int
    author_name: str
    version: int


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """An application with its case, call, answers, assessment and decision. Satisfies `casework.Subject`.

    `parts` is what the reader is in the case (`casework.standing`).
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
    applicant_id: int
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    owner_name: str
    handler_id: int | None
    handler_name: str | None
    region_name: str | None
    scheme_code: str
    call_year: int
    call_id: int
    call_version: int
    call_texts: dict[str, Any]
    closes_at: datetime
    rolling: bool
    goals: list[str]
    distribution: dict[str, Any]
    appeal_to: str
    appeal_confirmed: bool
    frame_ore: int
    committed_ore: int
    applicant_kind: str
    answers: dict[str, dict[str, Any]]
    versions: dict[str, int]
    amount_ore: int | None
    late: bool
    saved_at: datetime | None
    udisak_reference: str | None
    outcome: str | None
    reasons: str | None
    decided_by: int | None
    appeal_until: date | None
    appealed: bool
    request_due_on: date | None
    awarded_ore: int
    paid_ore: int
    spent_ore: int | None
    claimed_ore: int
    repaid_ore: int
    waived_ore: int
    sites: tuple[tuple[int, str], ...]
    budget: tuple[Line, ...]
    documents: tuple[tuple[int, str], ...]
    assessment: AssessmentFacts | None
    parts: frozenset[str]

    @property
    def scheme(self) -> Scheme:
        """The scheme; raises `KeyError` when its plugin is gone."""
        return SCHEMES[self.scheme_code]

    @property
    def call_title(self) -> str:
        """The call's name in the reader's language."""
        return text_in(self.call_texts, "title")

    @property
    def attachments(self) -> list[int]:
        """Document ids of what the applicant attached."""
        return [number for number, role in self.documents if role in ("attachment", "answer")]

    @property
    def receipt(self) -> int | None:
        """Document id of the receipt; None while there is none."""
        return next((number for number, role in self.documents if role == "receipt"), None)

    @property
    def letters(self) -> list[int]:
        """Document ids of the decision letters."""
        return [number for number, role in self.documents if role == "decision_letter"]

    def total(self, side: str) -> int:
        """Sum of the budget's costs or income, in øre."""
        return sum(line.amount_ore or 0 for line in self.budget if line.side == side)

    @property
    def budget_marks(self) -> list[Mark]:
        """What the scheme's rules say of the budget, by the limits in force."""
        return judge_budget(
            self.scheme.budget_limits,
            self.applicant_kind,
            self.budget,
            percents=settings.current().funding.budget_percent,
        )

    @property
    def line_tones(self) -> dict[int, str]:
        """Place of a marked line in the budget → `danger` where it is not covered, `warning` to look at."""
        marks = sorted(self.budget_marks, key=lambda mark: not mark.covered)
        return {place: "warning" if mark.covered else "danger" for mark in marks for place in mark.lines}

    def answer(self, group: str, question: Question) -> Any:
        """The stored answer; None when there is none. Sums in øre, sites as a list of unit ids."""
        if question.kind == "sites":
            return [unit for unit, _name in self.sites] or None
        return self.answers.get(group, {}).get(question.code)

    def find(self, code: str) -> Any:
        """The answer to a question by its code alone."""
        for group, question in self.scheme.questions():
            if question.code == code:
                return self.answer(group.code, question)
        return None
