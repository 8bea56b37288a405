"""Workflows and rules that cannot be right do not start."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from portal.casework.diagrams import FOLDER
from portal.casework.workflow import WORKFLOWS, BrokenWorkflow, State, Transition, Workflow, check
from portal.funding.permissions import OWN_APPLICATION_EDIT
from portal.funding.workflow import APPLICATION
from portal.rules import RULES, Rule
from portal.rules.registry import declare
from portal.web.kit.i18n import lazy_gettext

TEXT = lazy_gettext("Draft")


def state(name: str, kind: str = "waiting") -> State:
    return State(name, kind, TEXT, TEXT)  # type: ignore[arg-type]


def step(name: str, source: str, target: str) -> Transition:
    return Transition(name, TEXT, TEXT, (source,), target, OWN_APPLICATION_EDIT)


def flow(states: tuple[State, ...], steps: tuple[Transition, ...]) -> Workflow:
    return Workflow("tests.flow", TEXT, states, steps)


def test_a_sound_workflow_passes() -> None:
    check(flow((state("a", "draft"), state("b", "closed")), (step("go", "a", "b"),)))


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (flow((state("a"), state("b", "closed")), (step("stay", "a", "a"),)), "no way to b"),
        (flow((state("a"), state("b")), (step("go", "a", "b"),)), "no way out of b"),
        (flow((state("a"),), (step("go", "a", "nowhere"),)), "unknown state nowhere"),
        (flow((state("a"), state("a")), (step("go", "a", "a"),)), "two states"),
        (flow((state("a"),), (step("go", "a", "a"), step("go", "a", "a"))), "two transitions"),
    ],
)
def test_a_workflow_with_a_fault_is_refused(broken: Workflow, why: str) -> None:
    with pytest.raises(BrokenWorkflow, match=why):
        check(broken)


def test_a_step_has_no_default_permission() -> None:
    with pytest.raises(TypeError, match="permission"):
        Transition("go", TEXT, TEXT, ("a",), "b")  # type: ignore[call-arg]


def test_what_staff_decide_has_a_guard_and_names_its_part() -> None:
    for step_ in APPLICATION.transitions:
        if step_.target in ("granted", "refused"):
            assert step_.guard is not None
            assert step_.part == "decided"


def test_every_rule_has_a_source() -> None:
    assert RULES
    assert [name for name, rule in RULES.items() if not rule.basis.strip()] == []
    known = next(iter(RULES.values()))
    with pytest.raises(ValueError, match="no source"):
        declare(replace(known, name="tests.bare", basis=" "))
    assert "tests.bare" not in RULES


def test_a_rule_applies_on_its_days_only() -> None:
    rule = Rule("tests.dated", "must", TEXT, "§ 1", date(2026, 1, 1), date(2026, 12, 31))
    assert [rule.in_force(day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2027, 1, 1))] == [
        False,
        True,
        False,
    ]


def test_every_workflow_is_drawn() -> None:
    assert WORKFLOWS
    for kind, workflow in WORKFLOWS.items():
        page = (FOLDER / f"{kind.replace('.', '-')}.md").read_text(encoding="utf-8")
        for step_ in workflow.transitions:
            assert f"| {step_.name} |" in page, f"run flask workflows draw: {kind} has changed"
