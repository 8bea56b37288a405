"""Reading documents: a list's facts, and one with its bytes for somebody who may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from portal.access.actor import Actor, Place
from portal.access.permissions import PERMISSIONS
from portal.access.policy import OutOfReach, allowed
from portal.database import read, read_one
from portal.documents.models import Document, DocumentContent

Guard = Callable[[int, Actor, str], None]
"""Takes a document's id, who asks, and the permission that would open it; raises when it stays closed."""
GUARDS: list[Guard] = []
"""What rooms above ask for beside the permission: declared impartiality, for the files of a case."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A document with its bytes (None while it is not ready) and the permission that proved the right."""

    id: int
    state: str
    title: str
    filename: str
    media_type: str
    refusal: str | None
    content: bytes | None
    permission: str
    scope: dict[str, Any]


_FACTS = (
    Document.id,
    Document.title,
    Document.filename,
    Document.media_type,
    Document.size,
    Document.state,
    Document.refusal,
    Document.created_at,
    Document.origin,
    Document.digest,
)


def list_documents(ids: Iterable[int]) -> Sequence[Row[Any]]:
    """Facts about documents the caller has already been allowed to see, oldest first."""
    wanted = list(ids)
    return read(select(*_FACTS).where(Document.id.in_(wanted)).order_by(Document.id)) if wanted else []


def readable(document_id: int, actor: Actor) -> Opened:
    """The document, if `actor` holds one of its permissions at its place; else raises `OutOfReach`.

    What a guard raises goes to the caller.
    """
    row = read_one(
        select(Document, DocumentContent.content)
        .outerjoin(DocumentContent, DocumentContent.document_id == Document.id)
        .where(Document.id == document_id)
        .with_only_columns(*Document.__table__.columns, DocumentContent.content)
    )
    if row is None:
        raise OutOfReach(f"document {document_id}")
    place = Place(row.national_id, row.regional_id, row.local_id, row.owner_id, row.plugin)
    for name in row.read_permissions:
        permission = PERMISSIONS.get(name)
        if permission is not None and allowed(actor, permission, place):
            for guard in GUARDS:
                guard(document_id, actor, name)
            return _opened(row, name)
    raise OutOfReach(f"document {document_id}")


def _opened(row: Row[Any], permission: str) -> Opened:
    scope = {name: getattr(row, name) for name in ("national_id", "regional_id", "local_id", "owner_id")}
    content = bytes(row.content) if row.state == "ready" and row.content is not None else None
    return Opened(
        row.id, row.state, row.title, row.filename, row.media_type, row.refusal, content, permission, scope
    )
