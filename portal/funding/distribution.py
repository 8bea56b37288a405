"""Who handles an application (*fordeling*): by the call's table, from the first site it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from portal.access.actor import Place
from portal.database import read_one, scalar
from portal.units.models import Municipality, Site, Unit


def place_for(site_id: int, distribution: Mapping[str, Any], *, national_unit: str) -> Place:
    """The authority's place of an application about `site_id`.

    `distribution` maps county numbers to regional unit ids; for a county it does not name, the site's own
    region (or ATE) handles it.
    """
    row = read_one(
        select(Unit.regional_id, Municipality.county_number)
        .outerjoin(Site, Site.unit_id == Unit.id)
        .outerjoin(Municipality, Municipality.number == Site.municipality_number)
        .where(Unit.id == site_id)
    )
    national = scalar(select(Unit.id).where(Unit.code == national_unit))
    if row is None:
        return Place(national_id=national)
    regional = distribution.get(row.county_number or "", row.regional_id)
    return Place(national_id=national, regional_id=regional, local_id=site_id)
