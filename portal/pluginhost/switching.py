"""Switching plugins on and off: one use case a function, alone in the house while it happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.access.actor import Actor, Place, scope_of
from portal.access.policy import require
from portal.database import switch_transaction
from portal.jobs.holding import release_held
from portal.pluginhost import queries
from portal.pluginhost.events import PluginDisabled, PluginEnabled
from portal.pluginhost.models import PluginSwitch
from portal.pluginhost.permissions import PLUGIN_SWITCH
from portal.pluginhost.registry import Loaded, plugins
from portal.pluginkit.hookspecs import Blocker
from portal.record import record

NATIONAL = "national"


class SwitchRefused(Exception):
    """A switch that may not be thrown; `code` says why.

    `unknown` plugin or place, `level` not one of the plugin's, `message` missing, `blocked` by the
    plugin's own objections, `essential` needs a second person.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Preview:
    """What a switch at a place would touch, in numbers for the page that says it in words."""

    plugin: str
    unit_id: int | None
    on: bool
    persons: int
    waiting_jobs: int
    blockers: Sequence[Blocker]


def preview(plugin: str, unit_id: int | None = None) -> Preview:
    """What switching `plugin` at a unit (None: the whole country) would touch. Raises `SwitchRefused`."""
    found = _loaded(plugin)
    place = _place(found, unit_id)
    carried = [permission.name for permission in found.parts.permissions]
    return Preview(
        plugin=plugin,
        unit_id=unit_id,
        on=queries.is_on(plugin, unit_id),
        persons=queries.persons_with(carried, None if unit_id is None else place),
        waiting_jobs=queries.waiting_jobs(plugin) if unit_id is None else 0,
        blockers=_blockers(found, unit_id),
    )


def disable(
    plugin: str,
    *,
    actor: Actor | None,
    message: str,
    unit_id: int | None = None,
    despite_blockers: bool = False,
) -> bool:
    """Switch off; the next request in any process meets it. False when it was off already.

    `message` is shown to whoever asks for the plugin's pages. `actor` None is an operator at the command
    line. Raises `SwitchRefused`, `Denied`, and `GenerationMoved` when the actor's rights just changed.
    """
    found = _loaded(plugin)
    place = _place(found, unit_id)
    _authorise(actor, place)
    if not message.strip():
        raise SwitchRefused("message")
    if found.info.essential and actor is not None:
        raise SwitchRefused("essential")
    blockers = _blockers(found, unit_id)
    if blockers and not despite_blockers:
        raise SwitchRefused("blocked")
    with switch_transaction(actor=actor) as session:
        if not queries.is_on(plugin, unit_id):
            return False
        switch_id = _store(session, plugin, unit_id, False, message.strip(), actor)
        event = PluginDisabled(
            subject_id=switch_id,
            plugin_name=plugin,
            unit_id=unit_id,
            via=_via(actor),
            blockers=len(blockers),
            **scope_of(place),
        )
        record(event, actor=actor)
    return True


def enable(plugin: str, *, actor: Actor | None, message: str = "", unit_id: int | None = None) -> bool:
    """Switch on again and give back the jobs that waited, in one transaction. False when it was on.

    Raises as `disable` does.
    """
    found = _loaded(plugin)
    place = _place(found, unit_id)
    _authorise(actor, place)
    with switch_transaction(actor=actor) as session:
        if queries.is_on(plugin, unit_id):
            return False
        switch_id = _store(session, plugin, unit_id, True, message.strip(), actor)
        released = release_held(session, plugin) if unit_id is None else 0
        event = PluginEnabled(
            subject_id=switch_id,
            plugin_name=plugin,
            unit_id=unit_id,
            via=_via(actor),
            released_jobs=released,
            **scope_of(place),
        )
        record(event, actor=actor)
    return True


def _loaded(plugin: str) -> Loaded:
    found = plugins().loaded.get(plugin)
    if found is None:
        raise SwitchRefused("unknown")
    return found


def _place(plugin: Loaded, unit_id: int | None) -> Place:
    row = queries.place_of(unit_id)
    if row is None:
        raise SwitchRefused("unknown")
    level, place = row
    if (NATIONAL if unit_id is None else level) not in plugin.info.levels:
        raise SwitchRefused("level")
    return place


def _authorise(actor: Actor | None, place: Place) -> None:
    if actor is not None:
        require(actor, PLUGIN_SWITCH, place)


def _blockers(plugin: Loaded, unit_id: int | None) -> Sequence[Blocker]:
    return plugins().ask("portal_disable_blockers", plugin, unit_id=unit_id) or ()


def _store(
    session: Session, plugin: str, unit_id: int | None, enabled: bool, message: str, actor: Actor | None
) -> int:
    values = {
        "enabled": enabled,
        "message": message,
        "changed_by": actor.person_id if actor else None,
        "changed_at": func.now(),
    }
    statement = insert(PluginSwitch).values(plugin=plugin, unit_id=unit_id, **values)
    changed = statement.on_conflict_do_update(
        index_elements=[PluginSwitch.plugin, text("coalesce(unit_id, 0)")], set_=values
    )
    switch_id: int = session.execute(changed.returning(PluginSwitch.id)).scalar_one()
    return switch_id


def _via(actor: Actor | None) -> str:
    return "command" if actor is None else "page"
