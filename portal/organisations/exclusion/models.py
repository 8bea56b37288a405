"""The table of cases of ended cooperation."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Exclusion(Base):
    """One case of ending the cooperation with an organisation (*utestenging*). Open once a unit.

    `noticed` (*forhåndsvarsel*, fvl. § 16): the organisation may answer, until and with `answer_by`. Then it
    is `dropped` or `excluded`, by somebody else than who gave notice; what is excluded can be `lifted`.
    """

    __tablename__ = "organisation_exclusion"
    __table_args__ = (
        CheckConstraint("state IN ('noticed', 'dropped', 'excluded', 'lifted')", name="state"),
        CheckConstraint("decided_by IS NULL OR decided_by <> noticed_by", name="two_persons"),
        Index("ix_organisation_exclusion_unit_id", "unit_id", "id"),
        Index(
            "uq_organisation_exclusion_open",
            "unit_id",
            unique=True,
            postgresql_where=text("state IN ('noticed', 'excluded')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisation.unit_id"))
    state: Mapped[str] = mapped_column(server_default="noticed")
    reason: Mapped[str]
    legal_basis: Mapped[str]
    answer_by: Mapped[date]
    noticed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    noticed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    reply: Mapped[str] = mapped_column(server_default="")
    replied_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    lift_reason: Mapped[str] = mapped_column(server_default="")
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None]
    national_id: Mapped[int | None]
    regional_id: Mapped[int | None]
    local_id: Mapped[int | None]
    owner_id: Mapped[int]
    version: Mapped[int] = mapped_column(server_default="1")
