"""Reading affiliations: what stands above an organisation, what stands below it, what is shared.

Every function here is for an organisation already judged in reach, or says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, any_, bindparam, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased
from sqlalchemy.types import BigInteger, Text

from portal.access.actor import NOWHERE, Actor
from portal.access.policy import OutOfReach
from portal.database import read, read_one
from portal.organisations.affiliation.models import Affiliation
from portal.organisations.agreements.queries import of as agreements_of
from portal.organisations.models import Organisation
from portal.organisations.permissions import MEMBER_MANAGE
from portal.organisations.searching import Wish, condition
from portal.units.models import Municipality
from portal.web.kit.overview import bound
from portal.web.kit.paging import PAGE_SIZE, Page, decode_key, page_of

DEEPEST = 6
OPEN = ("claimed", "confirmed")
NEVER_PARENTS = ("individual", "informal_group")
_TROUBLE = ("deleted", "bankrupt", "winding_up")
_A, _O = Affiliation, Organisation


@dataclass(frozen=True, slots=True)
class Above:
    """An organisation above another one, and the affiliation that leads up to it."""

    depth: int
    affiliation_id: int
    state: str
    since: date | None
    claimed_at: datetime
    shares: list[str]
    version: int
    unit_id: int
    name: str
    number: str | None
    register_status: str
    standing: str

    @property
    def trouble(self) -> str | None:
        """What is wrong with it: deleted, bankrupt, winding_up, excluded; None when all is well."""
        if self.state != "confirmed":
            return None
        if self.register_status in _TROUBLE:
            return self.register_status
        return "excluded" if self.standing != "active" else None


def _chain() -> Any:
    first = (
        select(literal(1).label("depth"), _A.id, _A.parent_id, _A.state)
        .where(_A.branch_id == bindparam("unit_id"), _A.state.in_(OPEN))
        .cte("chain", recursive=True)
    )
    up = aliased(Affiliation)
    further = select(first.c.depth + 1, up.id, up.parent_id, up.state).where(
        up.branch_id == first.c.parent_id,
        up.state == "confirmed",
        first.c.state == "confirmed",
        first.c.depth < DEEPEST,
    )
    return first.union_all(further)


_CHAIN = _chain()
_ABOVE: Any = (
    select(
        _CHAIN.c.depth, _A.id, _A.state, _A.valid_from, _A.claimed_at, _A.shares, _A.version,
        _O.unit_id, _O.name, _O.number, _O.register_status, _O.state.label("standing"),
    )
    .select_from(_CHAIN)
    .join(_A, _A.id == _CHAIN.c.id)
    .join(_O, _O.unit_id == _CHAIN.c.parent_id)
    .order_by(_CHAIN.c.depth)
)  # fmt: skip
_BELOW: Any = (
    select(_O.sort_key, _A.id, _O.name, _O.number, Municipality.name.label("town"), _A.valid_from, _A.version)
    .select_from(_A)
    .join(_O, _O.unit_id == _A.branch_id)
    .outerjoin(Municipality, Municipality.number == _O.municipality_number)
    .where(_A.parent_id == bindparam("unit_id"))
    .order_by(_O.sort_key, _A.id)
)
_CANDIDATES: Any = (
    select(_O.unit_id, _O.name, _O.number, Municipality.name.label("town"))
    .outerjoin(Municipality, Municipality.number == _O.municipality_number)
    .where(_O.unit_id != bindparam("unit_id"), _O.kind.not_in(NEVER_PARENTS))
    .order_by(_O.sort_key, _O.unit_id)
    .limit(10)
)
_ONE = select(
    _A.id, _A.branch_id, _A.parent_id, _A.state, _A.shares, _A.version, _A.valid_from, _A.claimed_at
).where(_A.id == bindparam("id"))
_TO_ANSWER = (
    select(_A.id, _A.parent_id, _O.name, _A.claimed_at)
    .join(_O, _O.unit_id == _A.branch_id)
    .where(_A.parent_id == any_(bindparam("units", type_=ARRAY(BigInteger))), _A.state == "claimed")
    .order_by(_A.id)
    .limit(5)
)


def above(unit_id: int) -> list[Above]:
    """What the organisation belongs to, nearest first: a claim not answered, or parents all the way up."""
    return [Above(*tuple(row)) for row in read(_ABOVE, {"unit_id": unit_id})]


def claims(unit_id: int) -> Sequence[Row[Any]]:
    """Those who say they belong to the organisation and wait for an answer; at most fifty."""
    return read(_BELOW.where(_A.state == "claimed").limit(50), {"unit_id": unit_id})


def branches(unit_id: int, after: str | None) -> Page[Row[Any]]:
    """A page of the organisation's confirmed branches, in Norwegian order."""
    statement = _BELOW.where(_A.state == "confirmed")
    key = decode_key(after, (str, int))
    if key is not None:
        last = tuple_(bindparam(None, key[0], Text), bindparam(None, key[1], BigInteger))
        statement = statement.where(tuple_(_O.sort_key, _A.id) > last)
    rows = read(statement.limit(PAGE_SIZE + 1), {"unit_id": unit_id})
    return page_of(rows, lambda row: (row.sort_key, row.id))


