"""The declarations of the scheme: whole, bound, each with its source."""

from __future__ import annotations

import re

import pytest

from plugins.child_grants.rules import REGULATION
from plugins.child_grants.scheme import SCHEME


def points() -> set[int]:
    """The points of § 6 that some page of the form says it covers."""
    return {
        int(number) for group in SCHEME.groups for number in re.findall(r"\d+", group.basis.split("nr.")[1])
    }


def test_every_page_of_the_form_names_its_source() -> None:
    assert {group.code for group in SCHEME.groups if not group.basis.startswith("§ 6 nr.")} == set()


def test_all_fifteen_points_of_the_regulation_are_asked() -> None:
    assert points() == set(range(1, 16))


def test_every_goal_is_judged_asked_about_and_reported_on() -> None:
    codes = {question.code for _group, question in SCHEME.questions()}
    for goal in SCHEME.goals:
        assert goal.question in codes
        assert goal.report_field
    assert len({goal.report_field for goal in SCHEME.goals}) == len(SCHEME.goals)


@pytest.mark.parametrize("kind", ["operator", "business", "public_body"])
def test_the_excluded_are_excluded_by_section_2(kind: str) -> None:
    found = SCHEME.applicant(kind)
    assert found is not None
    assert found.verdict == "no"
    assert "§ 2" in found.rule.basis


def test_only_the_register_requirement_can_be_relaxed() -> None:
    relaxable = {kind.code for kind in SCHEME.applicants if kind.rule.relaxable}
    assert relaxable == {"voluntary"}


def test_the_regulation_is_named_in_full() -> None:
    assert "2921" in REGULATION
    assert SCHEME.regulation == REGULATION
    assert SCHEME.report_by == (4, 1)
    assert SCHEME.audit_from_ore == 200_000_00
