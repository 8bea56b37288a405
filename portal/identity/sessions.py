"""Login sessions (*økter*): begun, seen, listed and ended. Ended is ended in every process at once.

The cookie's random token is the only key: its digest finds the row, and the token itself opens the
stored ID token, so neither can be had from the database.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.database import read
from portal.identity.context import token_digest
from portal.identity.flow import Identity
from portal.identity.models import UserSession
from portal.settings import Session as Limits

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
    session: Session, person_id: int, identity: Identity, *, provider: str, device: str, limits: Limits
) -> tuple[int, str]:
    """Begin a session; gives its id and the new token for the cookie.

    The unit the person last acted for is carried over; the context drops it when it is theirs no more.
    """
    token = secrets.token_urlsafe(32)
    last_unit = (
        select(UserSession.acting_for)
        .where(UserSession.person_id == person_id)
        .order_by(UserSession.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    made: int = session.execute(
        insert(UserSession)
        .values(
            token_digest=token_digest(token),
            person_id=person_id,
            provider=provider,
            issuer=identity.issuer,
            provider_sid=identity.sid,
            id_token=_seal(identity.id_token, token),
            device=device,
            authenticated_at=identity.authenticated_at,
            acr=identity.acr,
            acting_for=last_unit,
            expires_at=clock.now() + timedelta(minutes=limits.absolute_minutes),
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
    hint = Hint(row.provider, _unseal(row.id_token, token))
    return Ended(row.id, row.person_id), hint, row.ended_at is None


def end(session: Session, *conditions: ColumnElement[bool]) -> list[Ended]:
    """End every open session that meets the conditions, and forget its ID token."""
    rows = session.execute(
        update(UserSession)
        .where(UserSession.ended_at.is_(None), *conditions)
        .values(ended_at=func.now(), id_token="")
        .returning(UserSession.id, UserSession.person_id)
    ).all()
    return [Ended(row.id, row.person_id) for row in rows]


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


def open_sessions(person_id: int, *, idle_minutes: int) -> list[tuple[int, str, str, datetime, datetime]]:
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
            UserSession.seen_at > func.now() - timedelta(minutes=idle_minutes),
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


def _key(token: str) -> OctKey:
    return OctKey.import_key(sha256(b"id-token:" + token.encode()).digest())


def _seal(id_token: str, token: str) -> str:
    return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, id_token, _key(token))


def _unseal(sealed: str, token: str) -> str:
    if not sealed:
        return ""
    try:
        opened = jwe.decrypt_compact(sealed, _key(token)).plaintext
    except JoseError:
        return ""
    return opened.decode() if opened else ""
