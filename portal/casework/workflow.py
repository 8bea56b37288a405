"""Workflows as data: states a case can be in, and the steps between them.

A workflow is checked when it is declared: every state can be reached and left, so no case is stranded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.rules import Rule
from portal.web.kit.i18n import LazyString

Kind = Literal["draft", "waiting", "returned", "granted", "refused", "closed"]
Part = Literal["prepared", "decided"]
Guard = Callable[[Any, Actor], Rule | None]
"""Takes the case's facts and the actor; gives the rule that says no, or None."""


class BrokenWorkflow(ValueError):
    """A workflow has a state nobody can come to or get out of, or a step to nowhere."""


@dataclass(frozen=True, slots=True)
class State:
    """A state (*tilstand*) with what staff and applicants call it, and what the applicant may expect next."""

    name: str
    kind: Kind
    staff: LazyString
    applicant: LazyString
    expect: LazyString | str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """A step from one of `source` to `target`, for holders of `permission`.

    `told` is how the timeline tells it. `part` is what doing it makes of the person. `by_party`: the
    applicant's own step, where staff's impartiality is not asked for.
    """

    name: str
    label: LazyString
    told: LazyString
    source: tuple[str, ...]
    target: str
    permission: Permission
    guard: Guard | None = None
    needs_reason: bool = False
    part: Part | None = None
    by_party: bool = False


@dataclass(frozen=True)
class Workflow:
    """The states and steps of one kind of case; the first state is where it begins.

    `declares`: staff declare that they are impartial (*habil*) before the content opens to them. `handles`:
    the permission of the caseworker the case is given to; steps that ask for it are theirs alone.
    """

    kind: str
    title: LazyString
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    declares: bool = False
    handles: Permission | None = None

    @property
    def first(self) -> State:
        """Where a new case begins."""
        return self.states[0]

    def state(self, name: str) -> State:
        """The state of that name; raises `KeyError`."""
        return next(_named(self.states, name))

    def transition(self, name: str) -> Transition:
        """The step of that name; raises `KeyError`."""
        return next(_named(self.transitions, name))

    def leaving(self, state: str) -> list[Transition]:
        """The steps out of a state."""
        return [one for one in self.transitions if state in one.source]


def _named(things: Iterable[Any], name: str) -> Iterator[Any]:
    for one in things:
        if one.name == name:
            yield one
            return
    raise KeyError(name)


WORKFLOWS: dict[str, Workflow] = {}


def declare(workflow: Workflow) -> Workflow:
    """Check a workflow and put it in the catalogue. Raises `BrokenWorkflow`."""
    check(workflow)
    known = WORKFLOWS.setdefault(workflow.kind, workflow)
    if known != workflow:
        raise BrokenWorkflow(f"{workflow.kind}: declared twice")
    return known


def check(workflow: Workflow) -> None:
    """Raise `BrokenWorkflow` unless every state is reachable, and leavable or of the kind `closed`."""
    names = [state.name for state in workflow.states]
    if len(set(names)) != len(names):
        raise BrokenWorkflow(f"{workflow.kind}: two states have one name")
    steps = [step.name for step in workflow.transitions]
    if len(set(steps)) != len(steps):
        raise BrokenWorkflow(f"{workflow.kind}: two transitions have one name")
    for step in workflow.transitions:
        for name in (*step.source, step.target):
            if name not in names:
                raise BrokenWorkflow(f"{workflow.kind}: {step.name} names the unknown state {name}")
    lost = set(names) - _reachable(workflow)
    if lost:
        raise BrokenWorkflow(f"{workflow.kind}: no way to {', '.join(sorted(lost))}")
    stuck = [s.name for s in workflow.states if s.kind != "closed" and not workflow.leaving(s.name)]
    if stuck:
        raise BrokenWorkflow(f"{workflow.kind}: no way out of {', '.join(stuck)}")


def _reachable(workflow: Workflow) -> set[str]:
    reached = {workflow.first.name}
    grown = True
    while grown:
        new = {t.target for t in workflow.transitions if reached.intersection(t.source)} - reached
        reached |= new
        grown = bool(new)
    return reached


def state_label(kind: str, state: str, *, staff: bool) -> tuple[LazyString | str, str]:
    """What a state is called and its kind, for a tag; a workflow no longer installed gives its bare name."""
    workflow = WORKFLOWS.get(kind)
    if workflow is None:
        return state, "neutral"
    found = workflow.state(state)
    return (found.staff if staff else found.applicant), found.kind
