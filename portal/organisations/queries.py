"""Reading organisations: staff through their reach, members through their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Text,
    and_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)

from portal.access.actor import LEVELS, NOWHERE, Actor
from portal.access.policy import OutOfReach, visible
from portal.database import read, read_one
from portal.organisations.agreements import queries as agreements
from portal.organisations.exclusion.models import Exclusion
from portal.organisations.models import Organisation
from portal.organisations.permissions import ORGANISATION_READ, OWN_READ
from portal.organisations.searching import Wish, condition
from portal.units.models import County, CountyRegion, Municipality, Unit
from portal.units.ordering import sort_key
from portal.web.kit.paging import PAGE_SIZE, Page, decode_key, page_of


@dataclass(frozen=True, slots=True)
class Found:
    """An organisation as its page reads it; `plugin` is always None: it belongs to the core."""

    unit_id: int
    number: str | None
    kind: str
    legal_form: str
    name: str
    level: str
    language: str
    email: str
    phone: str
    website: str
    address: str
    purpose: str
    activities: list[str]
    facts: dict[str, Any] | None
    facts_at: datetime | None
    register_status: str
    state: str
    created_at: datetime
    version: int
    national_id: int | None
    regional_id: int | None
    local_id: int | None
    owner_id: int
    municipality: str | None
    handler: str | None
    notice: bool = False
    plugin: str | None = None


_O = Organisation
_TOWN = select(Municipality.name).where(Municipality.number == _O.municipality_number).scalar_subquery()
_ONE: Any = select(
    _O.unit_id, _O.number, _O.kind, _O.legal_form, _O.name, _O.level, _O.language, _O.email, _O.phone,
    _O.website, _O.address, _O.purpose, _O.activities, _O.facts, _O.facts_at, _O.register_status, _O.state,
    _O.created_at, _O.version, _O.national_id, _O.regional_id, _O.local_id, _O.owner_id,
    _TOWN.label("town"),
    select(Unit.name).where(Unit.id == _O.regional_id).scalar_subquery().label("region"),
    select(Unit.name).where(Unit.id == _O.national_id).scalar_subquery().label("team"),
    exists().where(Exclusion.unit_id == _O.unit_id, Exclusion.state == "noticed").label("notice"),
)  # fmt: skip
_LIST: Any = select(
    _O.sort_key, _O.unit_id, _O.name, _O.number, _O.kind, _O.level, _O.register_status,
    Municipality.name.label("town"), agreements.has_now().label("has_agreement"),
    _O.state,
).outerjoin(Municipality, Municipality.number == _O.municipality_number)  # fmt: skip
_EXPORT: Any = _LIST.add_columns(
    _O.email, _O.phone, _O.website, _O.activities, _O.created_at, County.name.label("county"),
    _O.facts["in_voluntary_register"].astext.label("voluntary"), agreements.standing().label("agreement"),
    agreements.until().label("agreement_until"),
).outerjoin(County, County.number == Municipality.county_number)  # fmt: skip
_REGIONS: Any = (
    select(County.number, County.name, Unit.id.label("region_id"), Unit.name.label("region"), Unit.sort_key)
    .outerjoin(
        CountyRegion,
        and_(
            CountyRegion.county_number == County.number,
            CountyRegion.valid_from <= bindparam("day"),
            or_(CountyRegion.valid_to.is_(None), CountyRegion.valid_to > bindparam("day")),
        ),
    )
    .outerjoin(Unit, Unit.id == CountyRegion.region_id)
)
_TOWNS = (
    select(Municipality.number, Municipality.name)
    .where(Municipality.county_number == bindparam("county"))
    .order_by(Municipality.sort_key, Municipality.number)
)
EXPORT_LIMIT = 5000
ANYTHING = Wish()


@dataclass(frozen=True, slots=True)
class Places:
    """What a place can be chosen from: (region id, name), (county, name), and the county's municipalities."""

    regions: list[tuple[int, str]]
    counties: list[tuple[str, str]]
    municipalities: list[tuple[str, str]]


def get(unit_id: int, *, actor: Actor) -> Found:
    """An organisation the actor follows up or belongs to; raises `OutOfReach`."""
    reach = or_(visible(actor, ORGANISATION_READ, _O), visible(actor, OWN_READ, _O))
    row = read_one(_ONE.where(_O.unit_id == bindparam("unit_id"), reach), {"unit_id": unit_id})
    if row is None:
        raise OutOfReach(unit_id)
    values: dict[str, Any] = dict(row._mapping)
    town, region, team = (values.pop(name) for name in ("town", "region", "team"))
    return Found(**values, municipality=town, handler=region or team)


def listed(actor: Actor, after: str | None, wish: Wish = ANYTHING) -> Page[Row[Any]]:
    """A page of the organisations in the actor's reach that are what `wish` looks for, in Norwegian order."""
    rows = _merged(_LIST.where(condition(wish)), actor, decode_key(after, (str, int)), PAGE_SIZE + 1)
    return page_of(rows, lambda row: (row.sort_key, row.unit_id))


def exported(actor: Actor, wish: Wish) -> Sequence[Row[Any]]:
    """Every row of the same list, for a file: at most `EXPORT_LIMIT` and one more."""
    return _merged(_EXPORT.where(condition(wish)), actor, None, EXPORT_LIMIT + 1)


def places(county: str, *, on: date) -> Places:
    """The regions and counties of a day, and the municipalities of `county` if one is given."""
    rows = sorted(map(tuple, read(_REGIONS, {"day": on})), key=lambda row: sort_key(row[1]))
    regions = {region: (key, name) for _number, _county, region, name, key in rows if region is not None}
    in_order = sorted((key, region, name) for region, (key, name) in regions.items())
    towns = read(_TOWNS, {"county": county}) if county else []
    return Places(
        [(region, name) for _key, region, name in in_order],
        [(number, name) for number, name, *_region in rows],
        [(number, name) for number, name in map(tuple, towns)],
    )


def _merged(statement: Any, actor: Actor, key: tuple[Any, ...] | None, limit: int) -> Sequence[Row[Any]]:
    """One keyset query for each place the actor reaches, merged: ascending, unlike `access.lists`."""
    if key is not None:
        last = tuple_(bindparam(None, key[0], Text), bindparam(None, key[1], _O.unit_id.type))
        statement = statement.where(tuple_(_O.sort_key, _O.unit_id) > last)
    reach = actor.reach.get(ORGANISATION_READ.name, NOWHERE)
    most: ColumnElement[int] = literal_column(str(limit), Integer)
    branches = [
        statement.where(getattr(_O, f"{level}_id") == unit).order_by(_O.sort_key, _O.unit_id).limit(most)
        for level in LEVELS
        for unit in sorted(reach.level(level))
    ]
    if not branches:
        return []
    if len(branches) == 1:
        return read(branches[0])
    merged = union(*[select(branch.subquery()) for branch in branches]).subquery()
    return read(select(merged).order_by(merged.c.sort_key, merged.c.unit_id).limit(most))
