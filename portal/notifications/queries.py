"""Reading one's own notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from portal.access.actor import Actor
from portal.database import read
from portal.notifications.models import Notice
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


def my_notices(actor: Actor, *, before: int | None = None, limit: int = PAGE_SIZE + 1) -> Sequence[Told]:
    """The actor's own notices, newest first."""
    parameters = {"person_id": actor.person_id, "before": before or _NEWEST, "limit": limit}
    return [_told(row) for row in read(_MINE, parameters)]


def _told(row: Sequence[Any]) -> Told:
    number, at, title, body, stored, href, read_at = row
    values = written(stored)
    return Told(number, at, filled(title, values), filled(body, values), href, read_at is None)
