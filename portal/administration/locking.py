"""A unit about to be changed: its row locked, and the actor judged there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.access.actor import Actor, Place
from portal.access.declared import UNIT_READ
from portal.access.permissions import Permission
from portal.access.policy import OutOfReach, allowed, require
from portal.units.standing import Standing, lock_unit


def lock_for(session: Session, unit_id: int | None, permission: Permission, *, actor: Actor) -> Standing:
    """Lock a unit of UDI's tree for a change that asks for `permission` there; gives where it stands.

    Raises `OutOfReach` for no such unit or one the actor may not read, `Denied` without the permission.
    """
    try:
        unit = lock_unit(session, unit_id or 0)
    except LookupError:
        raise OutOfReach from None
    place = Place(unit.national_id, unit.regional_id, unit.local_id)
    if unit.tree != "authority" or not allowed(actor, UNIT_READ, place):
        raise OutOfReach
    require(actor, permission, place)
    return unit
