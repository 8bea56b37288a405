"""Tables of cases: what every application, request and complaint has in common."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Case(Base):
    """A case (*sak*) with its places, its state and its number.

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
    udisak_reference: Mapped[str | None]
    journalled: Mapped[bool] = mapped_column(server_default="false")


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
    """What somebody has done in a case: `prepared`, `decided`, or is `disqualified` (*inhabil*)."""

    __tablename__ = "casework_participation"
    __table_args__ = (
        UniqueConstraint("case_id", "person_id", "part"),
        CheckConstraint("part IN ('prepared', 'decided', 'disqualified')", name="part"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    part: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class CaseDocument(Base):
    """A document that belongs to a case: an attachment, or a letter (*brev*) to the party."""

    __tablename__ = "casework_document"
    __table_args__ = (
        UniqueConstraint("case_id", "document_id"),
        CheckConstraint("role IN ('attachment', 'decision_letter')", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    document_id: Mapped[int]
    role: Mapped[str]
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Decision(Base):
    """A decision (*vedtak*): the outcome, the reasons, and whom one can appeal to until when.

    `prepared_by` and `decided_by` differ, by the database's own word.
    """

    __tablename__ = "casework_decision"
    __table_args__ = (
        CheckConstraint("outcome IN ('granted', 'partly', 'refused')", name="outcome"),
        CheckConstraint("prepared_by <> decided_by", name="two_persons"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), unique=True)
    outcome: Mapped[str]
    reasons: Mapped[str]
    prepared_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    appeal_to: Mapped[str]
    appeal_until: Mapped[date]
