"""Persons: known by (issuer, subject), and by nothing else."""

from __future__ import annotations

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.identity.events import PersonRegistered
from portal.identity.flow import Identity
from portal.identity.models import Login, Person
from portal.record import record
from portal.web.kit.i18n import parse_language


def find_or_create_person(session: Session, identity: Identity, *, provider: str) -> int:
    """The id of the person behind a login, made at the first one; name and address follow the provider.

    An e-mail address joins nothing: two logins with the same address are two persons.
    """
    _alone(session, identity)
    person_id: int | None = session.execute(
        select(Login.person_id).where(Login.issuer == identity.issuer, Login.subject == identity.subject)
    ).scalar_one_or_none()
    if person_id is None:
        return _create(session, identity, provider)
    _refresh(session, person_id, identity)
    return person_id


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
