"""What the plugin answers to the portal's hooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plugins.child_grants.blocking import appeals_may_still_come, calls_that_close_soon
from plugins.child_grants.events import SiteContactRecorded
from plugins.child_grants.permissions import SITE_CONTACT_RECORD
from plugins.child_grants.scheme import PREFIX, SCHEME
from plugins.child_grants.views import bp
from portal.pluginkit.access import Actor, Permission
from portal.pluginkit.funding import Scheme
from portal.pluginkit.hookspecs import Blocker, PluginInfo, hookimpl
from portal.pluginkit.pages import NavItem, PortalBlueprint
from portal.pluginkit.pages import lazy_gettext as _
from portal.pluginkit.storage import Event


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
            "Who recorded what a reception centre said. Names and applications are kept by the core."
        ),
        url_prefix=PREFIX,
        requires_core="0002",
        levels=("national", "regional"),
    )


@hookimpl
def portal_blueprints() -> Sequence[PortalBlueprint]:
    """The scheme's pages and the plugin's own."""
    return [bp]


@hookimpl
def portal_permissions() -> Sequence[Permission]:
    """The plugin's own permission."""
    return [SITE_CONTACT_RECORD]


@hookimpl
def portal_role_permissions() -> Mapping[str, Sequence[Permission]]:
    """Caseworkers ask the reception centres."""
    return {"grant_caseworker": [SITE_CONTACT_RECORD]}


@hookimpl
def portal_event_types() -> Sequence[type[Event]]:
    """What the plugin records."""
    return [SiteContactRecorded]


@hookimpl
def portal_funding_schemes() -> Sequence[Scheme]:
    """The scheme."""
    return [SCHEME]


@hookimpl
def portal_nav_items(actor: Actor) -> Sequence[NavItem]:  # noqa: ARG001 - the hook's signature
    """The caseworkers' list."""
    return [NavItem(_("Child activity grants"), f"{PREFIX}/behandling", "funding.application.read")]


@hookimpl
def portal_disable_blockers(unit_id: int | None) -> Sequence[Blocker]:  # noqa: ARG001 - calls are national
    """Not while a call is about to close, or the deadline for appeals runs."""
    return [*calls_that_close_soon(), *appeals_may_still_come()]
