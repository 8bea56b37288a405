"""Tables of delivery beside `LetterDelivery`: who gets their letters on paper."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class LetterChoice(Base):
    """An individual's word on how letters come (eForvaltningsforskriften § 9): in the portal, or by post.

    Stated by the person. A reservation in the contact register, where that is read, stands above it.
    """

    __tablename__ = "casework_letter_choice"

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True, autoincrement=False)
    by_post: Mapped[bool]
    address: Mapped[str] = mapped_column(server_default="")
    stated_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    stated_at: Mapped[datetime] = mapped_column(server_default=func.now())
