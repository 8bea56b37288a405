"""Tables of what follows a grant, from acceptance to repayment. Sums in øre."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class GrantAcceptance(Base):
    """The recipient's acceptance (*akseptbrev*) of a grant with its conditions; nothing is paid before."""

    __tablename__ = "funding_acceptance"

    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("funding_payee_account.id"))
    accepted_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    accepted_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PayeeAccount(Base):
    """An account number (*kontonummer*) of a recipient, used only when a second person has confirmed it.

    Registered and changed by others than who disposes of the budget (bestemmelsene 6.3.8.1).
    """

    __tablename__ = "funding_payee_account"
    __table_args__ = (
        CheckConstraint("number ~ '^[0-9]{11}$'", name="number"),
        CheckConstraint("state IN ('waiting', 'confirmed', 'rejected', 'replaced')", name="state"),
        CheckConstraint("proposed_by <> confirmed_by", name="two_persons"),
        CheckConstraint("(state = 'waiting') = (confirmed_at IS NULL)", name="answered"),
        Index(
            "uq_funding_payee_account_waiting",
            "owner_id",
            unique=True,
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "uq_funding_payee_account_confirmed",
            "owner_id",
            unique=True,
            postgresql_where=text("state = 'confirmed'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    number: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    reason: Mapped[str] = mapped_column(server_default="")
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(server_default="")


class Instalment(Base):
    """A payment (*utbetaling, termin*) of a grant: ordered by one, attested by another, then paid."""

    __tablename__ = "funding_instalment"
    __table_args__ = (
        UniqueConstraint("case_id", "position"),
        CheckConstraint("amount_ore > 0", name="amount"),
        CheckConstraint("state IN ('planned', 'ordered', 'attested', 'paid', 'stopped')", name="state"),
        CheckConstraint("ordered_by <> attested_by", name="two_persons"),
        CheckConstraint("state NOT IN ('attested', 'paid') OR attested_by IS NOT NULL", name="attested"),
        CheckConstraint("state NOT IN ('attested', 'paid') OR account_id IS NOT NULL", name="account"),
        Index("ix_funding_instalment_open", "due_on", "id", postgresql_where=text("state <> 'paid'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    position: Mapped[int]
    amount_ore: Mapped[int]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="planned")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("funding_payee_account.id"))
    ordered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ordered_at: Mapped[datetime | None]
    attested_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    attested_at: Mapped[datetime | None]
    paid_on: Mapped[date | None]
    reference: Mapped[str] = mapped_column(server_default="")
    stop_reason: Mapped[str] = mapped_column(server_default="")


class ChangeNotice(Base):
    """Changed circumstances (*endrede forutsetninger*) a recipient tells of, and UDI's answer."""

    __tablename__ = "funding_change_notice"
    __table_args__ = (
        CheckConstraint("state IN ('sent', 'approved', 'declined')", name="state"),
        Index(
            "uq_funding_change_notice_open", "case_id", unique=True, postgresql_where=text("state = 'sent'")
        ),
        Index("ix_funding_change_notice_case_id", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    kind: Mapped[str]
    text: Mapped[str]
    use_by: Mapped[date | None]
    state: Mapped[str] = mapped_column(server_default="sent")
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answer: Mapped[str] = mapped_column(server_default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class GrantReport(Base):
    """The report (*rapport*) on a grant, on the call's own goals. `version` counts the saves.

    `answers` by the goals' report fields and the scheme's own; `spent_ore` what was used of the grant.
    """

    __tablename__ = "funding_report"
    __table_args__ = (CheckConstraint("spent_ore IS NULL OR spent_ore >= 0", name="spent"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    lines: Mapped[list[Any]] = mapped_column(server_default="[]")
    spent_ore: Mapped[int | None]
    version: Mapped[int] = mapped_column(server_default="1")
    saved_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime | None]
    checks: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    review: Mapped[str] = mapped_column(server_default="")
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None]


class Repayment(Base):
    """Money demanded back (*tilbakebetaling*): unused, or after a breach. Told of first (fvl. § 16)."""

    __tablename__ = "funding_repayment"
    __table_args__ = (
        CheckConstraint("amount_ore > 0", name="amount"),
        CheckConstraint("paid_ore BETWEEN 0 AND amount_ore", name="paid"),
        CheckConstraint("ground IN ('unused', 'breach')", name="ground"),
        Index("ix_funding_repayment_case_id", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    ground: Mapped[str]
    amount_ore: Mapped[int]
    paid_ore: Mapped[int] = mapped_column(server_default="0")
    reasons: Mapped[str]
    due_on: Mapped[date]
    claimed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    registered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    paid_on: Mapped[date | None]
