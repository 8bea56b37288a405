"""Tables of notices and of the mails that go with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.database import Base


class Notice(Base):
    """Something a person is told (*varsel*): text as message ids and values, for any language."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_person_id", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    title_id: Mapped[str]
    body_id: Mapped[str]
    values: Mapped[dict[str, Any]]
    href: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    read_at: Mapped[datetime | None]


class UnitMessage(Base):
    """Something a party was told as such (*melding*): kept for whoever comes to act for it later too."""

    __tablename__ = "unit_message"
    __table_args__ = (Index("ix_unit_message_unit_id", "unit_id", "created_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[str]
    title_id: Mapped[str]
    body_id: Mapped[str]
    values: Mapped[dict[str, Any]]
    href: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Mail(Base):
    """One mail (*e-post*) for one notice. Its Message-ID never changes, however often it is handed over.

    `registered`: it goes to the receiver's address in the contact register, while there is one.
    """

    __tablename__ = "mail"

    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), primary_key=True, autoincrement=False)
    message_id: Mapped[str] = mapped_column(unique=True)
    registered: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
