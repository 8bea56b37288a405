"""Who follows up an organisation: the national team, or the region whose county it is in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, or_, select

from portal import clock
from portal.access.actor import Place
from portal.database import scalar
from portal.units.models import CountyRegion, Municipality, Unit

NATIONAL_TEAM = "lt-mottaksoppfolging"
DIRECTORATE = "udi"

_UNIT = select(Unit.id).where(Unit.code == bindparam("code"))
_REGION = (
    select(CountyRegion.region_id)
    .join(Municipality, Municipality.county_number == CountyRegion.county_number)
    .where(
        Municipality.number == bindparam("number"),
        CountyRegion.valid_from <= bindparam("day"),
        or_(CountyRegion.valid_to.is_(None), CountyRegion.valid_to >= bindparam("day")),
    )
    .order_by(CountyRegion.valid_from.desc())
)


def region_of(municipality_number: str, *, on: date | None = None) -> int | None:
    """The region's unit id on a day (today), or None where no region is given for the county."""
    region: int | None = scalar(_REGION, {"number": municipality_number, "day": on or clock.today()})
    return region


def place_of(level: str, municipality_number: str | None) -> Place:
    """Whose an organisation is: LT Mottaksoppfølging for national ones, else the municipality's region.

    Without a region (Svalbard, or no municipality given) the national team takes it.
    """
    region = region_of(municipality_number) if level != "national" and municipality_number else None
    if region is None:
        return Place(national_id=scalar(_UNIT, {"code": NATIONAL_TEAM}))
    return Place(national_id=scalar(_UNIT, {"code": DIRECTORATE}), regional_id=region)
