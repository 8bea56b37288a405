"""The portal's one clock: what time it is, and what day that is in Norway.

Deadlines are decided by the server's time in Europe/Oslo, here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
_fixed: ContextVar[datetime | None] = ContextVar("fixed_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def oslo(moment: datetime) -> datetime:
    """The same moment on the wall clock in Norway."""
    return moment.astimezone(OSLO)


def today() -> date:
    """Today's date in Norway."""
    return oslo(now()).date()


def end_of_day(day: date) -> datetime:
    """The first moment after `day` in Norway: a deadline on a day runs until then."""
    return datetime.combine(day + timedelta(days=1), time.min, OSLO).astimezone(UTC)


@contextmanager
def fixed(moment: datetime) -> Iterator[None]:
    """Hold the clock at `moment` (tests and rehearsals). `moment` must be aware."""
    if moment.tzinfo is None:
        raise ValueError("a fixed clock needs an aware datetime")
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)


def months_later(start: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    years, month = divmod(start.month - 1 + months, 12)
    following = date(start.year + years + (month == 11), (month + 1) % 12 + 1, 1)
    last = date.fromordinal(following.toordinal() - 1).day
    return date(start.year + years, month + 1, min(start.day, last))
