"""How sums, dates, times and deadlines are written, in the three languages, in Norwegian time.

Everything here takes `None` and gives an empty text, so that templates need no test for it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from babel.dates import format_date
from flask import Flask

from portal import clock as time_source
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import language, ngettext

_NARROW = "\N{NARROW NO-BREAK SPACE}"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
_DAY = {"nb": "d. MMMM y", "nn": "d. MMMM y", "en": "d MMMM y"}
_COUNTED_DAYS = 365
_WEEKDAY = {"nb": "EEEE d. MMMM", "nn": "EEEE d. MMMM", "en": "EEEE d MMMM"}


def in_oslo(moment: datetime) -> datetime:
    """`moment` on a Norwegian clock. Raises ValueError when it carries no time zone."""
    if moment.tzinfo is None:
        raise ValueError("a time without time zone cannot be shown")
    return time_source.oslo(moment)


def _as_date(value: date | datetime) -> date:
    return in_oslo(value).date() if isinstance(value, datetime) else value


@lru_cache(maxsize=4096)
def _written(value: date, pattern: str, code: str) -> str:
    return format_date(value, pattern, locale=code)


def number(value: int) -> str:
    """A whole number with narrow spaces between thousands: `1 250 000` (English: commas)."""
    text = f"{abs(value):,}"
    if language() != "en":
        text = text.replace(",", _NARROW)
    return (_MINUS if value < 0 else "") + text


def spaced(number: str) -> str:
    """An organisation number as people read it: 314 758 625."""
    return "\N{NO-BREAK SPACE}".join(number[i : i + 3] for i in range(0, len(number), 3))


def kr(ore: int | None) -> str:
    """A sum in integer øre as `1 250 000 kr`; øre are written only when there are some."""
    if ore is None:
        return ""
    whole, rest = divmod(abs(ore), 100)
    sign = _MINUS if ore < 0 else ""
    if language() == "en":
        return f"{sign}NOK{_NO_BREAK}{number(whole)}" + (f".{rest:02d}" if rest else "")
    return f"{sign}{number(whole)}" + (f",{rest:02d}" if rest else "") + f"{_NO_BREAK}kr"


def day(value: date | datetime | None) -> str:
    """A date in full: `12. mars 2026`."""
    if value is None:
        return ""
    code = language()
    return _written(_as_date(value), _DAY[code], code)


def clock(moment: datetime | None) -> str:
    """The time of day: `14.05` (English: `14:05`)."""
    if moment is None:
        return ""
    return in_oslo(moment).strftime("%H:%M" if language() == "en" else "%H.%M")


def exact(moment: datetime | None) -> str:
    """Date and time in full: `12. mars 2026 kl. 14.05`; for hover, print and receipts."""
    if moment is None:
        return ""
    return _("%(day)s at %(clock)s", day=day(moment), clock=clock(moment))


def when(moment: datetime | None) -> str:
    """When something happened: `i dag kl. 14.05`, `i går kl. 14.05`, otherwise the date."""
    if moment is None:
        return ""
    days = (_as_date(moment) - time_source.today()).days
    if days == 0:
        return _("today at %(clock)s", clock=clock(moment))
    if days == -1:
        return _("yesterday at %(clock)s", clock=clock(moment))
    return day(moment)


def _weekday(value: date) -> str:
    code = language()
    pattern = _WEEKDAY[code] + ("" if value.year == time_source.today().year else " y")
    return _written(value, pattern, code)


def last_day(value: date | datetime) -> date:
    """The last day one can act before `value`: midnight between two days belongs to the first."""
    if not isinstance(value, datetime):
        return value
    return in_oslo(value - timedelta(microseconds=1)).date()


def deadline(value: date | datetime | None) -> str:
    """A deadline (*frist*) in words: `om 6 dager, torsdag 12. mars`; days counted in Norway.

    One that is more than a year away says the day alone. On the last day a deadline in the middle of the day
    says its time.
    """
    if value is None:
        return ""
    last = last_day(value)
    days = (last - time_source.today()).days
    written = _weekday(last)
    if days < 0 or (isinstance(value, datetime) and value <= time_source.now()):
        return _("passed %(day)s", day=written)
    if days == 0:
        if isinstance(value, datetime) and in_oslo(value).time() != time.min:
            return _("today at %(clock)s", clock=clock(value))
        return _("today, %(day)s", day=written)
    if days == 1:
        return _("tomorrow, %(day)s", day=written)
    if days > _COUNTED_DAYS:
        return written
    return ngettext("in %(num)d day, %(day)s", "in %(num)d days, %(day)s", days, day=written)


def iso(value: date | datetime | None) -> str:
    """The machine's form, for `<time datetime>`; times in UTC."""
    if value is None:
        return ""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()


def init_formats(app: Flask) -> None:
    """Give templates the filters of this module, each under its function's name."""
    for write in (kr, number, day, clock, exact, when, last_day, deadline, iso):
        app.jinja_env.filters[write.__name__] = write
