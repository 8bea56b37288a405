"""Taking a step: the one predicate behind what is offered and what is done.

`available` and `fire` ask `judge`, in this order: state, permission, guard, impartiality and separation.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update

from portal import clock
from portal.access.actor import Actor, scope_of
from portal.access.policy import Denied, allowed, require_proof
from portal.casework.deadlines import drop_deadlines
from portal.casework.events import CaseMoved
from portal.casework.impartiality import impartial
from portal.casework.models import Case, CaseHistory, CaseRequest
from portal.casework.rules import ANOTHERS, REASON_NEEDED, SEPARATION, TAINTED, Refused
from portal.casework.services import take_part
from portal.casework.standing import parts_of
from portal.casework.subject import Subject
from portal.casework.workflow import WORKFLOWS, Transition
from portal.database import db
from portal.record import record
from portal.rules import Rule

__all__ = ["CaseChanged", "Option", "Refused", "available", "fire", "judge", "may_prepare"]


FINISHED = ("refused", "closed")
"""Kinds of states in which nothing is waited for; what begins anew after an appeal sets its own deadlines."""


class CaseChanged(Exception):
    """Somebody else took the case further meanwhile; look at it again."""


@dataclass(frozen=True, slots=True)
class Option:
    """A step the actor's role carries from here; with `refused`, the rule that keeps them from it."""

    transition: Transition
    refused: Rule | None


def judge(subject: Subject, step: Transition, *, actor: Actor, parts: Collection[str]) -> Rule | None:
    """May `actor`, who has done `parts` in the case, take `step` now? Gives the rule that says no, or None.

    Raises `CaseChanged` from another state than the step's source and `Denied` without its permission.
    """
    if subject.state not in step.source:
        raise CaseChanged
    if not allowed(actor, step.permission, subject):
        raise Denied(step.permission)
    if step.guard is not None and (rule := step.guard(subject, actor)) is not None:
        return rule
    if step.by_party:
        return None
    if step.part == "decided" and "prepared" in parts:
        return SEPARATION
    if step.part == "decided" and "tainted" in parts:
        return impartial(subject, actor, parts) or TAINTED
    if step.permission == WORKFLOWS[subject.kind].handles:
        return may_prepare(subject, actor, parts)
    return impartial(subject, actor, parts)


def may_prepare(subject: Subject, actor: Actor, parts: Collection[str]) -> Rule | None:
    """May the actor do the caseworker's work in the case? Gives the rule that says no, or None.

    They are impartial, and the case is not given to another.
    """
    given = subject.handler_id not in (None, actor.person_id)
    return impartial(subject, actor, parts) or (ANOTHERS if given else None)


def available(subject: Subject, *, actor: Actor, parts: Collection[str]) -> list[Option]:
    """The steps the actor's roles carry from where the case stands; no statement is sent."""
    found = []
    for step in WORKFLOWS[subject.kind].leaving(subject.state):
        if allowed(actor, step.permission, subject):
            found.append(Option(step, judge(subject, step, actor=actor, parts=parts)))
    return found


def fire(
    subject: Subject,
    name: str,
    *,
    actor: Actor,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> int:
    """Take the step `name` in the current transaction and give the case's new version.

    `changes` are columns of the case that change with it (places and number when it is sent).
    Raises `Denied`, `ProofNeeded`, `Refused` with the rule, or `CaseChanged` when the case has moved since
    it was read.
    """
    workflow = WORKFLOWS[subject.kind]
    step = workflow.transition(name)
    require_proof(actor, step.permission)
    parts = frozenset() if step.by_party else parts_of(subject.id, actor.person_id)
    refused = judge(subject, step, actor=actor, parts=parts)
    if refused is None and step.needs_reason and not reason.strip():
        refused = REASON_NEEDED
    if refused is not None:
        raise Refused(refused)
    target = workflow.state(step.target)
    moved = db.session.execute(
        update(Case)
        .where(Case.id == subject.id, Case.version == subject.version, Case.state == subject.state)
        .values(state=target.name, state_kind=target.kind, version=Case.version + 1, **(changes or {}))
        .returning(
            Case.version, Case.number, Case.national_id, Case.regional_id, Case.local_id, Case.owner_id
        )
    ).first()
    if moved is None:
        raise CaseChanged
    _write_down(subject, step, actor, reason, moved)
    if target.kind in FINISHED:
        _finish(subject.id)
    version: int = moved.version
    return version


def _finish(case_id: int) -> None:
    """Nothing is waited for in a case that is over: its deadlines go, and what was asked falls away."""
    drop_deadlines(case_id)
    db.session.execute(
        update(CaseRequest)
        .where(CaseRequest.case_id == case_id, CaseRequest.answered_at.is_(None))
        .values(answered_at=clock.now(), draft={})
    )


def _write_down(subject: Subject, step: Transition, actor: Actor, reason: str, moved: Any) -> None:
    db.session.execute(
        insert(CaseHistory).values(
            case_id=subject.id,
            transition=step.name,
            source=subject.state,
            target=step.target,
            reason=reason.strip(),
            person_id=actor.person_id,
            by_party=step.by_party,
            at=clock.now(),
        )
    )
    if step.part is not None:
        take_part(subject.id, step.part, actor=actor)
    record(
        CaseMoved(
            subject_id=subject.id,
            **scope_of(moved),
            kind=subject.kind,
            number=moved.number,
            transition=step.name,
            source=subject.state,
            target=step.target,
        ),
        actor=actor,
    )
