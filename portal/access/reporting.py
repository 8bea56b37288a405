"""Who reports to whom (fvl. § 6 third paragraph): set and ended, never deleted."""

from __future__ import annotations

from sqlalchemy import func, insert, select, update

from portal import clock
from portal.access.actor import Actor
from portal.access.declared import ASSIGNMENT_MANAGE, ASSIGNMENT_READ
from portal.access.events import ReportingLineEnded, ReportingLineSet
from portal.access.models import Assignment, ReportingLine
from portal.access.permissions import Permission
from portal.access.policy import Denied, OutOfReach, visible
from portal.database import db, read_one, transaction
from portal.record import record
from portal.units.models import Unit


class LineRefused(ValueError):
    """A line that cannot be: `oneself`, or `circle` where the leader reports to the person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def report_to(person_id: int, leader_id: int, *, actor: Actor) -> None:
    """Let a person report to a leader from now on, in place of an earlier one.

    Raises `LineRefused`, and `Denied` for a person without a role where the actor gives roles.
    """
    if person_id == leader_id:
        raise LineRefused("oneself")
    with transaction(actor=actor) as session:
        _require_within(person_id, actor)
        if _leader_of(leader_id) == person_id:
            raise LineRefused("circle")
        if _leader_of(person_id) == leader_id:
            return
        _end(person_id)
        session.execute(
            insert(ReportingLine).values(
                person_id=person_id, leader_id=leader_id, since=clock.now(), set_by=actor.person_id
            )
        )
        record(ReportingLineSet(subject_id=person_id, person_id=person_id, leader_id=leader_id), actor=actor)


def end_line(line_id: int, *, actor: Actor) -> None:
    """End a line now; one that has ended stays. Raises `OutOfReach`, `Denied`."""
    with transaction(actor=actor):
        found = read_one(select(ReportingLine.person_id).where(ReportingLine.id == line_id))
        if found is None:
            raise OutOfReach(f"reporting line {line_id}")
        if not _within(found.person_id, ASSIGNMENT_READ, actor):
            raise OutOfReach(f"reporting line {line_id}")
        _require_within(found.person_id, actor)
        ended = db.session.execute(
            update(ReportingLine)
            .where(ReportingLine.id == line_id, ReportingLine.ended_at.is_(None))
            .values(ended_at=func.greatest(ReportingLine.since, clock.now()))
            .returning(ReportingLine.leader_id)
        ).first()
        if ended is not None:
            event = ReportingLineEnded(
                subject_id=found.person_id, person_id=found.person_id, leader_id=ended.leader_id
            )
            record(event, actor=actor)


def _end(person_id: int) -> None:
    db.session.execute(
        update(ReportingLine)
        .where(ReportingLine.person_id == person_id, ReportingLine.ended_at.is_(None))
        .values(ended_at=func.greatest(ReportingLine.since, clock.now()))
    )


def _leader_of(person_id: int) -> int | None:
    row = read_one(
        select(ReportingLine.leader_id).where(
            ReportingLine.person_id == person_id, ReportingLine.ended_at.is_(None)
        )
    )
    return None if row is None else int(row.leader_id)


def _require_within(person_id: int, actor: Actor) -> None:
    if not _within(person_id, ASSIGNMENT_MANAGE, actor):
        raise Denied(ASSIGNMENT_MANAGE)


def _within(person_id: int, permission: Permission, actor: Actor) -> bool:
    """Whether the person has a role somewhere that the permission reaches."""
    held = read_one(
        select(Assignment.id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(
            Assignment.person_id == person_id,
            Assignment.ended_at.is_(None),
            visible(actor, permission, Unit),
        )
        .limit(1)
    )
    return held is not None
