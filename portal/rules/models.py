"""What units have said about rules with levels. Ended, never changed or deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class UnitRule(Base):
    """A unit's own word on one rule: a number, a point of a list, or that the duty is left."""

    __tablename__ = "unit_rule"
    __table_args__ = (
        CheckConstraint("NOT \"left\" OR (number IS NULL AND point = '')", name="left_alone"),
        CheckConstraint("ended_at IS NULL OR ended_at >= said_at", name="validity"),
        Index("ix_unit_rule_unit_id", "unit_id", "name"),
        Index("ix_unit_rule_name", "name", postgresql_where=text("ended_at IS NULL")),
        Index(
            "uq_unit_rule_open",
            "unit_id",
            "name",
            "point",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
    number: Mapped[int | None]
    point: Mapped[str] = mapped_column(server_default="")
    left: Mapped[bool] = mapped_column(server_default="false")
    reason: Mapped[str]
    said_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None]
