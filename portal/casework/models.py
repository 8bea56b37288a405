"""Tables of cases: what every application, request and complaint has in common."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Case(Base):
    """A case (*sak*) with its places, its state and its number; `parent_id` is the case it came out of.

    A draft stands at its owner alone: the authority's columns are filled when it is sent, so nobody at UDI
    can reach it before. `state` is written by `firing.fire` only.
    """

    __tablename__ = "casework_case"
    __table_args__ = (
        CheckConstraint(
            "state_kind <> 'draft' OR (national_id IS NULL AND regional_id IS NULL AND local_id IS NULL)",
            name="draft_is_private",
        ),
        CheckConstraint("submitted_at IS NULL OR number IS NOT NULL", name="sent_has_number"),
        CheckConstraint(
            "state_kind IN ('draft', 'waiting', 'returned', 'granted', 'refused', 'closed')",
            name="state_kind",
        ),
        Index("ix_casework_case_national", "national_id", text("submitted_at DESC"), text("id DESC")),
        Index("ix_casework_case_regional", "regional_id", text("submitted_at DESC"), text("id DESC")),
        Index(
            "ix_casework_case_national_state",
            "national_id",
            "state",
            text("submitted_at DESC"),
            text("id DESC"),
        ),
        Index(
            "ix_casework_case_regional_state",
            "regional_id",
            "state",
            text("submitted_at DESC"),
            text("id DESC"),
        ),
        Index("ix_casework_case_local", "local_id", text("submitted_at DESC"), text("id DESC")),
        Index("ix_casework_case_owner", "owner_id", text("created_at DESC"), text("id DESC")),
        Index("ix_casework_case_to_journal", "submitted_at", "id", postgresql_where=text("NOT journalled")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(unique=True)
    plugin: Mapped[str | None]
    kind: Mapped[str]
    title: Mapped[str]
    state: Mapped[str]
    state_kind: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")
    national_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    regional_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    local_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("casework_case.id"), index=True)
    udisak_reference: Mapped[str | None]
    journalled: Mapped[bool] = mapped_column(server_default="false")
    journalled_at: Mapped[datetime | None]
    journalled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CaseNumber(Base):
    """The last case number given in a year: one row a year, so numbers have no holes."""

    __tablename__ = "casework_number"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class CaseHistory(Base):
    """One step of a case: from which state to which, by whom, why."""

    __tablename__ = "casework_history"
    __table_args__ = (Index("ix_casework_history_case_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    transition: Mapped[str]
    source: Mapped[str]
    target: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_party: Mapped[bool]
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class CaseParticipation(Base):
    """What somebody has done or is in a case.

    `prepared` or `decided` it; has declared to be `impartial` (*habil*), or is `disqualified` (*inhabil*)
    for `ground`, one of `impartiality.GROUNDS`. What was declared by mistake is ended, with who and why.
    """

    __tablename__ = "casework_participation"
    __table_args__ = (
        Index(
            "uq_casework_participation_now",
            "case_id",
            "person_id",
            "part",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        CheckConstraint("part IN ('prepared', 'decided', 'impartial', 'disqualified')", name="part"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[str]
    ground: Mapped[str] = mapped_column(server_default="")
    reason: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_why: Mapped[str] = mapped_column(server_default="")


class CaseDocument(Base):
    """A document that belongs to a case: what the party sent, or a letter (*brev*) to the party."""

    __tablename__ = "casework_document"
    __table_args__ = (
        UniqueConstraint("case_id", "document_id"),
        CheckConstraint(
            "role IN ('attachment', 'answer', 'report', 'appeal', 'receipt', 'letter', 'decision_letter')",
            name="role",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    document_id: Mapped[int]
    role: Mapped[str]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Decision(Base):
    """A decision (*vedtak*): the outcome, the reasons, and whom one can appeal to until when.

    A case has one decision on what it is `about` itself, `case`, and may have others that follow from it,
    each `about` one of `decisions.ABOUT`; every one is appealed by itself. `appeal_until` is None while the
    letter waits to be posted. `prepared_by` and `decided_by` differ, by the database's own word.
    """

    __tablename__ = "casework_decision"
    __table_args__ = (
        CheckConstraint("outcome IN ('granted', 'partly', 'refused', 'demanded')", name="outcome"),
        Index(
            "uq_casework_decision_on_the_case",
            "case_id",
            unique=True,
            postgresql_where=text("about = 'case'"),
        ),
        CheckConstraint("prepared_by <> decided_by", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), index=True)
    about: Mapped[str] = mapped_column(server_default="case")
    outcome: Mapped[str]
    reasons: Mapped[str]
    prepared_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    appeal_to: Mapped[str]
    appeal_until: Mapped[date | None]


class CaseRequest(Base):
    """What the party is asked for more of (*mangelbrev*, fvl. § 11): only `fields` open, until `due_on`.

    `draft` is what the party writes, theirs alone until it is sent; `before` and `after` are the asked fields
    as they stood and as they were answered, so that the first answers are never lost.
    """

    __tablename__ = "casework_request"
    __table_args__ = (
        Index("ix_casework_request_case_id", "case_id", "id"),
        Index(
            "uq_casework_request_open", "case_id", unique=True, postgresql_where=text("answered_at IS NULL")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    fields: Mapped[list[str]] = mapped_column(JSONB)
    text: Mapped[str]
    due_on: Mapped[date]
    draft: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    version: Mapped[int] = mapped_column(server_default="0")
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    after: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]


class CaseNote(Base):
    """A caseworker's note in a case (*internt notat*), an internal document; never the party's to read."""

    __tablename__ = "casework_note"
    __table_args__ = (Index("ix_casework_note_case_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    text: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CaseDeadline(Base):
    """A deadline (*frist*) in a case, the party's or the authority's; `code` names its rule.

    `reminded` counts the reminders sent. The row stands after the deadline is met or gone.
    """

    __tablename__ = "casework_deadline"
    __table_args__ = (
        UniqueConstraint("case_id", "code"),
        Index("ix_casework_deadline_open", "due_on", "id", postgresql_where=text("met_at IS NULL")),
        Index(
            "ix_casework_deadline_to_remind",
            "code",
            "reminded",
            "due_on",
            postgresql_where=text("met_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    code: Mapped[str]
    due_on: Mapped[date]
    for_party: Mapped[bool]
    set_at: Mapped[datetime] = mapped_column(server_default=func.now())
    met_at: Mapped[datetime | None]
    reminded: Mapped[int] = mapped_column(server_default="0")


class LetterDelivery(Base):
    """How a letter reached the party (eForvaltningsforskriften §§ 8, 9 and 11).

    Made available and notified in the portal, or printed and posted. The first opening is kept with the
    role and the login that proved the right to it. `decision_id` is the decision the letter tells of, whose
    appeal deadline begins with it.
    """

    __tablename__ = "casework_letter_delivery"
    __table_args__ = (
        CheckConstraint("channel IN ('portal', 'post')", name="channel"),
        CheckConstraint("(opened_at IS NULL) = (opened_by IS NULL)", name="opened"),
        Index(
            "ix_casework_letter_delivery_unopened",
            "available_at",
            "id",
            postgresql_where=text("opened_at IS NULL AND posted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), index=True)
    document_id: Mapped[int] = mapped_column(unique=True)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("casework_decision.id"), index=True)
    channel: Mapped[str]
    available_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proof: Mapped[str | None]
    again_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    posted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Appeal(Base):
    """An appeal (*klage*, fvl. kapittel VI) as a case of its own, with the decision it is against.

    `checks` is the formal check by name: `party`, `signed`, `late_accepted`; `proposed` what the caseworker
    proposes, `amount_ore` the sum a change gives. `outcome` is what the first instance did: `changed` the
    decision, `forwarded` it to the appeal body, or `rejected` it (*avvist*); `result` is the appeal body's
    answer: `upheld`, `changed` or `returned`.
    """

    __tablename__ = "casework_appeal"
    __table_args__ = (
        CheckConstraint("outcome IN ('changed', 'forwarded', 'rejected')", name="outcome"),
        CheckConstraint("proposed IN ('changed', 'forwarded', 'rejected')", name="proposed"),
        CheckConstraint("result IN ('upheld', 'changed', 'returned')", name="result"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("casework_decision.id"), index=True)
    text: Mapped[str]
    in_time: Mapped[bool]
    late_reason: Mapped[str] = mapped_column(server_default="")
    checks: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    check_note: Mapped[str] = mapped_column(server_default="")
    proposed: Mapped[str | None]
    amount_ore: Mapped[int | None]
    outcome: Mapped[str | None]
    reasons: Mapped[str] = mapped_column(server_default="")
    sent_on: Mapped[date | None]
    comment_until: Mapped[date | None]
    result: Mapped[str | None]
    result_reference: Mapped[str] = mapped_column(server_default="")
    result_on: Mapped[date | None]
