"""Tables of access: who has which role where, and who reports to whom. Ended, never deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Assignment(Base):
    """A role held by a person at a unit (*tildelt rolle*), from `valid_from` until just before `valid_to`."""

    __tablename__ = "assignment"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        CheckConstraint("granted_by IS NULL OR granted_by <> person_id", name="not_to_oneself"),
        Index("ix_assignment_person_id", "person_id", "valid_to"),
        Index("ix_assignment_unit_id", "unit_id", "role"),
        Index("ix_assignment_contract_id", "contract_id"),
        Index(
            "uq_assignment_open",
            "person_id",
            "unit_id",
            "role",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("operator_contract.id"))
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(server_default="")
    end_reason: Mapped[str] = mapped_column(server_default="")


class ReportingLine(Base):
    """Who reports to whom (*underordnet*): where the leader is disqualified, so are they (fvl. § 6)."""

    __tablename__ = "access_reporting_line"
    __table_args__ = (
        CheckConstraint("person_id <> leader_id", name="not_to_oneself"),
        CheckConstraint("ended_at IS NULL OR ended_at >= since", name="validity"),
        Index(
            "uq_access_reporting_line_open",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class RoleEndWarning(Base):
    """That holder and administrators were warned, `days` before a role or a mandate runs out: once each."""

    __tablename__ = "role_end_warning"

    assignment_id: Mapped[int] = mapped_column(
        ForeignKey("assignment.id"), primary_key=True, autoincrement=False
    )
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    warned_at: Mapped[datetime] = mapped_column(server_default=func.now())
