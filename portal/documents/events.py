"""What happens to documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from portal.record import Event
from portal.record.events import Words
from portal.web.kit.i18n import lazy_gettext as _

_SCANNED = {"ready": _("nothing was found"), "refused": _("it was refused")}


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
    words: ClassVar[Mapping[str, Words]] = {"state": _SCANNED}

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
