"""What the example answers to the portal's hooks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, true

from portal.pluginkit.access import Actor, Permission, Restriction
from portal.pluginkit.hookspecs import Blocker, PluginInfo, hookimpl
from portal.pluginkit.pages import NavItem, Overview, Panel, PortalBlueprint, Task
from portal.pluginkit.storage import Event, Job, RecordedEvent
from tests.plugins_for_tests.boats import permissions, services, views

BLOCKED: list[Blocker] = []
FAILS: set[str] = set()
HEARD: list[tuple[str, int]] = []
NARROWED: list[bool] = [True]


@hookimpl
def portal_plugin_info() -> PluginInfo:
    return PluginInfo(
        name="boats",
        title="Båter",
        description="Turer med båt.",
        personal_data="Ingen.",
        url_prefix="/baater",
        requires_core="0001",
        levels=("national", "regional"),
        listens_to=("boats.trip_booked",),
    )


@hookimpl
def portal_blueprints() -> Sequence[PortalBlueprint]:
    return [views.bp]


@hookimpl
def portal_permissions() -> Sequence[Permission]:
    return [permissions.TRIP_READ, permissions.TRIP_BOOK]


@hookimpl
def portal_role_permissions() -> Mapping[str, Sequence[Permission]]:
    return {"coordinator": [permissions.TRIP_READ, permissions.TRIP_BOOK]}


@hookimpl
def portal_event_types() -> Sequence[type[Event]]:
    return [services.TripBooked]


@hookimpl
def portal_jobs() -> Sequence[Job[Any]]:
    return [services.row_boat, services.drift, services.sink]


@hookimpl
def portal_access_restrictions() -> Sequence[Restriction]:
    return [Restriction("record.audit.read", _holds, _clause)]


def _holds(actor: Actor, place: Any) -> bool:
    return NARROWED[0]


def _clause(actor: Actor, columns: Any) -> ColumnElement[bool]:
    return true() if NARROWED[0] else ~true()


@hookimpl
def portal_nav_items(actor: Actor) -> Sequence[NavItem]:
    if "portal_nav_items" in FAILS:
        raise ValueError("no menu today")
    return [NavItem("Båter", "/baater/", permissions.TRIP_READ.name)]


@hookimpl
def portal_tasks_for(actor: Actor, overview: Overview) -> None:
    overview.needs_me.append(Task("Rigg båten", "/baater/", due=datetime(2027, 1, 1, tzinfo=UTC)))
    if "portal_tasks_for" in FAILS:
        raise ValueError("no tasks today")


@hookimpl
def portal_panels(page: str, subject: Any, actor: Actor) -> Sequence[Panel]:
    if "portal_panels" in FAILS:
        raise ValueError("no panels today")
    return [Panel("Båter", ((page, str(subject)),))]


@hookimpl
def portal_event_recorded(event: RecordedEvent) -> None:
    if "portal_event_recorded" in FAILS:
        raise ValueError("not listening")
    HEARD.append((event.name, event.subject_id))


@hookimpl
def portal_disable_blockers(unit_id: int | None) -> Sequence[Blocker]:
    return list(BLOCKED)
