"""Who may apply: judged by the scheme's rules from what is known of the applicant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.access.actor import NOWHERE, Actor
from portal.database import read, read_one
from portal.funding.facts import CallFacts
from portal.funding.permissions import OWN_APPLICATION_EDIT
from portal.funding.rules import NOT_IN_CALL
from portal.funding.scheme import Scheme
from portal.organisations.models import Organisation
from portal.rules import Rule
from portal.units.models import Unit


class NotEligible(Exception):
    """The applicant may not receive grants of this scheme; the page cites `rule`."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.name)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody one may write an application for; `kind` is None where UDI does not know it yet."""

    unit_id: int
    name: str
    kind: str | None


def owners(actor: Actor) -> list[Owner]:
    """Those the actor may write applications for, by name."""
    ids = actor.reach.get(OWN_APPLICATION_EDIT.name, NOWHERE).owner
    if not ids:
        return []
    statement: Any = (
        select(Unit.id, Unit.name, Unit.kind, Organisation.kind)
        .outerjoin(Organisation, Organisation.unit_id == Unit.id)
        .where(Unit.id.in_(sorted(ids)))
        .order_by(Unit.sort_key, Unit.id)
    )
    return [
        Owner(unit, name, kind or ("individual" if unit_kind == "individual" else None))
        for unit, name, unit_kind, kind in map(tuple, read(statement))
    ]


def judge(scheme: Scheme, call: CallFacts, kind: str, *, owner_id: int) -> Rule | None:
    """The rule that keeps an applicant of `kind` out of a call, or None.

    What UDI has registered of the organisation goes before what the applicant says. Where the call only
    says that voluntary organisations *should* be registered, a human considers those that are not.
    """
    row = read_one(select(Organisation.kind, Organisation.facts).where(Organisation.unit_id == owner_id))
    known = scheme.applicant(row.kind) if row is not None else None
    declared = known or scheme.applicant(kind)
    if declared is None:
        raise KeyError(kind)
    if declared.verdict == "no":
        return declared.rule
    if not call.may_apply(declared):
        return NOT_IN_CALL
    must = declared.verdict == "if_registered" and call.register_strength == "must"
    if must and row is not None and row.facts is not None:
        return None if row.facts.get("in_voluntary_register") else declared.rule
    return None
