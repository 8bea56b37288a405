"""Tables of what follows a grant, from acceptance to repayment. Sums in øre."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base

# As the database itself writes them back, so that the migrations can be compared with the models.
SOUND = "(confirmed_by IS NOT NULL) AND (state = ANY (ARRAY['confirmed'::text, 'replaced'::text]))"
SOUND_WANTED = (
    "CASE WHEN (state = ANY (ARRAY['attested'::text, 'paid'::text])) THEN true ELSE NULL::boolean END"
)


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
    `confirmed_by` and `confirmed_at` are of whoever answered; `sound` is whether it was ever a yes, which is
    what a payment refers to.
    """

    __tablename__ = "funding_payee_account"
    __table_args__ = (
        CheckConstraint("number ~ '^[0-9]{11}$'", name="number"),
        CheckConstraint("state IN ('waiting', 'confirmed', 'rejected', 'replaced')", name="state"),
        CheckConstraint("proposed_by <> confirmed_by", name="two_persons"),
        CheckConstraint("(state = 'waiting') = (confirmed_at IS NULL)", name="answered"),
        CheckConstraint("state <> 'confirmed' OR confirmed_by IS NOT NULL", name="confirmed"),
        UniqueConstraint("id", "sound", name="uq_funding_payee_account_sound"),
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
    sound: Mapped[bool] = mapped_column(Computed(SOUND, persisted=True))


class PaymentBatch(Base):
    """Attested payments handed to the finance system together (*utbetalingsfil*); each stands in one."""

    __tablename__ = "funding_payment_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[str]
    made_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Instalment(Base):
    """A payment (*utbetaling, termin*) of a grant: ordered by one, attested by another, then paid.

    The database itself refuses one of a grant that is not accepted, and one attested or paid without two
    persons or to an account that nobody confirmed.
    """

    __tablename__ = "funding_instalment"
    __table_args__ = (
        UniqueConstraint("case_id", "position"),
        CheckConstraint("amount_ore > 0", name="amount"),
        CheckConstraint("state IN ('planned', 'ordered', 'attested', 'paid', 'stopped')", name="state"),
        CheckConstraint("ordered_by <> attested_by", name="two_persons"),
        CheckConstraint(
            "state NOT IN ('ordered', 'attested', 'paid') OR ordered_by IS NOT NULL", name="ordered"
        ),
        CheckConstraint("state NOT IN ('attested', 'paid') OR attested_by IS NOT NULL", name="attested"),
        CheckConstraint("state NOT IN ('attested', 'paid') OR account_id IS NOT NULL", name="account"),
        CheckConstraint("state <> 'paid' OR paid_on IS NOT NULL", name="paid"),
        ForeignKeyConstraint(
            ["account_id", "account_sound"], ["funding_payee_account.id", "funding_payee_account.sound"]
        ),
        Index("ix_funding_instalment_open", "due_on", "id", postgresql_where=text("state <> 'paid'")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("funding_acceptance.case_id"))
    position: Mapped[int]
    amount_ore: Mapped[int]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(server_default="planned")
    account_id: Mapped[int | None]
    account_sound: Mapped[bool | None] = mapped_column(Computed(SOUND_WANTED, persisted=True))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("funding_payment_batch.id"), index=True)
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
    """The report (*rapport*) on a grant, on the call's own goals. `versions` count the saves of each page.

    `answers` by the scheme's report questions; `lines` what was used of the grant by budget post, `spent_ore`
    their sum; `files` what each attached document is, by its id, and whether it has been sent.
    """

    __tablename__ = "funding_report"
    __table_args__ = (CheckConstraint("spent_ore IS NULL OR spent_ore >= 0", name="spent"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    lines: Mapped[list[Any]] = mapped_column(server_default="[]")
    spent_ore: Mapped[int | None]
    versions: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    files: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    saved_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime | None]
    checks: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    review: Mapped[str] = mapped_column(server_default="")
    reviewed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None]


class BreachNotice(Base):
    """What UDI tells of before it demands money back after a breach (*forhåndsvarsel*, fvl. § 16)."""

    __tablename__ = "funding_breach_notice"
    __table_args__ = (
        CheckConstraint("amount_ore > 0", name="amount"),
        CheckConstraint("(comment = '') = (commented_at IS NULL)", name="commented"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), primary_key=True)
    amount_ore: Mapped[int]
    reasons: Mapped[str]
    answer_by: Mapped[date]
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime] = mapped_column(server_default=func.now())
    comment: Mapped[str] = mapped_column(server_default="")
    commented_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    commented_at: Mapped[datetime | None]


class Repayment(Base):
    """Money demanded back (*tilbakebetaling*): unused, or after a breach. Told of first (fvl. § 16).

    A decision of its own. `demanded_ore` is what was demanded first, `amount_ore` what is demanded now, less
    or nothing after an appeal; `released_ore` what went back to the frame with it. More may have come
    than is demanded now: the rest is given back.
    """

    __tablename__ = "funding_repayment"
    __table_args__ = (
        CheckConstraint("demanded_ore > 0", name="demanded"),
        CheckConstraint("amount_ore BETWEEN 0 AND demanded_ore", name="amount"),
        CheckConstraint("paid_ore BETWEEN 0 AND demanded_ore", name="paid"),
        CheckConstraint("released_ore >= 0", name="released"),
        CheckConstraint("ground IN ('unused', 'breach')", name="ground"),
        CheckConstraint("pay_to ~ '^[0-9]{11}$'", name="pay_to"),
        Index("ix_funding_repayment_case_id", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("casework_decision.id"), unique=True)
    ground: Mapped[str]
    demanded_ore: Mapped[int]
    amount_ore: Mapped[int]
    released_ore: Mapped[int] = mapped_column(server_default="0")
    paid_ore: Mapped[int] = mapped_column(server_default="0")
    reasons: Mapped[str]
    due_on: Mapped[date]
    pay_to: Mapped[str]
    claimed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RepaymentPart(Base):
    """Money that came back for a demand (*innbetaling*), in whole or in part; below zero: given back."""

    __tablename__ = "funding_repayment_part"
    __table_args__ = (
        CheckConstraint("amount_ore <> 0", name="amount"),
        Index("ix_funding_repayment_part_repayment_id", "repayment_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    repayment_id: Mapped[int] = mapped_column(ForeignKey("funding_repayment.id"))
    amount_ore: Mapped[int]
    paid_on: Mapped[date]
    reference: Mapped[str] = mapped_column(server_default="")
    registered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[datetime] = mapped_column(server_default=func.now())
