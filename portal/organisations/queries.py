"""Reading organisations: staff through their reach, members through their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Text,
    bindparam,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)

from portal.access.actor import LEVELS, NOWHERE, Actor
from portal.access.policy import OutOfReach, visible
from portal.database import read, read_one
from portal.organisations.models import Organisation
from portal.organisations.permissions import ORGANISATION_READ, OWN_READ
from portal.units.models import Municipality, Unit
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
)  # fmt: skip
_LIST: Any = select(
    _O.sort_key, _O.unit_id, _O.name, _O.number, _O.kind, _O.level, _O.register_status,
    Municipality.name.label("town"),
).outerjoin(Municipality, Municipality.number == _O.municipality_number)  # fmt: skip
_LIMIT: ColumnElement[int] = literal_column(str(PAGE_SIZE + 1), Integer)
FILTERS = ("kind", "level", "register_status")


def get(unit_id: int, *, actor: Actor) -> Found:
    """An organisation the actor follows up or belongs to; raises `OutOfReach`."""
    reach = or_(visible(actor, ORGANISATION_READ, _O), visible(actor, OWN_READ, _O))
    row = read_one(_ONE.where(_O.unit_id == bindparam("unit_id"), reach), {"unit_id": unit_id})
    if row is None:
        raise OutOfReach(unit_id)
    values: dict[str, Any] = dict(row._mapping)
    town, region, team = (values.pop(name) for name in ("town", "region", "team"))
    return Found(**values, municipality=town, handler=region or team)


def listed(
    actor: Actor, after: str | None, *, search: str = "", chosen: dict[str, str] | None = None
) -> Page[Row[Any]]:
    """A page of organisations in the actor's reach, in Norwegian order.

    `search` is the beginning of a name or of a number; `chosen` holds values of `FILTERS`.
    """
    statement = _LIST
    for name, value in (chosen or {}).items():
        if name in FILTERS:
            statement = statement.where(getattr(_O, name) == value)
    if search:
        statement = statement.where(_begins(search))
    key = decode_key(after, (str, int))
    rows = _merged(statement, actor, key)
    return page_of(rows, lambda row: (row.sort_key, row.unit_id))


def _begins(search: str) -> ColumnElement[bool]:
    digits = "".join(search.split())
    if digits.isascii() and digits.isdigit():
        return _O.number.startswith(digits, autoescape=True)
    return _O.sort_key.startswith(sort_key(search), autoescape=True)


def _merged(statement: Any, actor: Actor, key: tuple[Any, ...] | None) -> Sequence[Row[Any]]:
    """One keyset query for each place the actor reaches, merged: ascending, unlike `access.lists`."""
    if key is not None:
        last = tuple_(bindparam(None, key[0], Text), bindparam(None, key[1], _O.unit_id.type))
        statement = statement.where(tuple_(_O.sort_key, _O.unit_id) > last)
    reach = actor.reach.get(ORGANISATION_READ.name, NOWHERE)
    branches = [
        statement.where(getattr(_O, f"{level}_id") == unit).order_by(_O.sort_key, _O.unit_id).limit(_LIMIT)
        for level in LEVELS
        for unit in sorted(reach.level(level))
    ]
    if not branches:
        return []
    if len(branches) == 1:
        return read(branches[0])
    merged = union(*[select(branch.subquery()) for branch in branches]).subquery()
    return read(select(merged).order_by(merged.c.sort_key, merged.c.unit_id).limit(_LIMIT))
