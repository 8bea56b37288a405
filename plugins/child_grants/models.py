"""What reception centres are asked, and say, about the contact an application tells of (§ 6 no. 15)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.pluginkit.storage import Base


class SiteContact(Base):
    """One reception centre asked in one case, at its own place: its staff reach the row, not the case.

    `sent` is what they are shown, as it was when the application was sent. `answered_by` is somebody at the
    centre, `recorded_by` the caseworker who wrote down what was said by telephone. `told` counts those who
    were notified. From `closed_at` on the answer stands as it is.
    """

    __tablename__ = "child_grants_site_contact"
    __table_args__ = (
        UniqueConstraint("case_id", "unit_id"),
        CheckConstraint("answer IN ('confirmed', 'not_known', 'disagrees')", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_on IS NULL)", name="answered"),
        CheckConstraint(
            "(answer IS NULL) = (answered_by IS NULL AND recorded_by IS NULL)", name="by_somebody"
        ),
        Index("ix_child_grants_site_contact_local", "local_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int]
    unit_id: Mapped[int]
    plugin: Mapped[str] = mapped_column(server_default="child_grants")
    national_id: Mapped[int | None]
    regional_id: Mapped[int | None]
    local_id: Mapped[int | None]
    owner_id: Mapped[int | None]
    sent: Mapped[dict[str, Any]]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    told: Mapped[int] = mapped_column(server_default="0")
    closed_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(server_default="")
    answered_by: Mapped[int | None]
    recorded_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(server_default="1")
