"""A grant scheme (*tilskuddsordning*) as declarations: what it is for, what it asks, whom it is for.

A plugin declares a `Scheme`; the core makes the call's page, the form, the casework and the letters of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from portal.access.permissions import Permission
from portal.documents.texts import TextVersion, version_on
from portal.rules import Rule
from portal.web.kit.i18n import LazyString

QuestionKind = Literal["line", "paragraph", "number", "kroner", "email", "phone", "sites"]
GroupKind = Literal["questions", "budget", "files"]


class BrokenScheme(ValueError):
    """A scheme refers to something it does not have."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the form. `code` is stored with the answer: keep it. Sums are answered in kroner."""

    code: str
    label: LazyString
    kind: QuestionKind = "paragraph"
    hint: LazyString | str = ""
    required: bool = True
    limit: int = 4000


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that stand on one page. `basis` is where the law asks for them (`§ 6 nr. 4`).

    `minutes` is about how long it takes somebody who knows what they want to do.
    """

    code: str
    title: LazyString
    basis: str
    questions: tuple[Question, ...] = ()
    kind: GroupKind = "questions"
    intro: LazyString | str = ""
    minutes: int = 5


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal of the scheme, bound to how it is judged, asked about and reported on.

    `question` and `report_field` are codes; a goal that lacks one cannot stand in a published call.
    """

    code: str
    text: LazyString
    criterion: LazyString
    question: str
    report_field: str


@dataclass(frozen=True, slots=True)
class ApplicantKind:
    """Who may or may not apply: `rule` says why not, or what it depends on."""

    code: str
    label: LazyString
    verdict: Literal["yes", "no", "if_registered", "judged"]
    rule: Rule


@dataclass(frozen=True, slots=True)
class Criterion:
    """What an application is judged by besides the goals, and the rule it comes from.

    With `explain`, the question asked, anything but yes must be explained before a grant is proposed.
    """

    code: str
    text: LazyString
    rule: Rule
    explain: LazyString | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """A standard sentence for the reasons, as it stands in the letter; it can be edited once it is inserted.

    `basis` is where it comes from; `label` is what the caseworker chooses by.
    """

    code: str
    label: LazyString
    text: LazyString
    basis: str
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class BudgetLimit:
    """A rule that marks lines of a budget (`posts`), for everybody or for some kinds of applicants.

    `percent`: only when the lines come to more than that share of the costs. It is a starting point that the
    settings can change; `confirmed` is False where no source gives it. `covered`: False where the grant does
    not cover such lines at all.
    """

    rule: Rule
    posts: tuple[str, ...]
    percent: int | None = None
    applicants: tuple[str, ...] = ()
    covered: bool = True
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class BudgetPost:
    """A kind of line in the budget, on the side of costs or of income."""

    code: str
    label: LazyString
    side: Literal["cost", "income"]


