"""Trips with a boat."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from portal.pluginkit.storage import Base


class Trip(Base):
    """One trip."""

    __tablename__ = "boats_trip"

    id: Mapped[int] = mapped_column(primary_key=True)
    harbour: Mapped[str]


class Echo(Base):
    """What a job did: one row an effect, so that doubles show."""

    __tablename__ = "boats_echo"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
