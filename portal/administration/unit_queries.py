"""The register of units as the reader may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select

from portal import clock
from portal.access.actor import Actor
from portal.access.declared import UNIT_READ
from portal.access.policy import OutOfReach, visible
from portal.database import read, read_one
from portal.units.models import (
    ContactPerson,
    County,
    CountyRegion,
    Municipality,
    Operator,
    OperatorContract,
    Site,
    SiteType,
    Unit,
)


@dataclass(slots=True)
class Node:
    """A unit of the tree with what stands beneath it."""

    unit: Row[Any]
    beneath: list[Node] = field(default_factory=list)


def tree(actor: Actor) -> list[Node]:
    """The part of UDI's tree the actor may read; units whose parent they may not read stand at the top."""
    rows = read(_TREE.where(visible(actor, UNIT_READ, Unit)), {"today": clock.today()})
    nodes = {row.id: Node(row) for row in rows}
    tops: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.unit.parent_id)
        (tops if parent is None else parent.beneath).append(node)
    return tops


def get_unit(unit_id: int, actor: Actor) -> Row[Any]:
    """One unit with, for a site, its type and place. Raises `OutOfReach`."""
    row = read_one(_UNIT.where(Unit.id == unit_id, visible(actor, UNIT_READ, Unit)))
    if row is None:
        raise OutOfReach
    return row


def units_beneath(unit_id: int) -> Sequence[Row[Any]]:
    """Units whose parent this is; the caller may read the parent."""
    return read(_TREE.where(Unit.parent_id == unit_id), {"today": clock.today()})


def contacts(unit_id: int) -> Sequence[Row[Any]]:
    """Contact persons of today, deputies last."""
    return read(
        select(
            ContactPerson.id,
            ContactPerson.name,
            ContactPerson.email,
            ContactPerson.phone,
            ContactPerson.deputy,
        )
        .where(ContactPerson.unit_id == unit_id, _contact_today())
        .order_by(ContactPerson.deputy, ContactPerson.id)
    )


def get_contact(contact_id: int, actor: Actor) -> Row[Any]:
    """One contact person of today with the places of their unit. Raises `OutOfReach`."""
    row = read_one(
        select(
            ContactPerson.id,
            ContactPerson.name,
            ContactPerson.email,
            ContactPerson.phone,
            ContactPerson.deputy,
            ContactPerson.version,
            Unit.id.label("unit_id"),
            Unit.name.label("unit"),
            Unit.national_id,
            Unit.regional_id,
            Unit.local_id,
        )
        .join(Unit, Unit.id == ContactPerson.unit_id)
        .where(ContactPerson.id == contact_id, _contact_today(), visible(actor, UNIT_READ, Unit))
    )
    if row is None:
        raise OutOfReach
    return row


def contracts(site_id: int) -> Sequence[Row[Any]]:
    """All contracts to run a site, newest first."""
    return read(_CONTRACTS.where(OperatorContract.site_id == site_id))


def get_contract(contract_id: int, actor: Actor) -> Row[Any]:
    """One contract with the places of its site. Raises `OutOfReach`."""
    row = read_one(
        _CONTRACTS.add_columns(Unit.id.label("unit_id"), Unit.name.label("unit"))
        .join(Unit, Unit.id == OperatorContract.site_id)
        .where(OperatorContract.id == contract_id, visible(actor, UNIT_READ, Unit))
    )
    if row is None:
        raise OutOfReach
    return row


def counties_of(region_id: int) -> Sequence[Row[Any]]:
    """Counties that belong, belonged or will belong to a region, with the days."""
    return read(_COUNTIES.where(CountyRegion.region_id == region_id))


def counties() -> Sequence[Row[Any]]:
    """Every county's regions with their days, the county's newest first. Public geography."""
    return read(_COUNTIES)


def _contact_today() -> Any:
    return or_(ContactPerson.valid_to.is_(None), ContactPerson.valid_to > clock.today())


_HAS_CONTACT = (
    select(func.count())
    .select_from(ContactPerson)
    .where(
        ContactPerson.unit_id == Unit.id,
        ContactPerson.deputy.is_(False),
        or_(ContactPerson.valid_to.is_(None), ContactPerson.valid_to > bindparam("today")),
    )
    .scalar_subquery()
    .label("contacts")
)
_TREE = (
    select(
        Unit.id,
        Unit.parent_id,
        Unit.name,
        Unit.kind,
        Unit.level,
        Unit.valid_to,
        SiteType.name.label("type_name"),
        Municipality.name.label("municipality"),
        _HAS_CONTACT,
    )
    .outerjoin(Site, Site.unit_id == Unit.id)
    .outerjoin(SiteType, SiteType.code == Site.type_code)
    .outerjoin(Municipality, Municipality.number == Site.municipality_number)
    .where(Unit.tree == "authority")
    .order_by(Unit.level == "local", Unit.kind == "team", Unit.sort_key, Unit.id)
)
_UNIT = (
    select(
        Unit.id,
        Unit.name,
        Unit.kind,
        Unit.level,
        Unit.tree,
        Unit.aliases,
        Unit.parent_id,
        Unit.national_id,
        Unit.regional_id,
        Unit.local_id,
        Unit.valid_from,
        Unit.valid_to,
        Unit.version,
        Site.type_code,
        SiteType.name.label("type_name"),
        SiteType.description.label("type_description"),
        SiteType.protected,
        Site.municipality_number,
        Municipality.name.label("municipality"),
        County.name.label("county"),
        Site.places,
    )
    .outerjoin(Site, Site.unit_id == Unit.id)
    .outerjoin(SiteType, SiteType.code == Site.type_code)
    .outerjoin(Municipality, Municipality.number == Site.municipality_number)
    .outerjoin(County, County.number == Municipality.county_number)
    .where(Unit.tree == "authority")
)
_CONTRACTS = (
    select(
        OperatorContract.id,
        Operator.name.label("operator"),
        Operator.organisation_number,
        OperatorContract.awarded_on,
        OperatorContract.signed_on,
        OperatorContract.operation_from,
        OperatorContract.valid_to,
        OperatorContract.notice_given_on,
    )
    .join(Operator, Operator.id == OperatorContract.operator_id)
    .order_by(OperatorContract.operation_from.desc(), OperatorContract.id.desc())
)
_COUNTIES = (
    select(
        County.number,
        County.name.label("county"),
        CountyRegion.region_id,
        Unit.name.label("region"),
        CountyRegion.valid_from,
        CountyRegion.valid_to,
        CountyRegion.confirmed,
    )
    .join(CountyRegion, CountyRegion.county_number == County.number)
    .join(Unit, Unit.id == CountyRegion.region_id)
    .order_by(County.number, CountyRegion.valid_from.desc())
)
