"""Closing a unit from a day on, and moving a site. Runs inside the caller's transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.record import record
from portal.record.services import Recorded
from portal.units.events import MovePlanned, MoveWithdrawn
from portal.units.models import ContactPerson, CountyRegion, OperatorContract, SiteMove, Unit
from portal.units.refusals import UnitRefused
from portal.units.standing import Standing, lock_unit

CLOSABLE = ("site", "region")
PARENTS = ("region", "ate")
PLANNED = and_(SiteMove.done_at.is_(None), SiteMove.withdrawn_at.is_(None))
"""Moves that are decided, and neither made nor taken back."""


def close(session: Session, unit_id: int, day: date) -> Standing:
    """Let a unit be closed from `day` on, with its contact persons; gives where it stands.

    The directorate, its teams and ATE are not closed so: no tree is left without its last administrator.
    Raises `UnitRefused` for what must be settled first.
    """
    unit = lock_unit(session, unit_id)
    if unit.kind not in CLOSABLE:
        raise UnitRefused("not_closable")
    if unit.closed_on is not None:
        raise UnitRefused("closed_already")
    if day < clock.today():
        raise UnitRefused("day_passed")
    hanging = first_hanging(session, unit_id, day)
    if hanging is not None:
        raise UnitRefused(hanging)
    values = {"valid_to": day, "version": Unit.version + 1}
    session.execute(update(Unit).where(Unit.id == unit_id).values(values))
    still = or_(ContactPerson.valid_to.is_(None), ContactPerson.valid_to > day)
    session.execute(
        update(ContactPerson)
        .where(ContactPerson.unit_id == unit_id, still)
        .values(valid_to=func.greatest(day, ContactPerson.valid_from), version=ContactPerson.version + 1)
    )
    return unit


def first_hanging(session: Session, unit_id: int, day: date) -> str | None:
    """The code of the first thing that must be settled before the unit can close on `day`; None for none."""
    open_then = or_(Unit.valid_to.is_(None), Unit.valid_to > day)
    of_county = or_(CountyRegion.valid_to.is_(None), CountyRegion.valid_to > day)
    runs = or_(OperatorContract.valid_to.is_(None), OperatorContract.valid_to >= day)
    for code, statement in (
        ("has_sites", select(Unit.id).where(Unit.parent_id == unit_id, open_then)),
        ("has_sites", select(SiteMove.id).where(SiteMove.to_id == unit_id, PLANNED)),
        ("move_planned", select(SiteMove.id).where(SiteMove.unit_id == unit_id, PLANNED)),
        ("has_counties", select(CountyRegion.id).where(CountyRegion.region_id == unit_id, of_county)),
        ("contract_runs", select(OperatorContract.id).where(OperatorContract.site_id == unit_id, runs)),
    ):
        if session.execute(statement.limit(1)).first() is not None:
            return code
    return None


def plan_move(
    session: Session, unit_id: int, to_id: int, day: date, reason: str, *, actor: Recorded | None
) -> int:
    """Decide that a site moves under another region or ATE on `day`; gives the move's id. `UnitRefused`."""
    unit, target = lock_unit(session, unit_id), lock_unit(session, to_id)
    _may_move(session, unit, target, day)
    if not reason.strip():
        raise UnitRefused("reason_missing")
    values = {"unit_id": unit_id, "from_id": unit.regional_id, "to_id": to_id, "from_day": day}
    about = {"reason": reason.strip(), "decided_by": actor.person_id if actor else None}
    made: int = session.execute(
        insert(SiteMove).values(**values, **about).returning(SiteMove.id)
    ).scalar_one()
    if day > clock.today():
        told = MovePlanned(
            subject_id=unit_id, unit_id=unit_id, region_id=to_id, valid_from=day.isoformat(), **unit.scope
        )
        record(told, actor=actor)
    return made


def _may_move(session: Session, unit: Standing, target: Standing, day: date) -> None:
    if unit.kind != "site":
        raise UnitRefused("not_a_site")
    if unit.closed_on is not None:
        raise UnitRefused("closed_already")
    if day < clock.today():
        raise UnitRefused("day_passed")
    if target.kind not in PARENTS or (target.closed_on is not None and target.closed_on <= day):
        raise UnitRefused("not_a_new_parent")
    if unit.regional_id == target.unit_id:
        raise UnitRefused("same_parent")
    if _planned(session, unit.unit_id) is not None:
        raise UnitRefused("move_planned")


def move(session: Session, move_id: int) -> tuple[Standing, Standing]:
    """Put the site of a planned move under its new parent; gives (the site as it stood, the new parent)."""
    row = session.execute(select(SiteMove.unit_id, SiteMove.to_id).where(SiteMove.id == move_id)).one()
    unit, target = lock_unit(session, row.unit_id), lock_unit(session, row.to_id)
    session.execute(
        update(Unit)
        .where(Unit.id == unit.unit_id)
        .values(
            parent_id=target.unit_id,
            national_id=target.national_id,
            regional_id=target.regional_id,
            version=Unit.version + 1,
        )
    )
    session.execute(update(SiteMove).where(SiteMove.id == move_id).values(done_at=clock.now()))
    return unit, target


def withdraw_move(session: Session, unit_id: int, *, actor: Recorded | None) -> None:
    """Take a planned move back. Raises `UnitRefused` when there is none."""
    unit = lock_unit(session, unit_id)
    planned = _planned(session, unit_id)
    if planned is None:
        raise UnitRefused("move_gone")
    session.execute(update(SiteMove).where(SiteMove.id == planned).values(withdrawn_at=clock.now()))
    record(MoveWithdrawn(subject_id=unit_id, unit_id=unit_id, **unit.scope), actor=actor)


def moves_due(session: Session, day: date) -> list[int]:
    """Planned moves whose day has come, oldest first."""
    statement = select(SiteMove.id).where(PLANNED, SiteMove.from_day <= day)
    return list(session.execute(statement.order_by(SiteMove.id)).scalars())


def _planned(session: Session, unit_id: int) -> int | None:
    statement = select(SiteMove.id).where(PLANNED, SiteMove.unit_id == unit_id)
    found: int | None = session.execute(statement).scalar()
    return found
