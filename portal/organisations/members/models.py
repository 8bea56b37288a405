"""The table of warnings before a member's role runs out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class RoleEndWarning(Base):
    """That holder and leader were warned, `days` before a role or a mandate runs out: once each."""

    __tablename__ = "role_end_warning"

    assignment_id: Mapped[int] = mapped_column(
        ForeignKey("assignment.id"), primary_key=True, autoincrement=False
    )
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    warned_at: Mapped[datetime] = mapped_column(server_default=func.now())
