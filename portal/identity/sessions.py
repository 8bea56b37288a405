"""Login sessions (*økter*): begun, seen, listed and ended. Ended is ended in every process at once.

The cookie's random token is the only key: its digest finds the row, and the token itself opens the
stored ID token, so neither can be had from the database.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor
from portal.database import read, read_one
from portal.identity.context import token_digest
from portal.identity.events import SessionEnded
from portal.identity.flow import Identity
from portal.identity.models import Login, Person, UserSession
from portal.identity.represented import unit_of
from portal.identity.sealing import seal, unseal
from portal.login_settings import Provider
from portal.login_settings import Session as Limits
from portal.record import record

SEEN_EVERY = timedelta(seconds=60)
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that was ended just now, and whose it was."""

    id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class Hint:
    """What a provider needs to end its own session too."""

    provider: str
    id_token: str


def create(
    session: Session, person_id: int, identity: Identity, *, profile: Provider, device: str, limits: Limits
) -> tuple[int, str]:
    """Begin a session; gives its id and the new token for the cookie.

    They act for the organisation that was chosen at the login service, or else for whom they last acted;
    the context drops it when it is theirs no more.
    """
    token = secrets.token_urlsafe(32)
    represents = identity.represents.number if identity.represents else ""
    chosen = unit_of(represents) if represents else None
    last_unit = (
        select(UserSession.acting_for)
        .where(UserSession.person_id == person_id)
        .order_by(UserSession.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    through = (
        select(Login.id)
        .where(Login.issuer == identity.issuer, Login.subject == identity.subject)
        .scalar_subquery()
    )
    session.execute(update(Person).where(Person.id == person_id).values(logged_in_at=func.now()))
    made: int = session.execute(
        insert(UserSession)
        .values(
            token_digest=token_digest(token),
            person_id=person_id,
            login_id=through,
            provider=profile.key,
            issuer=identity.issuer,
            provider_sid=identity.sid,
            id_token=seal(identity.id_token, token),
            device=device,
            authenticated_at=identity.authenticated_at,
            acr=identity.acr,
            staff=profile.staff,
            represents=represents,
            acting_for=last_unit if chosen is None else chosen,
            expires_at=clock.now() + timedelta(minutes=limits.absolute(staff=profile.staff)),
        )
        .returning(UserSession.id)
    ).scalar_one()
    return made, token


def touch(session: Session, session_id: int) -> None:
    """Remember that the session was used just now."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.seen_at < func.now() - SEEN_EVERY)
        .values(seen_at=func.now())
    )


def is_stale(seen_at: datetime) -> bool:
    """True when the session should be touched: not at every request, once a minute."""
    return clock.now() - seen_at > SEEN_EVERY


def of_token(session: Session, token: str) -> tuple[Ended, Hint, bool] | None:
    """The session of a cookie, with what its provider needs, and whether it was still open."""
    row = session.execute(
        select(
            UserSession.id,
            UserSession.person_id,
            UserSession.provider,
            UserSession.id_token,
            UserSession.ended_at,
        ).where(UserSession.token_digest == token_digest(token))
    ).first()
    if row is None:
        return None
    hint = Hint(row.provider, unseal(row.id_token, token))
    return Ended(row.id, row.person_id), hint, row.ended_at is None


def end(session: Session, cause: str, *conditions: ColumnElement[bool]) -> list[Ended]:
    """End every open session that meets the conditions, and forget its ID token; `cause` as in `events`."""
    rows = session.execute(
        update(UserSession)
        .where(UserSession.ended_at.is_(None), *conditions)
        .values(ended_at=func.now(), ended_cause=cause, id_token="")
        .returning(UserSession.id, UserSession.person_id)
    ).all()
    return [Ended(row.id, row.person_id) for row in rows]


def end_told(session: Session, cause: str, *conditions: ColumnElement[bool], by: int | None) -> list[Ended]:
    """`end`, written down for each session with who did it (None: from outside)."""
    ended = end(session, cause, *conditions)
    for one in ended:
        event = SessionEnded(subject_id=one.id, cause=cause)
        record(event, actor=None if by is None else Actor(person_id=by))
    return ended


def with_id(session_id: int) -> ColumnElement[bool]:
    """Condition: that session."""
    return UserSession.id == session_id


def of_person(person_id: int, *, but: int | None = None) -> ColumnElement[bool]:
    """Condition: the person's sessions, all or all but one."""
    theirs = UserSession.person_id == person_id
    return theirs if but is None else theirs & (UserSession.id != but)


def of_provider(issuer: str, sid: str) -> ColumnElement[bool]:
    """Condition: sessions begun in the provider's session `sid`."""
    return (UserSession.issuer == issuer) & (UserSession.provider_sid == sid)


def of_subject(issuer: str, subject: str) -> ColumnElement[bool]:
    """Condition: sessions that the person known by that subject began at that issuer."""
    who = select(Login.person_id).where(Login.issuer == issuer, Login.subject == subject)
    return (UserSession.issuer == issuer) & UserSession.person_id.in_(who)


def why_over(token: str, *, limits: Limits) -> tuple[int, str] | None:
    """Whose session a cookie's was and why it is over: `idle`, `absolute`, or the cause it was ended by.

    None when there was no such session, or it is open still.
    """
    row = read_one(
        select(
            UserSession.person_id,
            UserSession.ended_at,
            UserSession.ended_cause,
            UserSession.expires_at,
            UserSession.seen_at,
            UserSession.staff,
        ).where(UserSession.token_digest == token_digest(token))
    )
    if row is None:
        return None
    if row.ended_at is not None:
        return row.person_id, row.ended_cause
    if row.expires_at <= clock.now():
        return row.person_id, "absolute"
    unused = clock.now() - row.seen_at
    return (row.person_id, "idle") if unused >= timedelta(minutes=limits.idle(staff=row.staff)) else None


def open_sessions(person_id: int, *, limits: Limits) -> list[tuple[int, str, str, datetime, datetime]]:
    """A person's open sessions, the last used first: id, device, provider, begun, last used."""
    statement = (
        select(
            UserSession.id,
            UserSession.device,
            UserSession.provider,
            UserSession.created_at,
            UserSession.seen_at,
        )
        .where(
            UserSession.person_id == person_id,
            UserSession.ended_at.is_(None),
            UserSession.expires_at > func.now(),
            UserSession.seen_at
            > func.now()
            - case(
                (UserSession.staff, timedelta(minutes=limits.idle(staff=True))),
                else_=timedelta(minutes=limits.idle(staff=False)),
            ),
        )
        .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
        .limit(50)
    )
    return [(row.id, row.device, row.provider, row.created_at, row.seen_at) for row in read(statement)]


def act_for(session: Session, session_id: int, unit_id: int) -> None:
    """Remember whom the person acts for in this session."""
    session.execute(update(UserSession).where(with_id(session_id)).values(acting_for=unit_id))


def forget_old(session: Session) -> None:
    """Delete sessions long dead; drop the ID tokens of those past their limit."""
    now = clock.now()
    session.execute(
        update(UserSession)
        .where(UserSession.expires_at < now, UserSession.id_token != "")
        .values(id_token="")
    )
    dead = or_(UserSession.ended_at < now - KEPT, UserSession.expires_at < now - KEPT)
    session.execute(delete(UserSession).where(dead))
