"""What the room puts on Min side and in the menu."""

from __future__ import annotations

from portal import clock
from portal.access.actor import Actor
from portal.organisations.affiliation import frame as affiliation
from portal.organisations.exclusion import frame as exclusion
from portal.organisations.following import frame as following
from portal.organisations.members.queries import rescues as missing_leaders
from portal.organisations.permissions import ORGANISATION_READ, REGISTRATION_HANDLE
from portal.organisations.registration import queries
from portal.organisations.registration.pages import spaced
from portal.web.kit.frame import NavItem, Overview, Task
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext

MOST = 5  # tasks of one kind on Min side
NAV = (
    NavItem(lazy_gettext("Organisations"), "/organisasjoner", ORGANISATION_READ.name),
    NavItem(lazy_gettext("Registrations"), "/organisasjoner/registreringer", REGISTRATION_HANDLE.name),
)


def nav(_actor: Actor) -> list[NavItem]:
    """The room's entries of the menu; the frame shows them to whoever holds their permission."""
    return list(NAV)


def overview(actor: Actor, into: Overview) -> None:
    """Own registrations that are begun, asked about or sent; for staff, those that wait for a decision."""
    for id_, name, number, _path, state, _submitted_at, due_on, _created in queries.mine(actor):
        title = name or (spaced(number) if number else _("Registration"))
        href = f"/registrer/{id_}"
        if state == "draft":
            into.needs_me.append(
                Task(
                    _("Finish registering %(name)s", name=title), href, action_label=_("Go on"), kind="draft"
                )
            )
        elif state == "returned":
            into.needs_me.append(
                Task(
                    _("Answer UDI about %(name)s", name=title),
                    href,
                    action_label=_("Answer"),
                    kind="returned",
                )
            )
        else:
            due = clock.end_of_day(due_on) if due_on else None
            into.waiting_for.append(
                Task(_("Registration of %(name)s", name=title), href, due=due, note=_("UDI answers"))
            )
    affiliation.overview(actor, into)
    following.leading(actor, into)
    exclusion.overview(actor, into)
    if actor.may_somewhere(REGISTRATION_HANDLE.name):
        _to_handle(actor, into)


def _to_handle(actor: Actor, into: Overview) -> None:
    following.overview(actor, into)
    for _submitted, id_, _receipt, name, _level, _state, _lookup, due_on in queries.oldest(actor):
        into.needs_me.append(
            Task(
                _("Decide the registration of %(name)s", name=name or _("Registration")),
                f"/organisasjoner/registreringer/{id_}",
                due=clock.end_of_day(due_on) if due_on else None,
                action_label=_("Open"),
            )
        )
    for row in missing_leaders(actor)[:MOST]:
        into.needs_me.append(
            Task(
                _("Find out who leads %(name)s", name=row.name),
                f"/organisasjoner/uten-leder/{row.id}",
                action_label=_("Open"),
            )
        )