@dataclass(frozen=True)
class Scheme:
    """One grant scheme. `prefix` is the plugin's address, without a slash at the end.

    `amount_question` and `title_question` name the answers that become the application's sum and title.
    `compared` are the questions whose answers stand side by side when applications are compared.
    `staff_pages` are the plugin's own pages of a case: a label, the end of the address, who opens it.
    `letter_texts` are the versions of its letters, oldest first, each a folder of templates.
    `report_by` is (month, day) of the year after; from `audit_from_ore` the report needs an auditor. `report`
    are the report's questions: each goal's `report_field` is one of them. `repayment_account` is where money
    is paid back, asked for with each demand when it is empty. `account_delay_days`: how long payment waits
    after a changed account number.
    """

    code: str
    plugin: str
    prefix: str
    name: LazyString
    short_name: LazyString
    purpose: LazyString
    regulation: str
    groups: tuple[Group, ...]
    goals: tuple[Goal, ...]
    applicants: tuple[ApplicantKind, ...]
    budget_posts: tuple[BudgetPost, ...]
    amount_question: str = "amount"
    own_question: str = "own_contribution"
    title_question: str = "title"
    sites_question: str = "sites"
    form_version: int = 1
    national_unit: str = "udi"
    report_by: tuple[int, int] = (4, 1)
    audit_from_ore: int = 200_000_00
    report: tuple[Question, ...] = ()
    use_within_months: int = 12
    accept_within_days: int = 21
    account_delay_days: int = 3
    repay_within_days: int = 21
    comment_within_days: int = 14
    repayment_account: str = ""
    appeal_to: str = "Justis- og beredskapsdepartementet"
    letter_texts: tuple[TextVersion, ...] = (TextVersion("2026-1", date(2026, 1, 1)),)
    criteria: tuple[Criterion, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    budget_limits: tuple[BudgetLimit, ...] = ()
    compared: tuple[str, ...] = ()
    thanks: LazyString | str = ""
    staff_pages: tuple[tuple[LazyString, str, Permission], ...] = ()

    def questions(self) -> Iterator[tuple[Group, Question]]:
        """Every question with its group, in the order of the form."""
        for group in self.groups:
            for question in group.questions:
                yield group, question

    def reported_on(self, goals: Iterable[str]) -> list[tuple[Question, Goal | None]]:
        """The report's questions, each with the one of `goals` it is on; other goals' are left out."""
        bound = {goal.report_field: goal for goal in self.goals}
        chosen = set(goals)
        found = [(question, bound.get(question.code)) for question in self.report]
        return [(question, goal) for question, goal in found if goal is None or goal.code in chosen]

    def group(self, code: str) -> Group | None:
        """The group of that code, or None."""
        return next((group for group in self.groups if group.code == code), None)

    def applicant(self, code: str) -> ApplicantKind | None:
        """The kind of applicant of that code, or None."""
        return next((kind for kind in self.applicants if kind.code == code), None)

    def all_criteria(self) -> list[tuple[str, LazyString]]:
        """What an application is judged by: the goals' criteria, then the scheme's own."""
        own = [(criterion.code, criterion.text) for criterion in self.criteria]
        return [(goal.code, goal.criterion) for goal in self.goals] + own

    def bound_goals(self) -> set[str]:
        """Codes of the goals that are judged, asked about and reported on: those a call may stand on."""
        return {goal.code for goal in self.goals if goal.criterion and goal.question and goal.report_field}

    def letter(self, name: str, language: str, day: date) -> str:
        """The plugin's template of a letter, in bokmål or nynorsk, in the version of `day`."""
        version = version_on(day, self.letter_texts).code
        return f"{self.plugin}/letters/{version}/{name}_{'nn' if language == 'nn' else 'nb'}.html"

    def case_path(self, case_id: int) -> str:
        """Address of an application's page."""
        return f"{self.prefix}/soknad/{case_id}"


SCHEMES: dict[str, Scheme] = {}


def declare_scheme(scheme: Scheme) -> Scheme:
    """Check a scheme and put it in the catalogue. Raises `BrokenScheme`."""
    check(scheme)
    if SCHEMES.setdefault(scheme.code, scheme) != scheme:
        raise BrokenScheme(f"scheme {scheme.code} is declared twice")
    return scheme


def check(scheme: Scheme) -> None:
    """Raise `BrokenScheme` when codes repeat, a named question is missing, or a goal is not bound."""
    codes = [question.code for _group, question in scheme.questions()]
    groups = [group.code for group in scheme.groups]
    for kind, names in (("question", codes), ("group", groups)):
        if len(set(names)) != len(names):
            raise BrokenScheme(f"{scheme.code}: a {kind} stands twice")
    special = (
        scheme.amount_question, scheme.own_question, scheme.title_question, scheme.sites_question
    )  # fmt: skip
    for name in special:
        if name not in codes:
            raise BrokenScheme(f"{scheme.code}: no question {name}")
    reported = {question.code for question in scheme.report}
    for goal in scheme.goals:
        if goal.question not in codes or goal.report_field not in reported:
            raise BrokenScheme(f"{scheme.code}: goal {goal.code} is not bound")
