"""The table of affiliations: which organisation belongs to which."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from portal.database import Base


class Affiliation(Base):
    """A branch under a parent (*tilknytning*): claimed by the one, answered by the other, ended by either.

    It gives the parent no reach into the branch, only what `shares` names. A branch has one open at a time.
    """

    __tablename__ = "affiliation"
    __table_args__ = (
        CheckConstraint("state IN ('claimed', 'confirmed', 'declined', 'withdrawn', 'ended')", name="state"),
        CheckConstraint("branch_id <> parent_id", name="two_organisations"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        Index("ix_affiliation_parent_id", "parent_id", "state", "id"),
        Index(
            "uq_affiliation_open",
            "branch_id",
            unique=True,
            postgresql_where=text("state IN ('claimed', 'confirmed')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("organisation.unit_id"))
    parent_id: Mapped[int] = mapped_column(ForeignKey("organisation.unit_id"))
    state: Mapped[str] = mapped_column(server_default="claimed")
    shares: Mapped[list[str]] = mapped_column(ARRAY(Text))
    claimed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(server_default="1")
