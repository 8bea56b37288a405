"""Keys that make a repeated POST answer as the first did instead of acting twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from portal.database.base import Base, db


class IdempotencyKey(Base):
    """A form's key, whose it was, and what came of it."""

    __tablename__ = "idempotency_key"

    key: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    used_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
    result_id: Mapped[int | None]


def claim_key(key: UUID, person_id: int) -> int | None:
    """Claim `key` for this transaction, or give the id the first use made.

    A concurrent first use is waited for. Returns None when the caller is first and must act, then call
    `settle_key`.
    """
    claimed = db.session.execute(
        insert(IdempotencyKey)
        .values(key=key, person_id=person_id)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key)
    ).first()
    if claimed is not None:
        return None
    return db.session.execute(
        select(IdempotencyKey.result_id).where(
            IdempotencyKey.key == key, IdempotencyKey.person_id == person_id
        )
    ).scalar_one()


def settle_key(key: UUID, person_id: int, result_id: int) -> None:
    """Remember what the claimed key made, in the same transaction."""
    db.session.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.key == key, IdempotencyKey.person_id == person_id)
        .values(result_id=result_id)
    )


def answer_once(key: UUID | None, person_id: int | None, make: Callable[[], int]) -> int:
    """What `make` gives, or what it gave when the same form was sent before; in the caller's transaction.

    Without a key, or for nobody, it simply makes.
    """
    if key is None or person_id is None:
        return make()
    earlier = claim_key(key, person_id)
    if earlier is not None:
        return earlier
    made = make()
    settle_key(key, person_id, made)
    return made
