"""Every hook a plugin may answer, and what a plugin says of itself.

Structural hooks are asked once, at start, of every installed plugin. Runtime hooks are asked only while
the plugin is switched on. Custodial hooks are asked always.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pluggy

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import Restriction
from portal.access.routes import PortalBlueprint
from portal.funding.scheme import Scheme
from portal.jobs import Job
from portal.record import Event, RecordedEvent
from portal.web.kit.frame import NavItem, Overview, Panel, Text

__all__ = ["Blocker", "PluginInfo", "hookimpl"]

PROJECT = "samvirkeportalen"
LEVELS = ("national", "regional", "local")

hookimpl = pluggy.HookimplMarker(PROJECT)
hookspec = pluggy.HookspecMarker(PROJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginInfo:
    """What a plugin (*utvidelse*) is, in words for those who decide about it.

    `name` is the prefix of its tables, permissions, events, jobs and templates. `url_prefix` begins all
    its addresses (`/barneaktiviteter`). `requires_core` is the core migration it builds on (`0001`).
    `levels` says where it can be switched: nationally, or also at a region or site. An `essential`
    plugin needs a second person to switch it off. `personal_data` says what it stores of whom.
    `listens_to` names the events `portal_event_recorded` is told of.
    """

    name: str
    title: Text
    description: Text
    personal_data: Text
    url_prefix: str
    requires_core: str
    levels: tuple[str, ...] = ("national",)
    essential: bool = False
    listens_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a plugin should not be switched off now, in a sentence, and until when if that is known."""

    reason: Text
    until: datetime | None = None


@hookspec
def portal_plugin_info() -> PluginInfo:  # type: ignore[empty-body]
    """Structural: what the plugin is. Asked first; a plugin without it is not loaded."""


@hookspec
def portal_blueprints() -> Sequence[PortalBlueprint]:  # type: ignore[empty-body]
    """Structural: the plugin's pages, registered under its `url_prefix`."""


@hookspec
def portal_permissions() -> Sequence[Permission]:  # type: ignore[empty-body]
    """Structural: the permissions the plugin declares, each named `<plugin>.<object>.<action>`."""


@hookspec
def portal_role_permissions() -> Mapping[str, Sequence[Permission]]:  # type: ignore[empty-body]
    """Structural: which of its own permissions which roles of the catalogue carry."""


@hookspec
def portal_event_types() -> Sequence[type[Event]]:  # type: ignore[empty-body]
    """Structural: the events the plugin records, each named `<plugin>.<past tense>`."""


@hookspec
def portal_jobs() -> Sequence[Job[Any]]:  # type: ignore[empty-body]
    """Structural: the plugin's background work, each job named `<plugin>.<verb>`, in its own queue."""


@hookspec
def portal_funding_schemes() -> Sequence[Scheme]:  # type: ignore[empty-body]
    """Structural: the grant schemes the plugin declares."""


@hookspec
def portal_access_restrictions() -> Sequence[Restriction]:  # type: ignore[empty-body]
    """Structural: narrowings of permissions, in force while the plugin is switched on.

    Predicate and SQL clause must say the same. One that fails denies.
    """


@hookspec
def portal_nav_items(actor: Actor) -> Sequence[NavItem]:  # type: ignore[empty-body]
    """Runtime: entries in the menu for `actor`. Must not send a statement: it is asked on every page."""


@hookspec
def portal_tasks_for(actor: Actor, overview: Overview) -> None:
    """Runtime: add what needs `actor`, or what they wait for, to Min side. At most one statement."""


@hookspec
def portal_panels(page: str, subject: Any, actor: Actor) -> Sequence[Panel]:  # type: ignore[empty-body]
    """Runtime: what to show on a page about something the reader may see already. At most one statement.

    `page` is `case`, and `subject` then what is known of the case, its owner and its places.
    """


@hookspec
def portal_event_recorded(event: RecordedEvent) -> None:
    """Runtime: an event the plugin `listens_to` is in the audit trail. Asked in a worker, after the commit.

    It waits in the plugin's own queue, and so is kept while the plugin is off. One `once()` block holds
    what it does to the database. When it raises it is asked again later.
    """


@hookspec
def portal_disable_blockers(unit_id: int | None) -> Sequence[Blocker]:  # type: ignore[empty-body]
    """Custodial: why the plugin should not be switched off now, at one unit or (None) nationally."""
