"""A call's dates as a calendar file (RFC 5545), so that nobody has to copy a deadline."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Alarm, Calendar, Event

from portal import clock, settings
from portal.funding.facts import CallFacts
from portal.web.kit.formats import day
from portal.web.kit.i18n import gettext as _

ALARM = timedelta(days=7)
"""How long before the deadline a calendar reminds."""


def calendar_of(calls: list[CallFacts], path: str) -> bytes:
    """The days calls open and close as a calendar in the reader's language; `path` + id is a call's page."""
    calendar = Calendar()
    calendar.add("prodid", "-//UDI//Samvirkeportalen//NO")
    calendar.add("version", "2.0")
    base = settings.current().base_url.rstrip("/")
    for call in calls:
        for name, event in (("opens", _opens(call)), ("closes", _closes(call))):
            event.add("uid", f"call-{call.id}-{name}@{urlsplit(base).hostname or 'portal'}")
            event.add("sequence", call.version)
            event.add("dtstamp", call.written_at)
            event.add("url", f"{base}{path}{call.id}")
            calendar.add_component(event)
    return bytes(calendar.to_ical())


def _opens(call: CallFacts) -> Event:
    event = Event()
    event.add("summary", _("Open for applications: %(call)s", call=call.title))
    event.add("dtstart", clock.oslo(call.opens_at).date())
    return event


def _closes(call: CallFacts) -> Event:
    """The last day, as a whole day: the deadline is at its end."""
    last = clock.oslo(call.closes_at - timedelta(microseconds=1)).date()
    event = Event()
    event.add("summary", _("Last day to apply: %(call)s", call=call.title))
    event.add(
        "description", _("The deadline is at the end of %(day)s, by the clock in Norway.", day=day(last))
    )
    event.add("dtstart", last)
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("description", _("Last day to apply: %(call)s", call=call.title))
    reminder.add("trigger", -ALARM)
    event.add_component(reminder)
    return event
