"""The list of proposals (*innstillingsliste*) of a call: what waits for a decision, against the frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, cast, func, or_, select
from sqlalchemy.orm import aliased

from portal import clock
from portal.access.actor import Actor
from portal.access.models import Assignment
from portal.access.policy import visible
from portal.access.roles import ROLES
from portal.casework.firing import judge
from portal.casework.impartiality import closed_by
from portal.casework.models import Case
from portal.casework.standing import READER, STANDING, parts_in
from portal.database import read, transaction
from portal.funding.call_queries import get_call
from portal.funding.events import ProposalsExported
from portal.funding.facts import CallFacts
from portal.funding.models import Application, Assessment, Call, CallFrame, CallVersion
from portal.funding.permissions import APPLICATION_DECIDE
from portal.funding.workflow import APPLICATION
from portal.identity.models import Person
from portal.record import record
from portal.rules import Rule
from portal.units.models import Unit

_Owner, _Region, _Author = aliased(Unit), aliased(Unit), aliased(Person)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed case in the list. Satisfies `casework.Subject`, and what the decision's guards read.

    `standing` is what the reader is in the case. Sums in øre.
    """

    id: int
    kind: str
    number: str | None
    title: str
    state: str
    version: int
    plugin: str | None
    national_id: int | None
    regional_id: int | None
    local_id: int | None
    owner_id: int
    handler_id: int | None
    submitted_at: datetime
    owner_name: str
    region_name: str | None
    amount_ore: int
    late: bool
    rolling: bool
    closes_at: datetime
    outcome: str
    proposed_ore: int
    reasons: str
    author_id: int
    author_name: str
    standing: Any

    @property
    def assessment(self) -> str:
        """There is one: the list holds nothing else."""
        return self.outcome

    @property
    def parts(self) -> frozenset[str]:
        """What the reader is in the case, as names of parts."""
        return parts_in(self.standing)

    def closed_by(self, actor: Actor) -> Rule | None:
        """The rule that closes the case's content to `actor`, or None."""
        return closed_by(self, actor, self.parts)

    def kept_from(self, actor: Actor) -> Rule | None:
        """The rule that keeps `actor` from deciding this case, or None."""
        step = APPLICATION.transition("grant" if self.proposed_ore else "refuse")
        return judge(self, step, actor=actor, parts=self.parts)


_COLUMNS = (
    Case.id,
    Case.kind,
    Case.number,
    Case.title,
    Case.state,
    Case.version,
    Case.plugin,
    Case.national_id,
    Case.regional_id,
    Case.local_id,
    Case.owner_id,
    Case.handler_id,
    Case.submitted_at,
    _Owner.name,
    _Region.name,
    func.coalesce(Application.amount_ore, 0),
    Application.late,
    CallVersion.rolling,
    CallVersion.closes_at,
    Assessment.outcome,
    Assessment.proposed_ore,
    Assessment.reasons,
    Assessment.author_id,
    _Author.name,
    STANDING,
)
_PROPOSED: Any = (
    select(*(column.label(one.name) for one, column in zip(fields(Proposal), _COLUMNS, strict=True)))
    .select_from(Application)
    .join(Case, Case.id == Application.case_id)
    .join(
        CallVersion,
        (CallVersion.call_id == Application.call_id) & (CallVersion.version == Application.call_version),
    )
    .join(Assessment, Assessment.case_id == Case.id)
    .join(_Owner, _Owner.id == Case.owner_id)
    .join(_Author, _Author.id == Assessment.author_id)
    .outerjoin(_Region, _Region.id == Case.regional_id)
    .where(Application.call_id == bindparam("call_id"), Case.state == "proposed")
    .order_by(Case.submitted_at, Case.id)
)
_WAITING: Any = (
    select(
        Call.id,
        CallVersion.texts,
        CallFrame.frame_ore,
        CallFrame.committed_ore,
        func.count(Case.id),
        cast(func.coalesce(func.sum(Assessment.proposed_ore), 0), BigInteger),
    )
    .join(CallVersion, (CallVersion.call_id == Call.id) & (CallVersion.version == Call.current_version))
    .join(CallFrame, CallFrame.call_id == Call.id)
    .join(Application, Application.call_id == Call.id)
    .join(Case, Case.id == Application.case_id)
    .join(Assessment, Assessment.case_id == Case.id)
    .where(Call.scheme == bindparam("scheme"), Case.state == "proposed")
    .group_by(Call.id, CallVersion.call_id, CallVersion.version, CallFrame.call_id)
    .order_by(Call.id.desc())
)


def proposed(call_id: int, *, actor: Actor) -> list[Proposal]:
    """Every proposal of a call that the actor's role reaches to decide, in the order they were sent."""
    rows: Any = read(
        _PROPOSED.where(visible(actor, APPLICATION_DECIDE, Case)),
        {"call_id": call_id, READER: actor.person_id},
    )
    return [Proposal(*tuple(row)) for row in rows]


def calls_with_proposals(scheme: str, *, actor: Actor) -> Sequence[Any]:
    """(call id, texts, frame, bound, how many proposals in the actor's reach, their sum), newest first."""
    return read(_WAITING.where(visible(actor, APPLICATION_DECIDE, Case)), {"scheme": scheme})


def others_who_decide(proposals: Iterable[Proposal], *, actor: Actor) -> dict[int, list[str]]:
    """Unit id → names of those besides the actor who decide there, for the places of `proposals`."""
    places = {unit for one in proposals for unit in (one.regional_id, one.national_id) if unit}
    if not places:
        return {}
    now = clock.now()
    roles = [role.name for role in ROLES.values() if APPLICATION_DECIDE.name in role.permissions]
    rows: Any = read(
        select(Assignment.unit_id, Person.name)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Assignment.unit_id.in_(sorted(places)),
            Assignment.role.in_(roles),
            Assignment.person_id != actor.person_id,
            Assignment.ended_at.is_(None),
            Assignment.valid_from <= now,
            or_(Assignment.valid_to.is_(None), Assignment.valid_to > now),
        )
        .order_by(Person.name, Assignment.id)
    )
    found: dict[int, list[str]] = {}
    for unit, name in map(tuple, rows):
        found.setdefault(unit, []).append(name)
    return found


def export(scheme: str, call_id: int, *, actor: Actor) -> tuple[CallFacts, list[Proposal]]:
    """The list for a file, and an entry in the audit trail of who took it out. Raises `OutOfReach`.

    Holds the cases that are open to the actor, who has declared to have no ties to them.
    """
    with transaction(actor=actor):
        call = get_call(call_id, scheme=scheme)
        rows = [one for one in proposed(call_id, actor=actor) if one.closed_by(actor) is None]
        first = rows[0] if rows else None
        event = ProposalsExported(
            subject_id=call_id,
            national_id=first.national_id if first else None,
            regional_id=first.regional_id if first else None,
            rows=len(rows),
        )
        record(event, actor=actor)
    return call, rows
