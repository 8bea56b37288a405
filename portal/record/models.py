"""Tables of the audit trail. The application's database role may only insert and read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class AuditEntry(Base):
    """One event. `transaction_id` is the database's own, and orders entries for sealing."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_subject", "subject", "subject_id", "id"),
        Index("ix_audit_entry_transaction_id", "transaction_id"),
        Index("ix_audit_entry_actor_id", "actor_id", "id"),
        Index("ix_audit_entry_name", "name", "id"),
        Index("ix_audit_entry_regional_id", "regional_id", "id"),
        Index("ix_audit_entry_local_id", "local_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    transaction_id: Mapped[int] = mapped_column(server_default=text("(pg_current_xact_id()::text)::bigint"))
    name: Mapped[str]
    message: Mapped[str]
    actor_id: Mapped[int | None]
    on_behalf_of: Mapped[int | None]
    subject: Mapped[str]
    subject_id: Mapped[int]
    national_id: Mapped[int | None]
    regional_id: Mapped[int | None]
    local_id: Mapped[int | None]
    owner_id: Mapped[int | None]
    data: Mapped[dict[str, Any]]


class AuditSeal(Base):
    """An entry's place in the chain and the keyed digest over it and everything before it."""

    __tablename__ = "audit_seal"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class AuditVerification(Base):
    """One check of the whole chain (*kontroll*): asked for by whom, and what came of it."""

    __tablename__ = "audit_verification"

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None]
    sealed: Mapped[int | None]
    unsealed: Mapped[int | None]
    first_bad_entry: Mapped[int | None]
    fault: Mapped[str | None]
    head: Mapped[str | None]
