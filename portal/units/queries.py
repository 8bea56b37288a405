"""What anybody in the portal may know of geography and sites: choices for forms. No scope, no secrets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, case, or_, select

from portal import clock
from portal.database import read
from portal.units.models import County, Municipality, Site, SiteType, Unit

Choices = dict[str, list[tuple[str, str]]]
"""Group label → (value, label), as a select with groups takes it."""


def municipality_choices() -> Choices:
    """All municipalities, grouped by county, both in Norwegian order."""
    grouped: Choices = {}
    for row in read(_MUNICIPALITIES):
        grouped.setdefault(row.county, []).append((row.number, row.name))
    return grouped


def site_type_choices() -> list[tuple[str, str]]:
    """The types of site, in the order of the reference data."""
    return [(row.code, row.name) for row in read(_TYPES)]


def sites_shown_to_all() -> Sequence[Row[Any]]:
    """Sites in force: unit_id, name, type_name, municipality (None for a protected type), regional_id.

    For organisations that choose where to be active. Where a protected site (*særbol*, *særpleie*) lies
    is told only to those who read the register there.
    """
    return read(_SITES, {"day": clock.today()})


_MUNICIPALITIES = (
    select(Municipality.number, Municipality.name, County.name.label("county"))
    .join(County, County.number == Municipality.county_number)
    .order_by(County.number, Municipality.sort_key, Municipality.number)
)
_TYPES = select(SiteType.code, SiteType.name).order_by(SiteType.position)
_SITES = (
    select(
        Unit.id.label("unit_id"),
        Unit.name,
        SiteType.name.label("type_name"),
        case((SiteType.protected, None), else_=Municipality.name).label("municipality"),
        Unit.regional_id,
    )
    .join(Site, Site.unit_id == Unit.id)
    .join(SiteType, SiteType.code == Site.type_code)
    .join(Municipality, Municipality.number == Site.municipality_number)
    .where(or_(Unit.valid_to.is_(None), Unit.valid_to > bindparam("day")))
    .order_by(Unit.sort_key, Unit.id)
)
