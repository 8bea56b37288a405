"""Sealing and verifying: a keyed chain over every entry, made within about a second of its commit.

Recording only inserts, so it never waits for the chain. The sealer takes entries whose transaction is
older than every running one: no entry can appear behind it any more. Order is (transaction, id).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, text

from portal.database import read, read_one, transaction
from portal.record.models import AuditEntry, AuditSeal

SEAL_LOCK = 7203020
BATCH = 2_000
GENESIS = bytes(32)
_COLUMNS = tuple(column for column in AuditEntry.__table__.columns)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how many entries are sealed and not, and the first entry that is wrong."""

    sealed: int
    unsealed: int
    first_bad_entry: int | None
    reason: str | None
    head: bytes

    @property
    def sound(self) -> bool:
        """True when every sealed entry is as it was when it was sealed."""
        return self.first_bad_entry is None and self.reason is None


def seal(key: bytes) -> int:
    """Seal what can be sealed now, at most one batch, and give the number of entries sealed.

    Does nothing while another sealer is at work.
    """
    with transaction() as session:
        if not session.execute(select(func.pg_try_advisory_xact_lock(SEAL_LOCK))).scalar_one():
            return 0
        position, digest = _head()
        rows = session.execute(_UNSEALED, {"limit": BATCH}).all()
        seals = []
        for row in rows:
            position += 1
            digest = _digest(key, digest, row)
            seals.append({"position": position, "entry_id": row.id, "digest": digest})
        if seals:
            session.execute(insert(AuditSeal), seals)
        return len(seals)


def verify(key: bytes) -> Verdict:
    """Recompute the whole chain and name the first entry that was changed, removed or moved."""
    digest, expected, sealed = GENESIS, 0, 0
    for position, entry_id, stored, row in _chain():
        expected += 1
        if position != expected:
            return _bad(sealed, entry_id, "a seal is missing before this entry", digest)
        if row is None:
            return _bad(sealed, entry_id, "the sealed entry is gone", digest)
        digest = _digest(key, digest, row)
        if not hmac.compare_digest(digest, stored):
            return _bad(sealed, entry_id, "the entry or its seal was changed", digest)
        sealed += 1
    return Verdict(sealed, _unsealed(), None, None, digest)


def head() -> tuple[int, str]:
    """The chain's length and last digest in hexadecimal, for export: a chain cannot see its own tail cut."""
    position, digest = _head()
    return position, digest.hex()


def _bad(sealed: int, entry_id: int, reason: str, digest: bytes) -> Verdict:
    return Verdict(sealed, _unsealed(), entry_id, reason, digest)


def _head() -> tuple[int, bytes]:
    row = read_one(select(AuditSeal.position, AuditSeal.digest).order_by(AuditSeal.position.desc()).limit(1))
    return (0, GENESIS) if row is None else (row.position, bytes(row.digest))


def _unsealed() -> int:
    row = read_one(_COUNT_UNSEALED)
    return 0 if row is None else int(row[0])


def _chain() -> Iterator[tuple[int, int, bytes, Row[Any] | None]]:
    after = 0
    while True:
        page = read(_PAGE, {"after": after, "limit": BATCH})
        for row in page:
            yield row.position, row.entry_id, bytes(row.digest), row if row.id is not None else None
        if len(page) < BATCH:
            return
        after = page[-1].position


def _digest(key: bytes, previous: bytes, row: Row[Any]) -> bytes:
    return hmac.new(key, previous + canonical(row), hashlib.sha256).digest()


def canonical(row: Row[Any]) -> bytes:
    """An entry as the bytes that are sealed: every column, in a fixed order and form."""
    values = (getattr(row, "entry_at" if column.name == "at" else column.name) for column in _COLUMNS)
    plain = [v.astimezone(UTC).isoformat() if isinstance(v, datetime) else v for v in values]
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


_ENTRY = [column.label("entry_at") if column.name == "at" else column for column in _COLUMNS]
_PAGE = (
    select(AuditSeal.position, AuditSeal.entry_id, AuditSeal.digest, *_ENTRY)
    .join(AuditEntry, AuditEntry.id == AuditSeal.entry_id, isouter=True)
    .where(AuditSeal.position > bindparam("after"))
    .order_by(AuditSeal.position)
    .limit(bindparam("limit"))
)
_NOT_SEALED = ~select(AuditSeal.entry_id).where(AuditSeal.entry_id == AuditEntry.id).exists()
_UNSEALED = (
    select(*_ENTRY)
    .where(
        AuditEntry.transaction_id
        >= func.coalesce(
            select(AuditEntry.transaction_id)
            .join(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
            .order_by(AuditSeal.position.desc())
            .limit(1)
            .scalar_subquery(),
            0,
        ),
        AuditEntry.transaction_id < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint"),
        _NOT_SEALED,
    )
    .order_by(AuditEntry.transaction_id, AuditEntry.id)
    .limit(bindparam("limit"))
)
_COUNT_UNSEALED = select(func.count()).select_from(AuditEntry).where(_NOT_SEALED)
