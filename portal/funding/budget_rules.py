"""A budget judged by the scheme's rules: the same marks for who writes it and for who assesses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from portal.funding.scheme import BudgetLimit
from portal.rules import Rule


class BudgetLine(Protocol):
    """What a rule looks at in a line."""

    @property
    def side(self) -> str: ...
    @property
    def post(self) -> str: ...
    @property
    def amount_ore(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """What a rule says of some lines, by their places in the budget.

    `percent` is the share of the costs they come to and `limit` the share they may, where the rule is about
    shares. `covered` False: the grant does not cover them. `confirmed` False: no source gives the limit.
    """

    rule: Rule
    lines: tuple[int, ...]
    covered: bool
    confirmed: bool
    percent: int | None = None
    limit: int | None = None


def judge_budget(
    limits: Sequence[BudgetLimit],
    applicant_kind: str,
    lines: Sequence[BudgetLine],
    *,
    percents: Mapping[str, int],
) -> list[Mark]:
    """The marks of a budget, in the order of the rules.

    `percents` are the limits in force, by the rule's name, before the declared ones. A line without a sum is
    marked by nothing, and neither is income.
    """
    costs = sum(line.amount_ore or 0 for line in lines if line.side == "cost")
    marks = []
    for limit in limits:
        if limit.applicants and applicant_kind not in limit.applicants:
            continue
        mark = _mark(limit, lines, costs, percents.get(limit.rule.name, limit.percent))
        if mark is not None:
            marks.append(mark)
    return marks


def _mark(limit: BudgetLimit, lines: Sequence[BudgetLine], costs: int, percent: int | None) -> Mark | None:
    hit = tuple(
        place
        for place, line in enumerate(lines)
        if line.side == "cost" and line.post in limit.posts and line.amount_ore
    )
    if not hit:
        return None
    if percent is None:
        return Mark(limit.rule, hit, limit.covered, limit.confirmed)
    total = sum(lines[place].amount_ore or 0 for place in hit)
    if total * 100 <= costs * percent:
        return None
    return Mark(limit.rule, hit, limit.covered, limit.confirmed, round(total * 100 / costs), percent)
