"""Reading the switches and what waits behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text

from portal.access.actor import Place
from portal.access.roles import ROLES
from portal.clock import today
from portal.database import read, read_one, scalar
from portal.jobs.holding import held
from portal.jobs.kinds import CORE_QUEUE
from portal.pluginhost.models import PluginSwitch
from portal.units.models import Unit


class SwitchRow(NamedTuple):
    """One stored switch: which plugin, where (None: the whole country), its state, why and since when."""

    plugin: str
    unit_id: int | None
    unit_name: str | None
    enabled: bool
    message: str
    changed_at: datetime


def switch_rows(plugin: str | None = None) -> Sequence[SwitchRow]:
    """All stored switches, or those of one plugin; national ones first, then by place."""
    return [SwitchRow._make(row) for row in read(_ROWS, {"plugin": plugin})]


def is_on(plugin: str, unit_id: int | None = None) -> bool:
    """True unless the plugin is switched off at exactly that place (None: the whole country)."""
    return scalar(_OFF, {"plugin": plugin, "unit_id": unit_id}) is None


def queue_open(queue: str) -> bool:
    """May jobs of this queue run now? The core's always; a plugin's while it is on nationally."""
    return queue == CORE_QUEUE or is_on(queue)


def waiting_jobs(plugin: str) -> int:
    """Jobs of the plugin that are not done: waiting, held or in hand."""
    found: int = scalar(_WAITING, {"queue": plugin, "held": held(plugin)})
    return found


def place_of(unit_id: int | None) -> tuple[str, Place] | None:
    """Level and place of a unit of the authority tree; None stands for the directorate. None if unknown."""
    row = read_one(_PLACE, {"unit_id": unit_id})
    return None if row is None else (row.level, Place(row.national_id, row.regional_id, row.local_id))


def units_at(levels: Collection[str]) -> Sequence[tuple[int, str]]:
    """(id, name) of the authority tree's units at these levels, in force today, in Norwegian order."""
    return [tuple(row) for row in read(_UNITS, {"levels": list(levels), "today": today()})]


def persons_with(permissions: Collection[str], place: Place | None = None) -> int:
    """How many persons hold a role that carries one of `permissions`: anywhere, or at `place` and below."""
    roles = [role.name for role in ROLES.values() if role.permissions & set(permissions)]
    below = None if place is None else (place.local_id or place.regional_id or place.national_id)
    found: int = scalar(_PERSONS, {"roles": roles, "unit_id": below})
    return found


_ROWS = (
    select(
        PluginSwitch.plugin,
        PluginSwitch.unit_id,
        Unit.name,
        PluginSwitch.enabled,
        PluginSwitch.message,
        PluginSwitch.changed_at,
    )
    .outerjoin(Unit, Unit.id == PluginSwitch.unit_id)
    .where(text("(CAST(:plugin AS text) IS NULL OR plugin_switch.plugin = :plugin)"))
    .order_by(PluginSwitch.plugin, PluginSwitch.unit_id.is_not(None), Unit.sort_key, PluginSwitch.id)
)
_OFF = text(
    "SELECT 1 FROM plugin_switch WHERE plugin = :plugin"
    " AND unit_id IS NOT DISTINCT FROM CAST(:unit_id AS bigint) AND NOT enabled"
)
_WAITING = text(
    "SELECT count(*) FROM procrastinate_jobs"
    " WHERE queue_name IN (:queue, :held) AND status IN ('todo', 'doing')"
)
_PLACE = text(
    "SELECT level, national_id, regional_id, local_id FROM unit WHERE tree = 'authority' AND"
    " CASE WHEN CAST(:unit_id AS bigint) IS NULL THEN kind = 'directorate' ELSE id = :unit_id END"
)
_UNITS = text(
    "SELECT id, name FROM unit WHERE tree = 'authority' AND level = ANY(:levels) AND kind <> 'directorate'"
    " AND valid_from <= :today AND (valid_to IS NULL OR valid_to >= :today) ORDER BY level DESC, sort_key, id"
)
_PERSONS = text(
    "SELECT count(DISTINCT a.person_id) FROM assignment a JOIN unit u ON u.id = a.unit_id"
    " WHERE a.role = ANY(:roles) AND a.ended_at IS NULL AND (a.valid_to IS NULL OR a.valid_to > now())"
    " AND (CAST(:unit_id AS bigint) IS NULL OR :unit_id IN (u.regional_id, u.local_id, u.national_id))"
)
