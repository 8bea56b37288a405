"""The table that makes a job's database effect single."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class JobEffect(Base):
    """A job whose database effect is committed: a second run of the same job changes nothing."""

    __tablename__ = "job_effect"

    job_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
