"""Contact persons (*kontaktpersoner*) and deputies: no unit that has one is ever left without.

Every function runs inside the caller's transaction, which has checked that the actor may.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, insert, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.record import record
from portal.record.services import Recorded
from portal.units.events import ContactAdded, ContactChanged, ContactEnded
from portal.units.models import ContactPerson
from portal.units.refusals import UnitRefused
from portal.units.standing import lock_unit


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A contact person as typed. `deputy` (*stedfortreder*): answers when the others are away."""

    name: str
    email: str
    phone: str = ""
    deputy: bool = False


def add_contact(session: Session, unit_id: int, contact: Contact, *, actor: Recorded | None) -> int:
    """Give a unit one more contact person, from today; gives the id. Raises `LookupError`: no such unit."""
    unit = lock_unit(session, unit_id)
    made: int = session.execute(
        insert(ContactPerson)
        .values(
            unit_id=unit_id,
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            deputy=contact.deputy,
            valid_from=clock.today(),
        )
        .returning(ContactPerson.id)
    ).scalar_one()
    event = ContactAdded(subject_id=made, unit_id=unit_id, deputy=contact.deputy, **unit.scope)
    record(event, actor=actor)
    return made


def change_contact(
    session: Session, contact_id: int, contact: Contact, version: int, *, actor: Recorded | None
) -> None:
    """Change a contact person seen in `version`. Raises `UnitRefused`: stale, ended, or the last one."""
    unit_id, deputy, seen = _standing(session, contact_id)
    unit = lock_unit(session, unit_id)
    if seen != version:
        raise UnitRefused("stale")
    if contact.deputy and not deputy:
        _another_stays(session, unit_id, contact_id)
    changed = session.execute(
        update(ContactPerson)
        .where(ContactPerson.id == contact_id, ContactPerson.version == version)
        .values(
            name=contact.name,
            email=contact.email,
            phone=contact.phone,
            deputy=contact.deputy,
            version=version + 1,
        )
        .returning(ContactPerson.id)
    ).first()
    if changed is None:
        raise UnitRefused("stale")
    record(ContactChanged(subject_id=contact_id, unit_id=unit_id, **unit.scope), actor=actor)


def end_contact(session: Session, contact_id: int, *, actor: Recorded | None) -> None:
    """Take a contact person away from today. Raises `UnitRefused` for the last one who is not a deputy."""
    unit_id, _deputy, _version = _standing(session, contact_id)
    unit = lock_unit(session, unit_id)
    _unit, deputy, _version = _standing(session, contact_id)  # again, now that nobody else changes them
    if not deputy:
        _another_stays(session, unit_id, contact_id)
    session.execute(
        update(ContactPerson)
        .where(ContactPerson.id == contact_id)
        .values(valid_to=clock.today(), version=ContactPerson.version + 1)
    )
    record(ContactEnded(subject_id=contact_id, unit_id=unit_id, **unit.scope), actor=actor)


def _standing(session: Session, contact_id: int) -> tuple[int, bool, int]:
    row = session.execute(
        select(ContactPerson.unit_id, ContactPerson.deputy, ContactPerson.version).where(
            ContactPerson.id == contact_id, _valid()
        )
    ).one_or_none()
    if row is None:
        raise UnitRefused("contact_ended")
    return row.unit_id, row.deputy, row.version


def _another_stays(session: Session, unit_id: int, contact_id: int) -> None:
    other = session.execute(
        select(ContactPerson.id).where(
            ContactPerson.unit_id == unit_id,
            ContactPerson.id != contact_id,
            ContactPerson.deputy.is_(False),
            _valid(),
        )
    ).first()
    if other is None:
        raise UnitRefused("last_contact")


def _valid() -> ColumnElement[bool]:
    return or_(ContactPerson.valid_to.is_(None), ContactPerson.valid_to > clock.today())
