"""Budget lines are marked by the rules in force, in the same way for whoever looks."""

from __future__ import annotations

from plugins.child_grants.judging import BUDGET_LIMITS
from portal.funding.budget_rules import Mark, judge_budget
from portal.funding.facts import Line
from portal.settings import load

PERCENTS = {"child_grants.wages_share": 50}


def marks(lines: list[Line], kind: str = "voluntary", **percents: int) -> dict[str, Mark]:
    found = judge_budget(BUDGET_LIMITS, kind, lines, percents={**PERCENTS, **percents})
    return {mark.rule.name.removeprefix("child_grants."): mark for mark in found}


def test_a_share_is_marked_when_it_is_over_the_limit_and_not_at_it() -> None:
    wages, rent = Line("cost", "wages", "Instruktør", 50_00), Line("cost", "rent", "Hall", 50_00)
    assert marks([wages, rent]) == {}
    over = marks([Line("cost", "wages", "Instruktør", 50_01), rent])["wages_share"]
    assert (over.lines, over.percent, over.limit, over.covered) == ((0,), 50, 50, True)
    assert not over.confirmed


def test_the_settings_change_a_limit_without_a_source() -> None:
    lines = [Line("cost", "wages", "Instruktør", 30_00), Line("cost", "rent", "Hall", 70_00)]
    assert marks(lines) == {}
    assert marks(lines, **{"child_grants.wages_share": 20})["wages_share"].limit == 20


def test_individuals_get_no_wages_at_all() -> None:
    lines = [Line("cost", "rent", "Hall", 90_00), Line("cost", "wages", "Meg selv", 10_00)]
    assert marks(lines) == {}
    mark = marks(lines, "individual")["wages_of_individuals"]
    assert (mark.lines, mark.covered, mark.confirmed) == ((1,), False, True)


def test_income_and_lines_without_a_sum_are_left_alone() -> None:
    lines = [
        Line("cost", "administration", "Kontor", None),
        Line("income", "wages", "Rart", 90_00),
        Line("cost", "rent", "Hall", 10_00),
    ]
    assert marks(lines) == {}
    assert marks([]) == {}


def test_every_setting_names_a_rule_that_marks_shares() -> None:
    shares = {limit.rule.name for limit in BUDGET_LIMITS if limit.percent is not None}
    assert (
        set(load({"PORTAL_ENV": "test", "DATABASE_URL": "postgresql://x"}).funding.budget_percent) == shares
    )
