"""Taking in files, scanning them, opening them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import func, insert, select, update

from portal import settings
from portal.access.actor import Actor, Place, scope_of
from portal.database import db, in_transaction, read_one, transaction
from portal.documents import scanning
from portal.documents.events import DocumentOpened, DocumentScanned, DocumentStored
from portal.documents.models import Document, DocumentContent
from portal.documents.pictures import UnreadablePicture, as_pdf
from portal.documents.queries import Opened, readable
from portal.documents.types import PDF, UploadRefused, judge, safe_filename
from portal.jobs import job, once
from portal.record import record

__all__ = ["ON_OPENED", "ON_READY", "UploadRefused", "open_document", "remove", "scan", "share", "store"]

ON_READY: list[Callable[[int], None]] = []
"""Called with a document's id in the transaction in which it can first be read."""
ON_OPENED: list[Callable[[Opened, Actor], None]] = []
"""Called in the transaction in which somebody opens a document."""


def store(
    *,
    content: bytes,
    filename: str,
    place: Place,
    read_permissions: Sequence[str],
    actor: Actor,
    title: str = "",
) -> int:
    """Keep an upload in quarantine, order its scan, and give its id; inside the caller's transaction.

    Raises `UploadRefused` before anything is stored.
    """
    media_type = judge(content, filename, limit=settings.current().upload_limit_bytes)
    name = safe_filename(filename, media_type)
    digest = sha256(content).hexdigest()
    values = {
        "origin": "upload",
        "state": "quarantined",
        "title": title or name,
        "filename": name,
        "media_type": media_type,
        "size": len(content),
        "digest": digest,
        "read_permissions": list(read_permissions),
        "created_by": actor.person_id,
        **columns_of(place),
    }
    document_id = insert_document(values, content)
    event = DocumentStored(
        subject_id=document_id, media_type=media_type, size=len(content), digest=digest, **scope_of(place)
    )
    record(event, actor=actor)
    scan.defer(document_id=document_id)
    return document_id


def share(document_ids: Iterable[int], read_permissions: Sequence[str], *, place: Place) -> None:
    """Let holders of more permissions read documents, now at `place`: when a draft is sent."""
    added = func.array_cat(Document.read_permissions, list(read_permissions))
    db.session.execute(
        update(Document)
        .where(Document.id.in_(list(document_ids)))
        .values(read_permissions=added, **columns_of(place))
    )


def move(document_ids: Iterable[int], *, regional_id: int) -> None:
    """Let documents follow their case to another region, inside the caller's transaction."""
    moved = update(Document).where(Document.id.in_(list(document_ids)))
    db.session.execute(moved.values(regional_id=regional_id))


def remove(document_id: int) -> None:
    """Take back an upload that was never sent; inside the caller's transaction, after its own checks."""
    document = db.session.get(Document, document_id)
    if document is not None:
        content = db.session.get(DocumentContent, document_id)
        if content is not None:
            db.session.delete(content)
            db.session.flush()
        db.session.delete(document)


def open_document(document_id: int, *, actor: Actor) -> Opened:
    """The document's bytes for somebody who may read it; the opening is recorded with what proved it.

    Raises `OutOfReach`.
    """
    with transaction(actor=actor):
        opened = readable(document_id, actor)
        event = DocumentOpened(subject_id=document_id, permission=opened.permission, **opened.scope)
        record(event, actor=actor)
        for tell in ON_OPENED:
            tell(opened, actor)
    return opened


@job("documents.scan", awaited=True)
def scan(document_id: int) -> None:
    """Scan one upload and release or refuse it; a photograph becomes a PDF.

    A scanner that is away leaves it in quarantine.
    """
    row = read_one(
        select(DocumentContent.content, Document.state, Document.media_type, Document.filename)
        .join(Document, Document.id == DocumentContent.document_id)
        .where(Document.id == document_id)
    )
    if row is None or row.state != "quarantined":
        return
    content = bytes(row.content)
    refusal = None if scanning.is_clean(content, settings.current().scanner) else "malware"
    changed: dict[str, Any] = {}
    if refusal is None and row.media_type.startswith("image/"):
        try:
            content = as_pdf(content)
            changed = _now_pdf(content, row.filename)
        except UnreadablePicture:
            refusal = "unreadable"
    with once() as session:
        state = "refused" if refusal else "ready"
        session.execute(
            update(Document).where(Document.id == document_id).values(state=state, refusal=refusal, **changed)
        )
        if refusal or changed:
            kept = b"" if refusal else content
            session.execute(
                update(DocumentContent).where(DocumentContent.document_id == document_id).values(content=kept)
            )
        record(DocumentScanned(subject_id=document_id, state=state), actor=None)
        if refusal is None:
            ready(document_id)


def _now_pdf(content: bytes, filename: str) -> dict[str, Any]:
    return {
        "media_type": PDF,
        "filename": safe_filename(filename, PDF),
        "size": len(content),
        "digest": sha256(content).hexdigest(),
    }


def ready(document_id: int) -> None:
    """Tell the rooms that wait for it that a document can be read; in the current transaction."""
    for tell in ON_READY:
        tell(document_id)


def insert_document(values: dict[str, Any], content: bytes | None) -> int:
    """Write a document's row and, when there are any yet, its bytes. Gives the id."""
    if not in_transaction():
        raise RuntimeError("a document is stored with what it belongs to, in one transaction")
    document_id: int = db.session.execute(insert(Document).values(values).returning(Document.id)).scalar_one()
    if content is not None:
        db.session.execute(insert(DocumentContent).values(document_id=document_id, content=content))
    return document_id


def columns_of(place: Place) -> dict[str, Any]:
    """A place's columns as a row stores them."""
    return {**scope_of(place), "plugin": place.plugin}
