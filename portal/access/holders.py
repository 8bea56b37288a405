"""Who holds a permission at a place: for finding a substitute, and whom to tell."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, false, func, or_, select

from portal.access.actor import Scoped
from portal.access.models import Assignment
from portal.access.permissions import Permission
from portal.access.roles import AUTHORITY, ROLES
from portal.database import read
from portal.units.models import Unit


def holders(permission: Permission, place: Scoped) -> Any:
    """A select of the ids of staff who hold `permission` at `place` now, by the rule of `policy.allowed`.

    Switched-off plugins and restrictions are not asked about: ask `allowed` for the one that is chosen.
    """
    units = [unit for unit in (place.national_id, place.regional_id, place.local_id) if unit is not None]
    over_all = Unit.kind == "directorate" if place.national_id is not None else false()
    return _valid(permission).where(or_(Assignment.unit_id.in_(units), over_all))


def nearest_holders(permission: Permission, place: Scoped) -> list[int]:
    """Those who hold `permission` at the place's region; where nobody does, at its national unit."""
    for unit in (place.regional_id, place.national_id):
        found = [row[0] for row in read(_valid(permission).where(Assignment.unit_id == unit))] if unit else []
        if found:
            return found
    return []


def _valid(permission: Permission) -> Any:
    carrying = [
        and_(Assignment.role == role.name, Unit.level.in_(sorted(role.levels)))
        for role in ROLES.values()
        if role.tree == AUTHORITY and permission.name in role.permissions
    ]
    return (
        select(Assignment.person_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(
            Unit.tree == AUTHORITY,
            or_(false(), *carrying),
            Assignment.ended_at.is_(None),
            Assignment.valid_from <= func.now(),
            or_(Assignment.valid_to.is_(None), Assignment.valid_to > func.now()),
        )
        .distinct()
    )
