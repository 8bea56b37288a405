"""Following an organisation to another municipality, and with it to the region that follows it up.

What is open at UDI (a leader to be found, changes nobody has looked at, a notice on ending the cooperation)
moves with it. Its cases stay where they were sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from portal.access.actor import Actor, Place
from portal.access.policy import OutOfReach, require
from portal.database import db, scalar, transaction
from portal.notifications.services import notify
from portal.organisations import queries as organisations
from portal.organisations.exclusion.models import Exclusion
from portal.organisations.following.events import OrganisationMoved
from portal.organisations.following.models import RegisterChange
from portal.organisations.models import Organisation, Rescue
from portal.organisations.permissions import REGISTRATION_HANDLE
from portal.organisations.placing import place_of
from portal.record import record
from portal.units.models import Municipality, Unit
from portal.web.kit.i18n import N_

_NAME = select(Unit.name).where(Unit.id == bindparam("id"))
_TOWN = select(Municipality.name).where(Municipality.number == bindparam("number"))


@dataclass(frozen=True, slots=True)
class Mover:
    """An organisation on the move: where it is, and who follows it up now."""

    unit_id: int
    name: str
    level: str
    national_id: int | None
    regional_id: int | None


def move(unit_id: int, municipality: str, *, actor: Actor) -> None:
    """Hand an organisation over to the region of another municipality, as staff.

    Raises `OutOfReach` (also for an unknown municipality), `Denied`.
    """
    with transaction(actor=actor):
        found = organisations.get(unit_id, actor=actor)
        require(actor, REGISTRATION_HANDLE, found)
        mover = Mover(unit_id, found.name, found.level, found.national_id, found.regional_id)
        if settle(db.session(), mover, municipality, actor=actor) is None:
            raise OutOfReach(municipality)


def settle(session: Session, mover: Mover, municipality: str, *, actor: Actor | None) -> Place | None:
    """Put it in a municipality, in the caller's transaction; gives its place now.

    None, and nothing is changed, where the portal does not know the municipality.
    """
    town = scalar(_TOWN, {"number": municipality})
    if town is None:
        return None
    place = place_of(mover.level, municipality)
    values: dict[str, Any] = {"municipality_number": municipality, "version": Organisation.version + 1}
    moved = (place.national_id, place.regional_id) != (mover.national_id, mover.regional_id)
    scope = {"national_id": place.national_id, "regional_id": place.regional_id}
    session.execute(
        update(Organisation)
        .where(Organisation.unit_id == mover.unit_id)
        .values(values | (scope if moved else {}))
    )
    if moved:
        _take_along(session, mover.unit_id, scope)
        _tell(mover, place, town, actor)
    return place


def _take_along(session: Session, unit_id: int, scope: dict[str, Any]) -> None:
    for table, is_open in (
        (Rescue, Rescue.closed_at.is_(None)),
        (RegisterChange, RegisterChange.seen_at.is_(None)),
        (Exclusion, Exclusion.state.in_(("noticed", "excluded"))),
    ):
        session.execute(update(table).where(table.unit_id == unit_id, is_open).values(scope))


def _tell(mover: Mover, place: Place, town: str, actor: Actor | None) -> None:
    old, new = mover.regional_id or mover.national_id, place.regional_id or place.national_id
    event = OrganisationMoved(
        subject_id=mover.unit_id,
        national_id=place.national_id,
        regional_id=place.regional_id,
        owner_id=mover.unit_id,
        from_unit=old,
        unit_id=new,
    )
    record(event, actor=actor)
    names = {unit: scalar(_NAME, {"id": unit}) or "" for unit in {old, new} if unit}
    values = {
        "name": mover.name,
        "town": town,
        "old": names.get(old or 0, ""),
        "new": names.get(new or 0, ""),
    }
    here = f"/organisasjoner/{mover.unit_id}"
    ours = N_("%(new)s now follows up %(name)s")
    notices = (
        (
            mover.unit_id,
            ours,
            N_("You have moved to %(town)s: another at UDI is your contact."),
            here,
        ),
        (new, ours, N_("It has moved to %(town)s, from %(old)s."), here),
        (old, ours, N_("It has moved to %(town)s. Cases sent to you stay with you."), "/organisasjoner"),
    )
    for unit, title, body, href in notices:
        if unit is not None:
            notify(unit_id=unit, kind="moved", title_id=title, body_id=body, values=values, href=href)
