"""Which region a county belongs to, and from when. Runs inside the caller's transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.record import record
from portal.record.services import Recorded
from portal.units.events import CountyMoved
from portal.units.models import County, CountyRegion, Unit
from portal.units.refusals import UnitRefused


def move_county(
    session: Session, number: str, region_id: int, valid_from: date, *, actor: Recorded | None
) -> int:
    """Let a county belong to another region from a day on; gives the new row's id.

    The row before is closed on that day and stays. Moving it to where it already is confirms nothing
    and is refused, unless its place was unconfirmed. Raises `UnitRefused`, `LookupError` for no such county.
    """
    locked = select(County.number).where(County.number == number).with_for_update()
    if session.execute(locked).first() is None:
        raise LookupError(f"no county {number}")
    region = session.execute(
        select(Unit.id, Unit.national_id).where(
            Unit.id == region_id, Unit.kind == "region", Unit.valid_to.is_(None)
        )
    ).one_or_none()
    if region is None:
        raise UnitRefused("not_a_region")
    _close_current(session, number, region_id, valid_from)
    made: int = session.execute(
        insert(CountyRegion)
        .values(county_number=number, region_id=region_id, valid_from=valid_from, confirmed=True)
        .returning(CountyRegion.id)
    ).scalar_one()
    event = CountyMoved(
        subject_id=made,
        county=number,
        region_id=region_id,
        valid_from=valid_from.isoformat(),
        national_id=region.national_id,
        regional_id=region_id,
    )
    record(event, actor=actor)
    return made


def _close_current(session: Session, number: str, region_id: int, valid_from: date) -> None:
    rows = session.execute(
        select(CountyRegion.id, CountyRegion.region_id, CountyRegion.valid_from, CountyRegion.confirmed)
        .where(CountyRegion.county_number == number)
        .order_by(CountyRegion.valid_from.desc())
    ).all()
    if not rows:
        return
    last = rows[0]
    if last.region_id == region_id and last.confirmed:
        raise UnitRefused("same_region")
    if valid_from <= last.valid_from:
        raise UnitRefused("move_too_early")
    session.execute(update(CountyRegion).where(CountyRegion.id == last.id).values(valid_to=valid_from))
