"""Who handles an application (*fordeling*): by the call's table, from the sites it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from portal.access.actor import Place
from portal.database import read, scalar
from portal.units.models import Municipality, Site, Unit

SEVERAL = "several"
"""The table's line for applications that name sites in many counties."""
MANY_COUNTIES = 3
"""From how many counties that line counts; the 2020 call said three."""


def place_for(sites: Sequence[int], distribution: Mapping[str, Any], *, national_unit: str) -> Place:
    """The authority's place of an application about `sites`, the first of which is the main one.

    `distribution` maps county numbers, and `SEVERAL`, to regional unit ids; where it says nothing, the
    first site's own region (or ATE) handles it.
    """
    statement = (
        select(Unit.id, Unit.regional_id, Municipality.county_number)
        .outerjoin(Site, Site.unit_id == Unit.id)
        .outerjoin(Municipality, Municipality.number == Site.municipality_number)
        .where(Unit.id.in_(sites))
    )
    found = {row.id: row for row in read(statement)}
    national = scalar(select(Unit.id).where(Unit.code == national_unit))
    first = found.get(sites[0]) if sites else None
    if first is None:
        return Place(national_id=national)
    counties = {row.county_number for row in found.values() if row.county_number}
    regional = distribution.get(first.county_number or "", first.regional_id)
    if len(counties) >= MANY_COUNTIES:
        regional = distribution.get(SEVERAL, regional)
    return Place(national_id=national, regional_id=regional, local_id=sites[0])
