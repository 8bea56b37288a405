"""Tables of grants: calls with their versions and frames, applications, assessments, awards. Sums in øre."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Call(Base):
    """A call for applications (*utlysning*) of a scheme; what it says stands in its versions.

    A `draft` is seen by those who manage calls alone.
    """

    __tablename__ = "funding_call"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'closed')", name="state"),
        CheckConstraint("state = 'draft' OR published_at IS NOT NULL", name="published"),
        Index("ix_funding_call_scheme", "scheme", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[str]
    year: Mapped[int]
    state: Mapped[str]
    current_version: Mapped[int]
    published_at: Mapped[datetime | None] = mapped_column(server_default=func.now())
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CallVersion(Base):
    """What a call says, from when it was written until the next version. Never changed after publication.

    `texts` hold by language title, introduction, practical information and what a change was about;
    `goals` the codes of the scheme's goals it covers; `distribution` counties and the regional units that
    handle them: elsewhere it is the site's own region.
    `rolling`: decided as they come, not after the deadline. `voted`: the budget is voted (*vedtatt*); a call
    that opens before says so. `applicants`: codes of the scheme's kinds of applicant that may apply; empty is
    all the scheme allows. `register_strength`: whether the Register of Voluntary Organisations is a `must`.
    """

    __tablename__ = "funding_call_version"
    __table_args__ = (
        CheckConstraint("frame_ore > 0", name="frame"),
        CheckConstraint("opens_at < closes_at", name="period"),
        CheckConstraint("register_strength IN ('must', 'should')", name="register_strength"),
    )

    call_id: Mapped[int] = mapped_column(ForeignKey("funding_call.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    texts: Mapped[dict[str, Any]]
    goals: Mapped[list[Any]]
    frame_ore: Mapped[int]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    rolling: Mapped[bool]
    voted: Mapped[bool] = mapped_column(server_default="true")
    applicants: Mapped[list[Any]] = mapped_column(server_default="[]")
    register_strength: Mapped[str] = mapped_column(server_default="must")
    distribution: Mapped[dict[str, Any]]
    appeal_to: Mapped[str]
    appeal_confirmed: Mapped[bool] = mapped_column(server_default="false")
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CallFrame(Base):
    """A call's frame (*ramme*) and what decisions have bound of it: one row, locked by each decision."""

    __tablename__ = "funding_call_frame"
    __table_args__ = (CheckConstraint("committed_ore BETWEEN 0 AND frame_ore", name="never_overspent"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("funding_call.id"), primary_key=True)
    frame_ore: Mapped[int]
    committed_ore: Mapped[int] = mapped_column(server_default="0")


class Application(Base):
    """A grant application (*søknad*): the answers, by group and question, under one version of the call.

    `versions` counts the saves of each group, so that two writers do not overwrite each other unseen.
    """

    __tablename__ = "funding_application"
    __table_args__ = (Index("ix_funding_application_call_id", "call_id", "case_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("funding_call.id"))
    call_version: Mapped[int]
    form_version: Mapped[int]
    applicant_kind: Mapped[str]
    answers: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    versions: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    amount_ore: Mapped[int | None]
    late: Mapped[bool] = mapped_column(server_default="false")
    saved_at: Mapped[datetime | None]


class GroupSave(Base):
    """Who saved a page of an application last. The name stands with the person."""

    __tablename__ = "funding_group_save"

    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), primary_key=True)
    group_code: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    saved_at: Mapped[datetime]


class ApplicationSite(Base):
    """A site an application is about; the first decides which region handles it."""

    __tablename__ = "funding_application_site"
    __table_args__ = (UniqueConstraint("case_id", "unit_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)


class BudgetLine(Base):
    """A line of an application's budget."""

    __tablename__ = "funding_budget_line"
    __table_args__ = (
        CheckConstraint("side IN ('cost', 'income')", name="side"),
        CheckConstraint("amount_ore IS NULL OR amount_ore >= 0", name="amount"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[str]
    post: Mapped[str]
    text: Mapped[str]
    amount_ore: Mapped[int | None]


class StandardSentence(Base):
    """A version of a standard sentence (*standardtekst*) for reasons and letters, owned by a unit.

    The national unit's are for everybody, a region's for its own cases. Nothing is overwritten: a change, or
    taking a sentence out of use, is a new version. `texts`: language → `label` and `text`.
    """

    __tablename__ = "funding_sentence"
    __table_args__ = (UniqueConstraint("scheme", "unit_id", "code", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    code: Mapped[str]
    version: Mapped[int]
    texts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    basis: Mapped[str]
    refuses: Mapped[bool] = mapped_column(server_default="false")
    retired: Mapped[bool] = mapped_column(server_default="false")
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Assessment(Base):
    """A caseworker's assessment and proposal (*innstilling*), one a case, with its version."""

    __tablename__ = "funding_assessment"
    __table_args__ = (
        CheckConstraint("outcome IN ('granted', 'partly', 'refused')", name="outcome"),
        CheckConstraint("proposed_ore >= 0", name="amount"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), primary_key=True)
    criteria: Mapped[dict[str, Any]]
    outcome: Mapped[str]
    proposed_ore: Mapped[int]
    reasons: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")


class AwardEntry(Base):
    """One entry of the ledger of awards: money bound to a case (positive) or released (negative)."""

    __tablename__ = "funding_award_entry"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'award' AND amount_ore > 0) OR (kind = 'release' AND amount_ore < 0)", name="sign"
        ),
        Index("ix_funding_award_entry_call_id", "call_id", "id"),
        Index("ix_funding_award_entry_case_id", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("funding_call.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"))
    kind: Mapped[str]
    amount_ore: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
