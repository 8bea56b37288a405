"""Why may I, or why not: which role, where, by whom, until when; or what is missing and who can give it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from portal import clock
from portal.access.actor import LEVELS, Actor, Held, Scoped
from portal.access.models import Assignment
from portal.access.permissions import Permission
from portal.access.policy import allowed
from portal.access.roles import CIVIL, ROLES, Role
from portal.database import Base, read
from portal.units.models import Unit

HELPERS = 5


@dataclass(frozen=True, slots=True)
class Ground:
    """A role that carries the permission, where it stands, who gave it, and how long it lasts."""

    assignment_id: int
    role: str
    unit_id: int
    unit_name: str
    granted_by: int | None
    granted_by_name: str | None
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who can give what is missing, and where they stand."""

    person_id: int
    name: str
    unit_id: int
    unit_name: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to "why?". `missing` is None when it is allowed, otherwise a code:

    `not_signed_in`, `no_role`, `elsewhere` (held, but not here; `grounds` says where), `switched_off`
    (the plugin is off here), `restricted` (a plugin's rule says no). `roles` are those that would do
    here; `helpers` those who can give one.
    """

    allowed: bool
    permission: Permission
    grounds: tuple[Ground, ...]
    missing: str | None = None
    roles: tuple[str, ...] = ()
    helpers: tuple[Helper, ...] = ()


def explain(actor: Actor, permission: Permission, place: Scoped) -> Explanation:
    """Say why `actor` may or may not do `permission` at `place`. At most two statements."""
    carrying = [held for held in actor.held if _carries(held, permission)]
    here = [held for held in carrying if _reaches(held, place)]
    if allowed(actor, permission, place):
        return Explanation(True, permission, _grounds(here))
    return Explanation(
        False,
        permission,
        _grounds(here or carrying),
        missing=_missing(actor, permission, place, here, carrying),
        roles=tuple(role.name for role in ROLES.values() if _would_do(role, permission, place)),
        helpers=_helpers(place),
    )


def grounds_of(actor: Actor) -> tuple[Ground, ...]:
    """Every role the actor holds now: where, given by whom, until when. One statement, none without roles."""
    return _grounds(list(actor.held))


def _carries(held: Held, permission: Permission) -> bool:
    role = ROLES.get(held.role)
    return role is not None and role.fits(held.tree, held.level) and permission.name in role.permissions


def _reaches(held: Held, place: Scoped) -> bool:
    column = "owner" if held.tree == CIVIL else held.level
    return getattr(place, f"{column}_id") in held.reaches


def _missing(
    actor: Actor, permission: Permission, place: Scoped, here: list[Held], carrying: list[Held]
) -> str:
    if not actor.signed_in:
        return "not_signed_in"
    if not carrying:
        return "no_role"
    if not here:
        return "elsewhere"
    off = place.plugin is not None and not permission.survives_disable
    return "switched_off" if off and actor.switches.off_at(place.plugin or "", place) else "restricted"


def _would_do(role: Role, permission: Permission, place: Scoped) -> bool:
    if permission.name not in role.permissions:
        return False
    if role.tree == CIVIL:
        return place.owner_id is not None
    return any(getattr(place, f"{level}_id") is not None for level in LEVELS if level in role.levels)


def _grounds(held: list[Held]) -> tuple[Ground, ...]:
    if not held:
        return ()
    person = Base.metadata.tables["person"]
    rows = read(
        select(
            Assignment.id,
            Assignment.role,
            Assignment.unit_id,
            Unit.name,
            Assignment.granted_by,
            person.c.name,
            Assignment.valid_from,
            Assignment.valid_to,
        )
        .join(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(person, person.c.id == Assignment.granted_by)
        .where(Assignment.id.in_([one.assignment_id for one in held]))
        .order_by(Assignment.id)
    )
    return tuple(Ground(*list(row)) for row in rows)


def _helpers(place: Scoped) -> tuple[Helper, ...]:
    """Who gives roles at the place: its leaders, or the administrators of the nearest unit first."""
    now = clock.now()
    conditions = _guardians_of(place)
    if not conditions:
        return ()
    person = Base.metadata.tables["person"]
    rows = read(
        select(Assignment.person_id, person.c.name, Assignment.unit_id, Unit.name)
        .join(Unit, Unit.id == Assignment.unit_id)
        .join(person, person.c.id == Assignment.person_id)
        .where(
            or_(*conditions),
            Assignment.ended_at.is_(None),
            Assignment.valid_from <= now,
            or_(Assignment.valid_to.is_(None), Assignment.valid_to > now),
        )
        .order_by(Unit.level.desc(), Assignment.id)  # "regional" before "national"
        .limit(HELPERS)
    )
    return tuple(Helper(*list(row)) for row in rows)


def _guardians_of(place: Scoped) -> list[Any]:
    found: list[Any] = []
    if place.owner_id is not None:
        found.append((Assignment.unit_id == place.owner_id) & (Assignment.role == "leader"))
    above = [unit for unit in (place.regional_id, place.national_id) if unit is not None]
    if above:
        here = or_(Assignment.unit_id.in_(above), Unit.kind == "directorate")
        found.append(here & (Assignment.role == "access_administrator"))
    return found


__all__ = ["Explanation", "Ground", "Helper", "explain", "grounds_of"]
