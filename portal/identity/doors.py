"""The ways in to one account: listed, told of, and taken away again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import delete, select

from portal.access.actor import Actor
from portal.access.policy import OutOfReach, ProofNeeded
from portal.database import read, read_one, transaction
from portal.identity import sessions
from portal.identity.context import session_of
from portal.identity.events import LoginRemoved
from portal.identity.models import Login, RegisteredContact, UserSession
from portal.record import record

ADDED = "added"
REMOVED = "removed"
Teller = Callable[[int, str, str], object]
_tellers: list[Teller] = []


class DoorKept(Exception):
    """The way in stays. `code`: `here`, one came in through it; `last`, it is the only one."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def told_by(teller: Teller) -> None:
    """Who tells a person, in the caller's transaction: their id, `ADDED` or `REMOVED`, the provider's key."""
    _tellers[:] = [teller]


def tell(person_id: int, what: str, provider: str) -> None:
    """Tell a person that the ways in to their account are others now."""
    for teller in _tellers:
        teller(person_id, what, provider)


def doors_of(actor: Actor) -> list[tuple[int, str, datetime, bool]]:
    """The ways in to the actor's account, the first first: id, issuer, first used, came in through it now."""
    here = session_of(actor)
    now = read_one(select(UserSession.login_id).where(UserSession.id == here.id)) if here else None
    rows = read(
        select(Login.id, Login.issuer, Login.first_used_at)
        .where(Login.person_id == actor.person_id)
        .order_by(Login.id)
    )
    return [(row.id, row.issuer, row.first_used_at, now is not None and now[0] == row.id) for row in rows]


def remove(login_id: int, providers: dict[str, str], *, actor: Actor) -> None:
    """Take away a way in, and end the sessions that began through it. `providers`: issuer → key.

    The person is freshly logged in through another one, so that they have shown that they get in without it.
    Raises `ProofNeeded`, `DoorKept`, and `OutOfReach` for what is not theirs.
    """
    here = session_of(actor)
    if here is None or actor.person_id is None:
        raise OutOfReach
    if actor.proof_is_old:
        raise ProofNeeded
    with transaction(actor=actor) as session:
        # Locked: two sessions that take away each other's way in at once must leave one.
        theirs = select(Login.id, Login.issuer).where(Login.person_id == actor.person_id).order_by(Login.id)
        mine = {row.id: row.issuer for row in session.execute(theirs.with_for_update())}
        if login_id not in mine:
            raise OutOfReach
        if len(mine) == 1:
            raise DoorKept("last")
        now = session.execute(select(UserSession.login_id).where(UserSession.id == here.id)).scalar()
        if now not in mine or now == login_id:
            raise DoorKept("here")
        through = UserSession.login_id == login_id
        sessions.end_told(session, "door_removed", through, by=actor.person_id)
        session.execute(delete(Login).where(Login.id == login_id))
        provider = providers.get(mine[login_id], "")
        read_there = (RegisteredContact.person_id == actor.person_id, RegisteredContact.provider == provider)
        session.execute(delete(RegisteredContact).where(*read_there))
        record(LoginRemoved(subject_id=actor.person_id, provider=provider), actor=actor)
        tell(actor.person_id, REMOVED, provider)
