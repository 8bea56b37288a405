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

from sqlalchemy import Row, bindparam, case, func, insert, or_, select, text

from portal.database import read, read_one, transaction
from portal.record.models import AuditEntry, AuditSeal

SEAL_LOCK = 7203020
BATCH = 2_000
GENESIS = bytes(32)
_COLUMNS = tuple(column for column in AuditEntry.__table__.columns)


@dataclass(frozen=True)
class Head:
    """The chain's length and last digest, as exported: a chain cannot see its own tail cut."""

    position: int
    digest: bytes

    @classmethod
    def parse(cls, written: str) -> Head:
        """Read what `flask audit head` printed ("120 9f3a…"); raises `ValueError`."""
        position, digest = written.split()
        return cls(int(position), bytes.fromhex(digest))

    def __str__(self) -> str:
        return f"{self.position} {self.digest.hex()}"


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how many entries are sealed and not, and the first entry that is wrong.

    `fault` is a key of `FAULTS`; `first_bad_entry` is None for a fault that no entry is left to show.
    """

    sealed: int
    unsealed: int
    first_bad_entry: int | None
    fault: str | None
    head: Head

    @property
    def sound(self) -> bool:
        """True when every sealed entry is as it was when it was sealed."""
        return self.fault is None


FAULTS = {
    "seal_missing": "a seal is missing before this entry",
    "entry_gone": "the sealed entry is gone",
    "changed": "the entry or its seal was changed, or entries changed places",
    "inserted": "the entry was put in behind the sealed ones",
    "tail_cut": "the chain is shorter than the exported head",
    "other_head": "the chain does not lead to the exported head",
}


def seal(key: bytes) -> int:
    """Seal what can be sealed now, at most one batch, and give the number of entries sealed.

    Does nothing while another sealer is at work.
    """
    with transaction() as session:
        if not session.execute(select(func.pg_try_advisory_xact_lock(SEAL_LOCK))).scalar_one():
            return 0
        last = head()
        position, digest = last.position, last.digest
        seals = []
        for row in session.execute(_UNSEALED, {"limit": BATCH}).all():
            position += 1
            digest = _digest(key, digest, row)
            seals.append({"position": position, "entry_id": row.id, "digest": digest})
        if seals:
            session.execute(insert(AuditSeal), seals)
        return len(seals)


def verify(key: bytes, exported: Head | None = None) -> Verdict:
    """Recompute the whole chain and name the first entry that was changed, removed, moved or put in.

    With an `exported` head, also tell when the chain was cut shorter than it was then.
    """
    digest, sealed = GENESIS, 0
    passed = exported is None or exported == Head(0, GENESIS)
    for position, entry_id, stored, row in _chain():
        fault = _fault(key, digest, position - sealed, stored, row)
        if fault is not None:
            return Verdict(sealed, _unsealed(), entry_id, fault, Head(sealed, digest))
        digest, sealed = stored, position
        if exported is not None and position == exported.position:
            if not hmac.compare_digest(digest, exported.digest):
                return Verdict(sealed, _unsealed(), entry_id, "other_head", Head(sealed, digest))
            passed = True
    behind = _behind()
    fault = "inserted" if behind is not None else (None if passed else "tail_cut")
    return Verdict(sealed, _unsealed(), behind, fault, Head(sealed, digest))


def head() -> Head:
    """The chain's length and last digest, to export."""
    row = read_one(_HEAD)
    return Head(0, GENESIS) if row is None else Head(row.position, bytes(row.digest))


def status() -> tuple[int, int]:
    """How many entries are sealed, and how many not yet."""
    row = read_one(_STATUS)
    return (0, 0) if row is None else (row.sealed, row.unsealed)


def _fault(key: bytes, previous: bytes, step: int, stored: bytes, row: Row[Any] | None) -> str | None:
    if step != 1:
        return "seal_missing"
    if row is None:
        return "entry_gone"
    return None if hmac.compare_digest(_digest(key, previous, row), stored) else "changed"


def _behind() -> int | None:
    """An unsealed entry older than the last sealed one: the sealer can never have left it out."""
    row = read_one(_BEHIND)
    return None if row is None else int(row[0])


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
_HEAD = select(AuditSeal.position, AuditSeal.digest).order_by(AuditSeal.position.desc()).limit(1)
_NOT_SEALED = ~select(AuditSeal.entry_id).where(AuditSeal.entry_id == AuditEntry.id).exists()
_OLDEST_RUNNING = text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_NEXT = text("pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
# Entries copied into another database server (a restored dump) carry that one's higher numbers: they are
# complete, come first, and are no lower bound for what is recorded here.
_FOREIGN = AuditEntry.transaction_id >= _NEXT
_LAST_SEALED = (
    select(AuditEntry.transaction_id)
    .join(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
    .order_by(AuditSeal.position.desc())
    .limit(1)
    .cte("last_sealed")
)
_LOWER = (
    select(func.max(case((_LAST_SEALED.c.transaction_id >= _NEXT, 0), else_=_LAST_SEALED.c.transaction_id)))
    .select_from(_LAST_SEALED)
    .scalar_subquery()
)
_UNSEALED = (
    select(*_ENTRY)
    .where(
        AuditEntry.transaction_id >= func.coalesce(_LOWER, 0),
        or_(AuditEntry.transaction_id < _OLDEST_RUNNING, _FOREIGN),
        _NOT_SEALED,
    )
    .order_by(_FOREIGN.desc(), AuditEntry.transaction_id, AuditEntry.id)
    .limit(bindparam("limit"))
)
_BEHIND = (
    select(AuditEntry.id)
    .where(AuditEntry.transaction_id < func.coalesce(_LOWER, 0), _NOT_SEALED)
    .order_by(AuditEntry.id)
    .limit(1)
)
_COUNT_UNSEALED = (
    select(func.count())
    .select_from(AuditEntry)
    .where(AuditEntry.transaction_id >= func.coalesce(_LOWER, 0), _NOT_SEALED)
)
_STATUS = select(
    func.coalesce(select(func.max(AuditSeal.position)).scalar_subquery(), 0).label("sealed"),
    _COUNT_UNSEALED.scalar_subquery().label("unsealed"),
)
