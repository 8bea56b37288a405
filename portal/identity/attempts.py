"""Logins on their way: rows with an age, so that a visitor needs no session and one small cookie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from portal import clock
from portal.identity.context import token_digest
from portal.identity.flow import Begun
from portal.identity.models import LoginAttempt

LIFETIME = timedelta(minutes=10)
LOGIN = "login"
STEP_UP = "step_up"
LINK = "link"


@dataclass(frozen=True, slots=True)
class Going:
    """What a login is for, who must come back when that is known, and where it leads."""

    next_path: str
    purpose: str = LOGIN
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login that was begun, and whether it was begun in this browser, at this provider, recently."""

    nonce: str
    code_verifier: str
    going: Going
    provider: str
    begun_at: datetime
    same_browser: bool

    @property
    def expired(self) -> bool:
        """True when more than ten minutes have passed since it was begun."""
        return clock.now() - self.begun_at > LIFETIME


def remember(session: Session, begun: Begun, *, provider: str, browser: str, going: Going) -> None:
    """Store a login that was begun, bound to the browser's token."""
    session.execute(
        insert(LoginAttempt).values(
            state_digest=token_digest(begun.state),
            browser_digest=token_digest(browser),
            provider=provider,
            nonce=begun.nonce,
            code_verifier=begun.code_verifier,
            next_path=going.next_path,
            purpose=going.purpose,
            person_id=going.person_id,
        )
    )


def take(session: Session, state: str, *, browser: str) -> Attempt | None:
    """Take out the login with that state: it can be answered once, whatever comes of it."""
    row = session.execute(
        delete(LoginAttempt)
        .where(LoginAttempt.state_digest == token_digest(state))
        .returning(
            LoginAttempt.nonce,
            LoginAttempt.code_verifier,
            LoginAttempt.next_path,
            LoginAttempt.purpose,
            LoginAttempt.person_id,
            LoginAttempt.provider,
            LoginAttempt.created_at,
            LoginAttempt.browser_digest,
        )
    ).first()
    if row is None:
        return None
    return Attempt(
        nonce=row.nonce,
        code_verifier=row.code_verifier,
        going=Going(row.next_path, row.purpose, row.person_id),
        provider=row.provider,
        begun_at=row.created_at,
        same_browser=bytes(row.browser_digest) == token_digest(browser),
    )


def forget_old(session: Session) -> None:
    """Delete logins that can no longer be answered."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.created_at < clock.now() - LIFETIME))
