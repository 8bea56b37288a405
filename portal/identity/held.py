"""Forms that came without a login fresh enough: kept for their sender until they have logged in again."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal import clock
from portal.database import read, transaction
from portal.identity.context import token_digest
from portal.identity.models import HeldForm
from portal.identity.sealing import seal, unseal

LIFETIME = timedelta(minutes=30)
LARGEST = 200_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was not sent yet: where it goes, the page it came from, and what was typed."""

    action: str
    page: str
    fields: tuple[tuple[str, str], ...]


def hold(kept: Kept, person_id: int) -> str | None:
    """Keep a form for the person; gives the token that opens it, or None when it is too large."""
    plain = json.dumps([kept.action, kept.page, kept.fields])
    if len(plain) > LARGEST:
        return None
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        session.execute(
            insert(HeldForm).values(
                token_digest=token_digest(token), person_id=person_id, sealed=seal(plain, token)
            )
        )
    return token


def open_held(token: str, person_id: int) -> Kept | None:
    """The person's own form under that token, while it is young enough; else None."""
    for (sealed,) in read(
        select(HeldForm.sealed).where(
            HeldForm.token_digest == token_digest(token),
            HeldForm.person_id == person_id,
            HeldForm.created_at > clock.now() - LIFETIME,
        )
    ):
        plain = unseal(sealed, token)
        if plain:
            action, page, fields = json.loads(plain)
            return Kept(action, page, tuple((name, value) for name, value in fields))
    return None


def forget_old(session: Session) -> None:
    """Delete forms nobody came back for."""
    session.execute(delete(HeldForm).where(HeldForm.created_at < clock.now() - LIFETIME))
