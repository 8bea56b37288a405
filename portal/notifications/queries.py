"""Reading one's own notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, any_, bindparam, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from portal.access.actor import Actor
from portal.database import read
from portal.notifications.models import Notice, UnitMessage
from portal.notifications.values import written
from portal.web.kit.i18n import filled
from portal.web.kit.paging import PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Told:
    """A notice in the reader's language."""

    id: int
    at: datetime
    title: str
    body: str
    href: str
    unread: bool


_COLUMNS = (
    Notice.id,
    Notice.created_at,
    Notice.title_id,
    Notice.body_id,
    Notice.values,
    Notice.href,
    Notice.read_at,
)
_MINE = (
    select(*_COLUMNS)
    .where(Notice.person_id == bindparam("person_id"), Notice.id < bindparam("before"))
    .order_by(Notice.id.desc())
    .limit(bindparam("limit"))
)
_NEWEST = 2**62
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_M = UnitMessage
_OF_UNITS = (
    select(_M.id, _M.created_at, _M.title_id, _M.body_id, _M.values, _M.href)
    .where(
        _M.unit_id == any_(bindparam("units", type_=ARRAY(BigInteger))),
        tuple_(_M.created_at, _M.id)
        < tuple_(bindparam("at", type_=DateTime(timezone=True)), bindparam("last", type_=BigInteger)),
    )
    .order_by(_M.created_at.desc(), _M.id.desc())
    .limit(bindparam("limit"))
)


def my_notices(actor: Actor, *, before: int | None = None, limit: int = PAGE_SIZE + 1) -> Sequence[Told]:
    """The actor's own notices, newest first."""
    parameters = {"person_id": actor.person_id, "before": before or _NEWEST, "limit": limit}
    return [_told(row) for row in read(_MINE, parameters)]


def unit_messages(
    unit_ids: Sequence[int], *, before: tuple[datetime, int] | None = None, limit: int = PAGE_SIZE + 1
) -> Sequence[Told]:
    """What parties were told as such, newest first; the caller has judged that the actor may read of them."""
    at, last = before or (_FAR, _NEWEST)
    parameters = {"units": list(unit_ids), "at": at, "last": last, "limit": limit}
    return [_told((*row, row.created_at)) for row in read(_OF_UNITS, parameters)] if unit_ids else []


def _told(row: Sequence[Any]) -> Told:
    number, at, title, body, stored, href, read_at = row
    values = written(stored)
    return Told(number, at, filled(title, values), filled(body, values), href, read_at is None)
