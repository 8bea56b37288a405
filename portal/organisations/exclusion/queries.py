"""Reading cases of ended cooperation, and whether one keeps an organisation out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Select, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from portal import clock
from portal.access.actor import NOWHERE, Actor
from portal.access.policy import OutOfReach, visible
from portal.database import read, scalar
from portal.organisations.exclusion.models import Exclusion
from portal.organisations.exclusion.rules import NOT_EXCLUDED
from portal.organisations.models import Organisation
from portal.organisations.permissions import EXCLUSION_DECIDE, OWN_EDIT
from portal.rules import Rule
from portal.web.kit.overview import bound

_E = Exclusion


@dataclass(frozen=True, slots=True)
class Case:
    """A case of ended cooperation as its page reads it."""

    id: int
    unit_id: int
    state: str
    reason: str
    legal_basis: str
    answer_by: date
    noticed_by: int
    noticed_at: datetime
    reply: str
    replied_at: datetime | None
    decision_reason: str
    decided_at: datetime | None
    lift_reason: str
    lifted_at: datetime | None
    version: int

    @property
    def heard(self) -> bool:
        """True once the organisation has answered, or its time to answer is over."""
        return self.replied_at is not None or self.answer_by < clock.today()


_CASES: Any = (
    select(*(getattr(_E, name) for name in Case.__slots__))
    .where(_E.unit_id == bindparam("unit_id"))
    .order_by(_E.id.desc())
    .limit(20)
)
_STATE = select(Organisation.state).where(Organisation.unit_id == bindparam("unit_id"))
_TO_ANSWER = (
    select(_E.unit_id, Organisation.name, _E.answer_by)
    .join(Organisation, Organisation.unit_id == _E.unit_id)
    .where(
        _E.unit_id == any_(bindparam("units", type_=ARRAY(BigInteger))),
        _E.state == "noticed",
        _E.replied_at.is_(None),
    )
    .order_by(_E.answer_by)
    .limit(5)
)
_TO_DECIDE: Any = (
    select(_E.unit_id, Organisation.name, _E.noticed_by)
    .join(Organisation, Organisation.unit_id == _E.unit_id)
    .where(
        _E.state == "noticed",
        or_(_E.replied_at.is_not(None), _E.answer_by < bindparam("today")),
        _E.noticed_by != bindparam("person_id"),
    )
    .order_by(_E.id)
    .limit(5)
)


def cases(unit_id: int) -> list[Case]:
    """The cases of an organisation judged in reach, newest first."""
    return [Case(*tuple(row)) for row in read(_CASES, {"unit_id": unit_id})]


def open_case(unit_id: int) -> Case:
    """The case that is open; raises `OutOfReach` when none is."""
    found = next((one for one in cases(unit_id) if one.state in ("noticed", "excluded")), None)
    if found is None:
        raise OutOfReach(unit_id)
    return found


def barred(unit_id: int) -> Rule | None:
    """The rule that keeps an organisation from new grants, to be cited; None when nothing does."""
    return NOT_EXCLUDED if scalar(_STATE, {"unit_id": unit_id}) == "excluded" else None


def to_answer(actor: Actor) -> Select[Any] | None:
    """Notices that wait for an organisation the actor answers for, to be read: unit_id, name, answer_by."""
    units = sorted(actor.reach.get(OWN_EDIT.name, NOWHERE).owner)
    return bound(_TO_ANSWER, units=units) if units else None


def to_decide(actor: Actor) -> Select[Any] | None:
    """Cases that are heard and wait for somebody else than gave notice, to be read: unit_id, name."""
    if not actor.may_somewhere(EXCLUSION_DECIDE.name):
        return None
    statement: Select[Any] = _TO_DECIDE.where(visible(actor, EXCLUSION_DECIDE, _E))
    return bound(statement, today=clock.today(), person_id=actor.person_id)
