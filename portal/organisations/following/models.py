"""Tables of what the register's feeds have told, and how far they are read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from portal.database import Base

_UNSEEN = "grave AND seen_at IS NULL"


class FeedCursor(Base):
    """How far one of the register's feeds of updates has been read: the last id, one row a feed."""

    __tablename__ = "register_feed_cursor"

    feed: Mapped[str] = mapped_column(primary_key=True)
    last_id: Mapped[int] = mapped_column(BigInteger)
    read_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RegisterChange(Base):
    """What the register says anew of an organisation (*registerendring*), and who at UDI has looked at it.

    `grave` ones wait for somebody there. New people in the roles wait for the organisation's leader too,
    until the leader is changed or says that nothing is to be changed (`answered_at`). `before` and `after`
    hold the changed facts only, never roles' holders.
    """

    __tablename__ = "register_change"
    __table_args__ = (
        Index("ix_register_change_unit_id", "unit_id", text("id DESC")),
        Index("ix_register_change_national", "national_id", "id", postgresql_where=text(_UNSEEN)),
        Index("ix_register_change_regional", "regional_id", "id", postgresql_where=text(_UNSEEN)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("organisation.unit_id"))
    codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    before: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    after: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    grave: Mapped[bool]
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    national_id: Mapped[int | None]
    regional_id: Mapped[int | None]
    local_id: Mapped[int | None]
    owner_id: Mapped[int]
