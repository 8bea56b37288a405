"""What anybody in the portal may know of geography and sites: choices for forms. No scope, no secrets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, case, func, or_, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal import clock
from portal.database import read
from portal.units.models import (
    ContactPerson,
    County,
    CountyRegion,
    Municipality,
    Site,
    SiteType,
    Unit,
)

Choices = dict[str, list[tuple[str, str]]]
"""Group label → (value, label), as a select with groups takes it."""


def municipality_choices() -> Choices:
    """All municipalities, grouped by county, both in Norwegian order."""
    grouped: Choices = {}
    for row in read(_MUNICIPALITIES):
        grouped.setdefault(row.county, []).append((row.number, row.name))
    return grouped


def county_choices() -> list[tuple[str, str]]:
    """(number, name) of every county, by number."""
    return [
        (row.number, row.name) for row in read(select(County.number, County.name).order_by(County.number))
    ]


def region_choices() -> list[tuple[str, str]]:
    """(unit id, name) of the regions in force, in Norwegian order."""
    rows = read(
        select(Unit.id, Unit.name)
        .where(Unit.kind == "region", Unit.valid_to.is_(None))
        .order_by(Unit.sort_key)
    )
    return [(str(row.id), row.name) for row in rows]


def site_type_choices() -> list[tuple[str, str]]:
    """The types of site, in the order of the reference data."""
    return [(row.code, row.name) for row in read(_TYPES)]


def sites_shown_to_all() -> Sequence[Row[Any]]:
    """Sites in force: unit_id, name, type_name, municipality (None for a protected type), regional_id.

    For organisations that choose where to be active. Where a protected site (*særbol*, *særpleie*) lies
    is told only to those who read the register there.
    """
    return read(_SITES, {"day": clock.today()})


def contacts_shown_to_all() -> Sequence[Row[Any]]:
    """Contact persons of UDI's own units, today: unit_id, unit_name, level, counties, name, email, deputy.

    Functions of the directorate, its regions and ATE only; never of a site. Regions come before the
    national level, and those who answer first before their deputies.
    """
    return read(_CONTACTS, {"day": clock.today()})


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
_COUNTIES = (
    select(func.string_agg(County.name, aggregate_order_by(text("', '"), County.name)))
    .join(CountyRegion, CountyRegion.county_number == County.number)
    .where(
        CountyRegion.region_id == Unit.id,
        CountyRegion.valid_from <= bindparam("day"),
        or_(CountyRegion.valid_to.is_(None), CountyRegion.valid_to > bindparam("day")),
    )
    .scalar_subquery()
)
_CONTACTS = (
    select(
        Unit.id.label("unit_id"),
        Unit.name.label("unit_name"),
        Unit.level,
        _COUNTIES.label("counties"),
        ContactPerson.name,
        ContactPerson.email,
        ContactPerson.deputy,
    )
    .join(Unit, Unit.id == ContactPerson.unit_id)
    .where(
        Unit.tree == "authority",
        Unit.level.in_(("national", "regional")),
        or_(Unit.valid_to.is_(None), Unit.valid_to > bindparam("day")),
        ContactPerson.valid_from <= bindparam("day"),
        or_(ContactPerson.valid_to.is_(None), ContactPerson.valid_to > bindparam("day")),
    )
    .order_by(
        Unit.level.desc(),
        Unit.kind == "ate",
        Unit.kind,
        Unit.sort_key,
        Unit.id,
        ContactPerson.deputy,
        ContactPerson.id,
    )
)