def candidates(unit_id: int, search: str) -> Sequence[Row[Any]]:
    """Registered organisations that could be the parent, by name or number; at most ten.

    For anybody who leads an organisation: names and numbers are public. Never persons or informal groups.
    """
    return read(_CANDIDATES.where(condition(Wish(search))), {"unit_id": unit_id}) if search else []


def proposed(unit_id: int, facts: dict[str, Any] | None) -> Row[Any] | None:
    """The organisation here that the register names as the parent (*overordnetEnhet*), or None."""
    number = (facts or {}).get("parent")
    if not number:
        return None
    return read_one(_CANDIDATES.where(_O.number == str(number)), {"unit_id": unit_id})


def one(affiliation_id: int, *, side: str, unit_id: int) -> Row[Any]:
    """An affiliation of which the organisation is the `side` (branch or parent); raises `OutOfReach`."""
    row = read_one(_ONE.where(getattr(_A, f"{side}_id") == unit_id), {"id": affiliation_id})
    if row is None:
        raise OutOfReach(affiliation_id)
    return row


def shared(affiliation_id: int, *, parent_id: int) -> dict[str, Any]:
    """What a confirmed branch lets its parent see, and nothing else of it; raises `OutOfReach`."""
    columns = {
        "registration": (_O.number, _O.kind, _O.level, Municipality.name.label("town"), _O.register_status),
        "contact": (_O.email, _O.phone, _O.website, _O.address),
        "activities": (_O.activities, _O.purpose),
    }
    confirmed = (_A.id == affiliation_id, _A.parent_id == parent_id, _A.state == "confirmed")
    row = read_one(
        select(_A.shares, _A.valid_from, _A.branch_id, _O.name)
        .join(_O, _O.unit_id == _A.branch_id)
        .where(*confirmed)
    )
    if row is None:
        raise OutOfReach(affiliation_id)
    wanted = [column for share in row.shares for column in columns.get(share, ())]
    found = {"name": row.name, "since": row.valid_from, "shares": row.shares}
    if "agreement" in row.shares:
        found["agreements"] = agreements_of(row.branch_id)
    if wanted:
        rest = (
            select(*wanted)
            .select_from(_A)
            .join(_O, _O.unit_id == _A.branch_id)
            .outerjoin(Municipality, Municipality.number == _O.municipality_number)
            .where(*confirmed)
        )
        more = read_one(rest)
        found |= dict(more._mapping) if more else {}
    return found


def to_answer(actor: Actor) -> Select[Any] | None:
    """Claims that wait for the actor as leader of the parent, to be read: id, parent_id, name, claimed_at."""
    units = sorted(actor.reach.get(MEMBER_MANAGE.name, NOWHERE).owner)
    return bound(_TO_ANSWER, units=units) if units else None
