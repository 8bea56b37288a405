"""Reading agreements: an organisation's own, and whether a row of the list has one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, bindparam, case, exists, or_, select

from portal import clock
from portal.access.policy import OutOfReach
from portal.database import read, read_one
from portal.organisations.agreements.models import Agreement
from portal.organisations.models import Organisation
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

STANDINGS: dict[str, LazyString] = {
    "now": _("Has one now"),
    "expired": _("Has had one, not now"),
    "none": _("Has never had one"),
}
"""What the list is narrowed by; one that begins later counts from the day it begins."""

_A = Agreement
_TODAY: Any = bindparam("agreement_day", callable_=clock.today, type_=Date())
_STARTED = (_A.removed_at.is_(None), _A.valid_from <= _TODAY)
_STANDS = (*_STARTED, or_(_A.valid_to.is_(None), _A.valid_to >= _TODAY))
_OF: Any = (
    select(
        _A.id, _A.unit_id, _A.title, _A.valid_from, _A.valid_to, _A.reference, _A.covers_branches, _A.version
    )
    .where(_A.removed_at.is_(None))
    .order_by(_A.valid_from.desc(), _A.id.desc())
    .limit(50)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Noted:
    """An agreement as a page shows it."""

    id: int
    unit_id: int
    title: str
    valid_from: date
    valid_to: date | None
    reference: str
    covers_branches: bool
    version: int

    @property
    def standing(self) -> str:
        """`now`, `later` (not begun) or `expired`."""
        today = clock.today()
        if self.valid_from > today:
            return "later"
        return "now" if self.valid_to is None or self.valid_to >= today else "expired"


def of(unit_id: int, above: list[int] | None = None) -> list[Noted]:
    """The agreements of an organisation judged in reach, newest first.

    `above`: units it belongs to, of which only agreements that stand and cover branches are given too.
    """
    own = _A.unit_id == unit_id
    wanted = or_(own, _A.unit_id.in_(above) & _A.covers_branches & _stands()) if above else own
    return [Noted(*tuple(row)) for row in read(_OF.where(wanted))]


def one(agreement_id: int, *, unit_id: int) -> Noted:
    """An agreement of an organisation judged in reach; raises `OutOfReach`."""
    row = read_one(_OF.where(_A.id == agreement_id, _A.unit_id == unit_id))
    if row is None:
        raise OutOfReach(agreement_id)
    return Noted(*tuple(row))


def has_now(columns: Any = Organisation) -> ColumnElement[bool]:
    """Condition on a row of organisations: an agreement of its own stands today."""
    return exists().where(_A.unit_id == columns.unit_id, *_STANDS)


def standing(columns: Any = Organisation) -> ColumnElement[str]:
    """One of `STANDINGS` for a row of organisations."""
    return case((has_now(columns), "now"), (_has_had(columns), "expired"), else_="none")


def until(columns: Any = Organisation) -> ColumnElement[date | None]:
    """The last day of the newest agreement that has begun; None when it has none or there is none."""
    newest = select(_A.valid_to).where(_A.unit_id == columns.unit_id, *_STARTED)
    return newest.order_by(_A.valid_from.desc(), _A.id.desc()).limit(1).scalar_subquery()


def condition(wanted: str, columns: Any = Organisation) -> ColumnElement[bool]:
    """The condition a row of organisations meets when it stands as `wanted`, one of `STANDINGS`."""
    if wanted == "now":
        return has_now(columns)
    if wanted == "expired":
        return _has_had(columns) & ~has_now(columns)
    return ~_has_had(columns)


def _has_had(columns: Any) -> ColumnElement[bool]:
    return exists().where(_A.unit_id == columns.unit_id, *_STARTED)


def _stands() -> ColumnElement[bool]:
    return _STANDS[0] & _STANDS[1] & _STANDS[2]
