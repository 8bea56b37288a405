"""Tables of documents: uploads and letters, with the place that decides who reads them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from portal.database import Base

STATES = ("quarantined", "refused", "ordered", "ready")


class Document(Base):
    """An upload (*vedlegg*) or a letter (*brev*). Served only when `ready`.

    `read_permissions` are alternatives: whoever holds one of them at the document's place may read it.
    """

    __tablename__ = "document"
    __table_args__ = (CheckConstraint(f"state IN {STATES}", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str]
    state: Mapped[str]
    title: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    refusal: Mapped[str | None]
    national_id: Mapped[int | None]
    regional_id: Mapped[int | None]
    local_id: Mapped[int | None]
    owner_id: Mapped[int | None] = mapped_column(index=True)
    plugin: Mapped[str | None]
    read_permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    template: Mapped[str | None]
    language: Mapped[str | None]
    context: Mapped[dict[str, Any] | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DocumentContent(Base):
    """The bytes, beside the row and in the same transaction: stored whole or not at all."""

    __tablename__ = "document_content"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
