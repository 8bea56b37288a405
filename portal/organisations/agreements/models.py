"""The table of agreements between organisations and UDI: that they are, not what they say."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Agreement(Base):
    """An agreement of an organisation with UDI (*samarbeidsavtale, intensjonsavtale*), as staff noted it.

    Both days are included; no `valid_to`: it stands until somebody ends it. `reference` is the case in
    UDIsak. `covers_branches`: it says itself that it holds for the branches too. A mistake is taken out,
    never deleted.
    """

    __tablename__ = "cooperation_agreement"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
        Index(
            "ix_cooperation_agreement_unit_id",
            "unit_id",
            "valid_from",
            postgresql_where=text("removed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisation.unit_id"))
    title: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    reference: Mapped[str] = mapped_column(server_default="")
    covers_branches: Mapped[bool] = mapped_column(server_default="false")
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
