"""What happens to documents."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event


@dataclass(frozen=True, kw_only=True)
class DocumentStored(Event):
    """A file was uploaded and waits to be scanned."""

    name = "documents.stored"
    message = "A file was uploaded (%(media_type)s, %(size)s bytes)."
    subject = "document"

    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class DocumentScanned(Event):
    """A file was scanned: `ready` or `refused`."""

    name = "documents.scanned"
    message = "An uploaded file was scanned: %(state)s."
    subject = "document"

    state: str


@dataclass(frozen=True, kw_only=True)
class LetterMade(Event):
    """A letter was rendered and made available."""

    name = "documents.letter_made"
    message = "A letter was made available."
    subject = "document"

    template: str
    language: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class DocumentOpened(Event):
    """Somebody opened a document, by the permission that proved the right."""

    name = "documents.opened"
    message = "A document was opened with the right %(permission)s."
    subject = "document"

    permission: str
