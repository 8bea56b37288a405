"""Impartiality (*habilitet*, fvl. §§ 6-9): the content of a case opens to staff who say they have no ties."""

from __future__ import annotations

from collections.abc import Collection

from portal.access.actor import Actor, Scoped
from portal.access.policy import allowed
from portal.casework.rules import DISQUALIFIED, PARTY, SUBORDINATE, UNDECLARED, Refused
from portal.casework.subject import Subject
from portal.casework.workflow import WORKFLOWS
from portal.rules import Rule


class Undeclared(Refused):
    """The content of this case is closed to the reader until they declare, or for good; `rule` says which."""

    def __init__(self, case_id: int, rule: Rule) -> None:
        super().__init__(rule)
        self.case_id = case_id


def handles(subject: Subject, actor: Actor) -> bool:
    """True when some step of staff's in this kind of case is the actor's to take at its place.

    Whoever only reads, as auditors do, handles nothing and declares nothing.
    """
    workflow = WORKFLOWS.get(subject.kind)
    steps = () if workflow is None else workflow.transitions
    return any(allowed(actor, step.permission, subject) for step in steps if not step.by_party)


def barred(subject: Subject, actor: Actor, parts: Collection[str]) -> Rule | None:
    """May staff have to do with this case at all (fvl. § 6)? Gives the rule that says no, or None."""
    if belongs(subject, actor):
        return PARTY
    if "disqualified" in parts:
        return DISQUALIFIED
    return SUBORDINATE if "subordinate" in parts else None


def impartial(subject: Subject, actor: Actor, parts: Collection[str]) -> Rule | None:
    """May the actor handle this case now? `barred`, and where the workflow asks for it a declaration."""
    rule = barred(subject, actor, parts)
    if rule is not None:
        return rule
    workflow = WORKFLOWS[subject.kind]
    return UNDECLARED if workflow.declares and "impartial" not in parts else None


def belongs(place: Scoped, actor: Actor) -> bool:
    """True for somebody with a role in the party itself."""
    return any(held.unit_id == place.owner_id for held in actor.held)


def closed_by(subject: Subject, actor: Actor, parts: Collection[str]) -> Rule | None:
    """The rule that closes what the party wrote to the actor: staff who handle, and have not declared.

    None for parties, who read their own case, and for those who handle nothing and read by their role alone.
    """
    workflow = WORKFLOWS.get(subject.kind)
    if workflow is None or not workflow.declares or belongs(subject, actor):
        return None
    return impartial(subject, actor, parts) if handles(subject, actor) else None


def check_open(subject: Subject, actor: Actor, parts: Collection[str]) -> None:
    """Raise `Undeclared` when `closed_by` gives a rule."""
    rule = closed_by(subject, actor, parts)
    if rule is not None:
        raise Undeclared(subject.id, rule)
