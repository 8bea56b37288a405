"""What the contact register said of people: kept at each login, and whether it may be used still."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal import clock, settings
from portal.database import read, scalar, transaction
from portal.identity.contact_register import Told, known_register
from portal.identity.models import Person, RegisteredContact

log = structlog.get_logger("portal.identity")


@dataclass(frozen=True, slots=True)
class Contact:
    """What the register said of a person, and when. The address is empty where it may not be used."""

    reserved: bool
    may_notify: bool
    email: str
    confirmed_at: datetime | None
    read_at: datetime

    @property
    def standing(self) -> str:
        """`reserved`, `usable`, `silenced` (may not be notified), `no_address`, `old` or `unread_long`.

        Only `usable` lets a letter be notified at the address. Ages are limited by the settings `contact`
        (the register may not be used when its owner has not confirmed it in 18 months).
        """
        limits, now = settings.current().contact, clock.now()
        # In this order: somebody reserved long ago is taken to be so still.
        tests = (
            ("reserved", self.reserved),
            ("unread_long", self.read_at < now - timedelta(days=limits.reading_days)),
            ("silenced", not self.may_notify),
            ("no_address", not self.email or self.confirmed_at is None),
            ("old", _is_old(self.confirmed_at, limits.address_months)),
        )
        return next((name for name, holds in tests if holds), "usable")


def read_at_login(person_id: int, *, provider: str, access_token: str) -> None:
    """Ask the register of whoever just logged in, and keep the answer in place of the last. Never raises.

    Called when the login is done, so that neither a slow register nor a strange answer undoes it.
    """
    register = known_register(provider)
    told = register.ask(access_token) if register is not None else None
    if told is None:
        return
    try:
        with transaction() as session:
            _keep(session, person_id, told, provider)
    except SQLAlchemyError as error:
        log.warning("contact_register_not_kept", provider=provider, kind=type(error).__name__)


def contacts_of(person_ids: Collection[int]) -> list[Contact]:
    """What the register said of these persons, the last read first; nothing of who was never asked about."""
    rows = read(
        select(
            RegisteredContact.reserved,
            RegisteredContact.may_notify,
            RegisteredContact.email,
            RegisteredContact.confirmed_at,
            RegisteredContact.read_at,
        )
        .where(RegisteredContact.person_id.in_(list(person_ids)))
        .order_by(RegisteredContact.read_at.desc())
    )
    return [Contact(*tuple(row)) for row in rows]


def own_address(person_id: int) -> str:
    """The address the person's login service told, to which ordinary messages go; may be empty."""
    return str(scalar(select(Person.email).where(Person.id == person_id)) or "")


def _is_old(confirmed_at: datetime | None, months: int) -> bool:
    """True after the day so many months later, in Norway."""
    if confirmed_at is None:
        return True
    return clock.today() > clock.months_later(clock.oslo(confirmed_at).date(), months)


def _keep(session: Session, person_id: int, told: Told, provider: str) -> None:
    values = {
        "provider": provider,
        "reserved": told.reserved,
        "may_notify": told.may_notify,
        "email": told.email,
        "confirmed_at": told.confirmed_at,
        "read_at": clock.now(),
    }
    session.execute(
        insert(RegisteredContact)
        .values(person_id=person_id, **values)
        .on_conflict_do_update(index_elements=[RegisteredContact.person_id], set_=values)
    )
