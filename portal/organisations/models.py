"""Tables of organisations, their registrations, invitations and requests for access."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from portal.database import Base

KINDS = ("voluntary", "non_profit", "operator", "public_body", "informal_group", "individual")
_KINDS = f"kind IN ({', '.join(repr(kind) for kind in KINDS)})"
_LEVELS = "level IN ('national', 'regional', 'local')"
_OPEN = text("state IN ('draft', 'submitted', 'returned')")
_SENT = text("state IN ('submitted', 'returned') AND number IS NOT NULL")


class Organisation(Base):
    """Somebody UDI works with (*organisasjon*): one node of the civil tree, approved and in its place.

    Contact fields are the party's own; `facts` are the register's, as of `facts_at`. `sort_key` repeats
    the unit's, so that a list needs one table; `words` are what a search finds the name by, see
    `searching.py`. `national_id` and `regional_id` say who follows it up.
    """

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(_KINDS, name="kind"),
        CheckConstraint(_LEVELS, name="level"),
        Index("uq_organisation_number", "number", unique=True, postgresql_where=text("number IS NOT NULL")),
        Index("ix_organisation_national_id", "national_id", "sort_key", "unit_id"),
        Index("ix_organisation_regional_id", "regional_id", "sort_key", "unit_id"),
        Index("ix_organisation_kind", "kind", "sort_key", "unit_id"),
        Index("ix_organisation_level", "level", "sort_key", "unit_id"),
        Index("ix_organisation_register_status", "register_status", "sort_key", "unit_id"),
        Index("ix_organisation_words", "words", postgresql_using="gin"),
        Index("ix_organisation_activities", "activities", postgresql_using="gin"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    number: Mapped[str | None]
    kind: Mapped[str]
    legal_form: Mapped[str] = mapped_column(server_default="")
    name: Mapped[str]
    sort_key: Mapped[str]
    words: Mapped[Any] = mapped_column(TSVECTOR, server_default="")
    level: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="nb")
    email: Mapped[str] = mapped_column(server_default="")
    phone: Mapped[str] = mapped_column(server_default="")
    website: Mapped[str] = mapped_column(server_default="")
    address: Mapped[str] = mapped_column(server_default="")
    purpose: Mapped[str] = mapped_column(server_default="")
    municipality_number: Mapped[str | None] = mapped_column(ForeignKey("municipality.number"), index=True)
    activities: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    national_id: Mapped[int | None]
    regional_id: Mapped[int | None]
    local_id: Mapped[int | None]
    owner_id: Mapped[int]
    facts: Mapped[dict[str, Any] | None]
    facts_at: Mapped[datetime | None]
    register_status: Mapped[str] = mapped_column(server_default="none")
    expectations: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="active")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")


class Registration(Base):
    """A request to be let in (*registrering*), from the first answer to UDI's decision.

    `path` is what the person said they represent; `data` what they typed, as typed. `lookup` tells how
    far the register's answer has come, apart from `state`: a slow register holds nobody back.

    `matched_role`, `mandate_id` (*fullmakt*) and `checked` (how a caseworker found out, in words) tell why
    the person may represent it; a birth date typed to find `matched_role` is stored nowhere.
    """

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("path IN ('number', 'group', 'individual')", name="path"),
        CheckConstraint("(path = 'number') = (number IS NOT NULL)", name="number"),
        CheckConstraint("lookup IN ('none', 'waiting', 'found', 'unknown', 'removed')", name="lookup"),
        CheckConstraint(f"level IS NULL OR {_LEVELS}", name="level"),
        Index("uq_registration_sent", "number", unique=True, postgresql_where=_SENT),
        Index("uq_registration_open", "person_id", "number", unique=True, postgresql_where=_OPEN),
        Index("ix_registration_person_id", "person_id", "id"),
        Index("ix_registration_unit_id", "unit_id", postgresql_where=text("unit_id IS NOT NULL")),
        Index("ix_registration_national_id", "national_id", "submitted_at", "id"),
        Index("ix_registration_regional_id", "regional_id", "submitted_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    number: Mapped[str | None]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(server_default="draft")
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    name: Mapped[str] = mapped_column(server_default="")
    level: Mapped[str | None]
    lookup: Mapped[str] = mapped_column(server_default="none")
    lookup_failed_at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any] | None]
    facts_at: Mapped[datetime | None]
    expectations: Mapped[str] = mapped_column(server_default="")
    receipt: Mapped[str | None] = mapped_column(unique=True)
    submitted_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    asked_at: Mapped[datetime | None]
    asked_fields: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    asked_text: Mapped[str] = mapped_column(server_default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision_reason: Mapped[str] = mapped_column(server_default="")
    matched_role: Mapped[str] = mapped_column(server_default="")
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    checked: Mapped[str] = mapped_column(server_default="")
    warned_for: Mapped[date | None]
    provisional_at: Mapped[datetime | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    national_id: Mapped[int | None]
    regional_id: Mapped[int | None]
    local_id: Mapped[int | None]
    owner_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int] = mapped_column(server_default="1")


class Invitation(Base):
    """An offer of a role in an organisation (*invitasjon*). `links.py` tells what is stored of its link.

    `hands_over`: accepting it ends the inviter's own role as leader. `mandate_id` and `role_until` belong
    to a signatory (*fullmakt*). `reason`: how UDI found out, when a caseworker names a leader.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        Index("ix_invitation_unit_id", "unit_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    email: Mapped[str]
    role: Mapped[str]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_seed: Mapped[bytes] = mapped_column(LargeBinary)
    invited_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    hands_over: Mapped[bool] = mapped_column(server_default="false")
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    role_until: Mapped[date | None]
    mandate_withdrawn_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default="")
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class AccessRequest(Base):
    """Somebody asks to act for an organisation that is here already (*be om tilgang*).

    Without `unit_id` the organisation is still being registered by somebody else, and UDI answers.
    `leader_gone`: whoever asks says that nobody is there to let them in.
    """

    __tablename__ = "access_request"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'granted', 'refused')", name="state"),
        Index("ix_access_request_unit_id", "unit_id", "state"),
        Index(
            "uq_access_request_open",
            "person_id",
            "number",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    message: Mapped[str] = mapped_column(server_default="")
    leader_gone: Mapped[bool] = mapped_column(server_default="false")
    state: Mapped[str] = mapped_column(server_default="open")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Confirmation(Base):
    """A question to the organisation's address in the register: may this person represent it?

    Of its link a digest and a seed are stored, see `links.py`. `answer` is `yes` or `no`, given once.
    """

    __tablename__ = "registration_confirmation"
    __table_args__ = (
        CheckConstraint("answer IN ('yes', 'no')", name="answer"),
        Index("ix_registration_confirmation_registration_id", "registration_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_seed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]


class Paper(Base):
    """Statutes, an annual report or accounts (*vedtekter, årsmelding, regnskap*): kept once, used often.

    `year` is the one they are for. A newer one of the same kind and year replaces it; nothing is deleted.
    """

    __tablename__ = "organisation_paper"
    __table_args__ = (
        CheckConstraint("kind IN ('statutes', 'annual_report', 'accounts')", name="kind"),
        CheckConstraint("year BETWEEN 1900 AND 2200", name="year"),
        Index(
            "uq_organisation_paper_current",
            "unit_id",
            "kind",
            "year",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str]
    year: Mapped[int]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    kept_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kept_at: Mapped[datetime] = mapped_column(server_default=func.now())
    replaced_at: Mapped[datetime | None]
    replaced_by: Mapped[int | None] = mapped_column(ForeignKey("organisation_paper.id"))


class Rescue(Base):
    """An organisation that nobody leads any more, for UDI to help (*uten leder*). Open once a unit.

    `cause`: `no_leader` (nobody holds the role), `asked` (somebody says the leader is gone), `silent` (a
    request has lain unanswered) or `absent` (no leader has logged in for long).
    """

    __tablename__ = "organisation_rescue"
    __table_args__ = (
        CheckConstraint("cause IN ('no_leader', 'asked', 'silent', 'absent')", name="cause"),
        Index(
            "uq_organisation_rescue_open", "unit_id", unique=True, postgresql_where=text("closed_at IS NULL")
        ),
        Index("ix_organisation_rescue_national_id", "national_id", "opened_at", "id"),
        Index("ix_organisation_rescue_regional_id", "regional_id", "opened_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    cause: Mapped[str]
    national_id: Mapped[int | None]
    regional_id: Mapped[int | None]
    local_id: Mapped[int | None]
    owner_id: Mapped[int | None]
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(server_default="")
