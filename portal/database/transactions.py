"""One transaction a use case, and the switches that no use case may straddle.

Every `transaction` holds a shared advisory lock and checks that the generation it was authorised
under still stands. A switch (plugin on or off, a role granted or ended, an emergency) takes the lock
exclusively and raises the generation, so a use case sees the world before it or after it, never both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from sqlalchemy import BigInteger, CheckConstraint, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.database.base import Base, db

SWITCH_LOCK = 7203019
_DEPTH = "portal_transaction_depth"


class GenerationMoved(Exception):
    """Rights or switches changed after this actor was loaded: load the actor anew and try again."""


class Authorised(Protocol):
    """Somebody whose rights were read under one generation of the switches."""

    @property
    def generation(self) -> int: ...


class SwitchGeneration(Base):
    """One row that counts every change of rights, plugin states and measures in force."""

    __tablename__ = "switch_generation"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)


def in_transaction() -> bool:
    """True inside `transaction()` or `switch_transaction()` of the current app context."""
    return bool(db.session().info.get(_DEPTH))


@contextmanager
def transaction(*, actor: Authorised | None = None) -> Iterator[Session]:
    """Open the use case's one transaction; commit at the end, roll back on any exception.

    With an `actor`, raises `GenerationMoved` before anything is written when the rights they were
    loaded with may have changed. Inside an open transaction it joins that one.
    """
    with _open("SELECT pg_advisory_xact_lock_shared(:key)") as session:
        if actor is not None and actor.generation != _generation(session):
            raise GenerationMoved
        yield session


@contextmanager
def switch_transaction(*, actor: Authorised | None = None) -> Iterator[Session]:
    """A transaction that changes rights or switches: alone in the house, and raises the generation.

    Raises `GenerationMoved` like `transaction`, and `RuntimeError` inside another transaction, where
    taking the exclusive lock could deadlock.
    """
    if in_transaction():
        raise RuntimeError("a switch needs a transaction of its own")
    with _open("SELECT pg_advisory_xact_lock(:key)") as session:
        if actor is not None and actor.generation != _generation(session):
            raise GenerationMoved
        yield session
        bump_generation(session)


def bump_generation(session: Session) -> None:
    """Make every right loaded so far stale."""
    session.execute(text("UPDATE switch_generation SET value = value + 1"))


def _generation(session: Session) -> int:
    # A statement of its own: its snapshot must begin after the lock was given.
    value: int = session.execute(text("SELECT value FROM switch_generation")).scalar_one()
    return value


@contextmanager
def _open(lock: str) -> Iterator[Session]:
    session = db.session()
    if session.info.get(_DEPTH):
        yield session
        return
    session.info[_DEPTH] = 1
    try:
        session.execute(text(lock), {"key": SWITCH_LOCK})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[_DEPTH] = 0
