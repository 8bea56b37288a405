"""Tables of administration: who asks for which role."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class RoleRequest(Base):
    """Somebody asks for a role at a unit (*ønske om tilgang*): open until granted or declined, kept after."""

    __tablename__ = "role_request"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'granted', 'declined')", name="state"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("answered_by IS NULL OR answered_by <> person_id", name="not_by_oneself"),
        Index("ix_role_request_unit_id", "unit_id", "state"),
        Index("ix_role_request_person_id", "person_id", "id"),
        Index(
            "uq_role_request_open",
            "person_id",
            "unit_id",
            "role",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str]
    permission: Mapped[str | None]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(server_default="")
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
