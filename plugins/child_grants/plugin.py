"""What the plugin answers to the portal's hooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from plugins.child_grants import asking, showing
from plugins.child_grants.blocking import appeals_may_still_come, calls_that_close_soon
from plugins.child_grants.events import SiteContactAnswered, SiteContactAsked, SiteContactRecorded
from plugins.child_grants.permissions import SITE_CONTACT_ANSWER, SITE_CONTACT_RECORD
from plugins.child_grants.scheme import PREFIX, SCHEME
from plugins.child_grants.views import bp
from portal.pluginkit.access import Actor, Permission
from portal.pluginkit.funding import Scheme
from portal.pluginkit.hookspecs import Blocker, PluginInfo, hookimpl
from portal.pluginkit.pages import NavItem, Overview, Panel, PortalBlueprint
from portal.pluginkit.pages import lazy_gettext as _
from portal.pluginkit.storage import Event, RecordedEvent


@hookimpl
def portal_plugin_info() -> PluginInfo:
    """What the plugin is."""
    return PluginInfo(
        name="child_grants",
        title=_("Child activity grants"),
        description=_(
            "Calls, applications and decisions for activities for children in reception centres. "
            "While it is off, nobody can apply or handle applications; decisions and receipts stay readable."
        ),
        personal_data=_(
            "What reception centres are shown of an application and what they answer, who answered and who "
            "wrote it down. Names and applications are kept by the core."
        ),
        url_prefix=PREFIX,
        requires_core="0002",
        levels=("national", "regional"),
        listens_to=(asking.MOVED, asking.SITE_MOVED),
    )


@hookimpl
def portal_blueprints() -> Sequence[PortalBlueprint]:
    """The scheme's pages and the plugin's own."""
    return [bp]


@hookimpl
def portal_permissions() -> Sequence[Permission]:
    """The plugin's own permissions."""
    return [SITE_CONTACT_RECORD, SITE_CONTACT_ANSWER]


@hookimpl
def portal_role_permissions() -> Mapping[str, Sequence[Permission]]:
    """Those who run reception centres answer for them; caseworkers write down what they hear."""
    return {
        "grant_caseworker": [SITE_CONTACT_RECORD],
        "site_manager": [SITE_CONTACT_ANSWER],
        "site_volunteer_coordinator": [SITE_CONTACT_ANSWER],
    }


@hookimpl
def portal_event_types() -> Sequence[type[Event]]:
    """What the plugin records."""
    return [SiteContactAsked, SiteContactAnswered, SiteContactRecorded]


@hookimpl
def portal_funding_schemes() -> Sequence[Scheme]:
    """The scheme."""
    return [SCHEME]


@hookimpl
def portal_nav_items(actor: Actor) -> Sequence[NavItem]:  # noqa: ARG001 - the hook's signature
    """The caseworkers' list, and what reception centres are asked."""
    return [
        NavItem(_("Child activity grants"), f"{PREFIX}/behandling", "funding.application.read"),
        NavItem(_("Applications that name us"), f"{PREFIX}/mottak", SITE_CONTACT_ANSWER.name),
    ]


@hookimpl
def portal_tasks_for(actor: Actor, overview: Overview) -> None:
    """What the actor's own reception centre is asked."""
    if actor.may_somewhere(SITE_CONTACT_ANSWER.name):
        showing.tasks(actor, overview)


@hookimpl
def portal_panels(page: str, subject: Any, actor: Actor) -> Sequence[Panel]:  # noqa: ARG001 - both sides read it
    """What the reception centres say, on the application's page."""
    return showing.panel_of(subject) if page == "case" else []


@hookimpl
def portal_event_recorded(event: RecordedEvent) -> None:
    """Ask the reception centres when an application is sent; follow one that moves."""
    if event.name == asking.SITE_MOVED:
        asking.on_site_moved(event)
    else:
        asking.on_moved(event)


@hookimpl
def portal_disable_blockers(unit_id: int | None) -> Sequence[Blocker]:  # noqa: ARG001 - calls are national
    """Not while a call is about to close, or the deadline for appeals runs."""
    return [*calls_that_close_soon(), *appeals_may_still_come()]
