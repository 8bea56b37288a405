"""What the room puts on Min side and in the menu."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from portal import clock
from portal.access.actor import Actor
from portal.organisations.affiliation import frame as affiliation
from portal.organisations.exclusion import frame as exclusion
from portal.organisations.following import frame as following
from portal.organisations.members.queries import missing_leaders
from portal.organisations.permissions import ORGANISATION_READ, REGISTRATION_HANDLE
from portal.organisations.registration import queries
from portal.web.kit.formats import spaced
from portal.web.kit.frame import NavItem, Overview, Task
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.overview import Part, a_day

NAV = (
    NavItem(lazy_gettext("Organisations"), "/organisasjoner", ORGANISATION_READ.name),
    NavItem(lazy_gettext("Registrations"), "/organisasjoner/registreringer", REGISTRATION_HANDLE.name),
)


def nav(_actor: Actor) -> list[NavItem]:
    """The room's entries of the menu; the frame shows them to whoever holds their permission."""
    return list(NAV)


def parts(actor: Actor) -> Iterator[Part]:
    """Own registrations that are begun, asked about or sent; for staff, those that wait for a decision."""
    yield Part(queries.to_read_of_mine(actor), _own)
    yield from affiliation.parts(actor)
    yield from following.parts(actor)
    yield from exclusion.parts(actor)
    if actor.may_somewhere(REGISTRATION_HANDLE.name):
        yield Part(queries.oldest(actor), _to_decide)
        yield Part(missing_leaders(actor), _without_leader)


def _own(row: Any, into: Overview) -> None:
    name = row.name or (spaced(row.number) if row.number else _("Registration"))
    href = f"/registrer/{row.id}"
    if row.state == "draft":
        title = _("Finish registering %(name)s", name=name)
        into.needs_me.append(Task(title, href, action_label=_("Go on"), kind="draft"))
    elif row.state == "returned":
        title = _("Answer UDI about %(name)s", name=name)
        into.needs_me.append(Task(title, href, action_label=_("Answer"), kind="returned"))
    else:
        title = _("Registration of %(name)s", name=name)
        into.waiting_for.append(Task(title, href, due=_end_of(row.due_on), note=_("UDI answers")))


def _to_decide(row: Any, into: Overview) -> None:
    into.needs_me.append(
        Task(
            _("Decide the registration of %(name)s", name=row.name or _("Registration")),
            f"/organisasjoner/registreringer/{row.id}",
            due=_end_of(row.due_on),
            action_label=_("Open"),
        )
    )


def _without_leader(row: Any, into: Overview) -> None:
    into.needs_me.append(
        Task(
            _("Find out who leads %(name)s", name=row.name),
            f"/organisasjoner/uten-leder/{row.id}",
            action_label=_("Open"),
        )
    )


def _end_of(text: str | None) -> datetime | None:
    last = a_day(text)
    return clock.end_of_day(last) if last else None
