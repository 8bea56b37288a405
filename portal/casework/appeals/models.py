"""Tables of appeals beside `Appeal` itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class AppealComment(Base):
    """What the party adds to an appeal, also to what UDI wrote to the appeal body (fvl. § 33)."""

    __tablename__ = "casework_appeal_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("casework_case.id"), index=True)
    text: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(server_default=func.now())
