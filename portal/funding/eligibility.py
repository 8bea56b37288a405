"""Who may apply: judged by the scheme's rules from what is known of the applicant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select

from portal.access.actor import NOWHERE, Actor
from portal.database import read, read_one
from portal.funding.facts import CallFacts
from portal.funding.permissions import OWN_APPLICATION_EDIT
from portal.funding.rules import NOT_IN_CALL
from portal.funding.scheme import Scheme
from portal.organisations.exclusion.queries import barred
from portal.organisations.exclusion.rules import NOT_EXCLUDED
from portal.organisations.models import Organisation
from portal.rules import Rule
from portal.units.models import Unit


class NotEligible(Exception):
    """The applicant may not receive grants of this scheme; the page cites `rule`."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.name)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Answer:
    """May they apply? `judged`: UDI considers it (*vurderer*). The rule says why.

    `register` says what a yes rests on where it takes the Register of Voluntary Organisations: that they
    stand there (`met`), or that nobody has looked (`unknown`).
    """

    verdict: Literal["yes", "no", "judged"]
    rule: Rule
    register: Literal["", "met", "unknown"] = ""


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody one may write an application for, as UDI knows them.

    `kind` is None where UDI does not know it yet; `registered` whether they stand in the Register of
    Voluntary Organisations, None where that is not looked up; `excluded` where the cooperation has ended.
    """

    unit_id: int
    name: str
    kind: str | None
    registered: bool | None = None
    excluded: bool = False


def owners(actor: Actor) -> list[Owner]:
    """Those the actor may write applications for, by name."""
    ids = actor.reach.get(OWN_APPLICATION_EDIT.name, NOWHERE).owner
    if not ids:
        return []
    statement: Any = (
        select(Unit.id, Unit.name, Unit.kind, Organisation.kind, Organisation.facts, Organisation.state)
        .outerjoin(Organisation, Organisation.unit_id == Unit.id)
        .where(Unit.id.in_(sorted(ids)))
        .order_by(Unit.sort_key, Unit.id)
    )
    return [
        Owner(
            unit,
            name,
            kind or ("individual" if unit_kind == "individual" else None),
            bool(facts.get("in_voluntary_register")) if facts is not None else None,
            state == "excluded",
        )
        for unit, name, unit_kind, kind, facts, state in map(tuple, read(statement))
    ]


def check(scheme: Scheme, call: CallFacts, kind: str, *, registered: bool | None) -> Answer:
    """Whether an applicant of `kind` may apply in a call. Raises `KeyError` for a kind the scheme has not.

    Where the call only says that voluntary organisations *should* be registered, a human considers those
    that are not. `registered` None: nobody knows, and it is not held against them.
    """
    declared = scheme.applicant(kind)
    if declared is None:
        raise KeyError(kind)
    if declared.verdict == "no":
        return Answer("no", declared.rule)
    if not call.may_apply(declared):
        return Answer("no", NOT_IN_CALL)
    if declared.verdict == "if_registered" and registered is False:
        return Answer("no" if call.register_strength == "must" else "judged", declared.rule)
    if declared.verdict == "if_registered":
        return Answer("yes", declared.rule, "met" if registered else "unknown")
    return Answer("judged" if declared.verdict == "judged" else "yes", declared.rule)


def check_owner(scheme: Scheme, call: CallFacts, owner: Owner) -> Answer | None:
    """The same from what UDI has registered; None where UDI does not know what they are."""
    if owner.excluded:
        return Answer("no", NOT_EXCLUDED)
    if owner.kind is None or scheme.applicant(owner.kind) is None:
        return None
    return check(scheme, call, owner.kind, registered=owner.registered)


def judge(scheme: Scheme, call: CallFacts, kind: str, *, owner_id: int) -> Rule | None:
    """The rule that keeps an applicant of `kind` out of a call, or None.

    What UDI has registered of the organisation goes before what the applicant says.
    """
    ended = barred(owner_id)
    if ended is not None:
        return ended
    row = read_one(select(Organisation.kind, Organisation.facts).where(Organisation.unit_id == owner_id))
    known = row.kind if row is not None and scheme.applicant(row.kind) is not None else kind
    looked_up = row.facts if row is not None else None
    registered = None if looked_up is None else bool(looked_up.get("in_voluntary_register"))
    answer = check(scheme, call, known, registered=registered)
    return answer.rule if answer.verdict == "no" else None
