"""Persons: known by (issuer, subject), and by nothing else."""

from __future__ import annotations

from sqlalchemy import Table, delete, func, insert, literal, select, union_all, update
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.database import Base
from portal.identity import doors
from portal.identity.events import LoginJoined, PersonRegistered
from portal.identity.flow import Identity
from portal.identity.models import HeldForm, Login, Person, RegisteredContact, UserSession
from portal.record import record
from portal.web.kit.i18n import parse_language


class InUse(Exception):
    """The other account has been used for something: joining it would move rights and history unseen."""


def find(session: Session, identity: Identity) -> int | None:
    """The id of the person known by that login, or None."""
    found: int | None = session.execute(
        select(Login.person_id).where(Login.issuer == identity.issuer, Login.subject == identity.subject)
    ).scalar_one_or_none()
    return found


def find_or_create(session: Session, identity: Identity, *, provider: str) -> int:
    """The id of the person behind a login, made at the first one; name and address follow the provider.

    An e-mail address joins nothing: two logins with the same address are two persons.
    """
    _alone(session, identity)
    person_id = find(session, identity)
    if person_id is None:
        return _create(session, identity, provider)
    _refresh(session, person_id, identity)
    return person_id


def join(session: Session, identity: Identity, person_id: int, *, provider: str) -> int:
    """Make a login that was just proved a second door to the account `person_id`; gives its id.

    Raises `InUse` when that login is the door to another account that has roles or anything else.
    """
    _alone(session, identity)
    known = find(session, identity)
    if known == person_id:
        return person_id
    if known is None:
        session.execute(
            insert(Login).values(person_id=person_id, issuer=identity.issuer, subject=identity.subject)
        )
    else:
        _take_over(session, known, person_id)
    record(LoginJoined(subject_id=person_id, provider=provider), actor=Actor(person_id=person_id))
    doors.tell(person_id, doors.ADDED, provider)
    return person_id


def _take_over(session: Session, empty: int, person_id: int) -> None:
    if _is_used(session, empty):
        raise InUse
    session.execute(update(Login).where(Login.person_id == empty).values(person_id=person_id))
    session.execute(
        update(UserSession)
        .where(UserSession.person_id == empty, UserSession.ended_at.is_(None))
        .values(ended_at=func.now(), ended_cause="joined", id_token="")
    )
    session.execute(delete(RegisteredContact).where(RegisteredContact.person_id == empty))
    session.execute(update(Person).where(Person.id == empty).values(name="", email=""))


def _is_used(session: Session, person_id: int) -> bool:
    """True when any row anywhere, but what every login leaves, belongs to the person."""
    own = {one.__table__ for one in (Login, UserSession, HeldForm, RegisteredContact)}
    found = [
        select(literal(1)).where(column == person_id)
        for table in Base.metadata.tables.values()
        if table not in own
        for column in _persons_columns(table)
    ]
    return session.execute(union_all(*found).limit(1)).first() is not None


def _persons_columns(table: Table) -> list:
    return [
        column
        for column in table.columns
        if any(key.target_fullname == "person.id" for key in column.foreign_keys)
    ]


def _alone(session: Session, identity: Identity) -> None:
    # Two first logins at once must not make two persons: one waits for the other here.
    who = func.hashtextextended(f"{identity.issuer}\n{identity.subject}", 0)
    session.execute(select(func.pg_advisory_xact_lock(who)))


def _create(session: Session, identity: Identity, provider: str) -> int:
    person_id: int = session.execute(
        insert(Person)
        .values(name=identity.name, email=identity.email, language=parse_language(identity.locale))
        .returning(Person.id)
    ).scalar_one()
    session.execute(
        insert(Login).values(person_id=person_id, issuer=identity.issuer, subject=identity.subject)
    )
    record(PersonRegistered(subject_id=person_id, provider=provider), actor=Actor(person_id=person_id))
    return person_id


def _refresh(session: Session, person_id: int, identity: Identity) -> None:
    told = {"name": identity.name, "email": identity.email}
    known = {column: value for column, value in told.items() if value}
    language = parse_language(identity.locale)
    if language is not None:
        known["language"] = func.coalesce(Person.language, language)  # type: ignore[assignment]
    if known:
        session.execute(update(Person).where(Person.id == person_id).values(**known))
