"""What a reception centre says about the contact an application tells of (§ 6 no. 15)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.pluginkit.storage import Base


class SiteContact(Base):
    """One reception centre's answer in one case. Holds no name of anybody at the centre."""

    __tablename__ = "child_grants_site_contact"
    __table_args__ = (
        UniqueConstraint("case_id", "unit_id"),
        CheckConstraint("answer IN ('confirmed', 'not_known', 'disagrees')", name="answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int]
    unit_id: Mapped[int]
    answer: Mapped[str]
    answered_on: Mapped[date]
    note: Mapped[str] = mapped_column(server_default="")
    recorded_by: Mapped[int]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
