"""The package (*saksmappe*) of a case: its content as PDF, its documents, and metadata, as one zip.

The metadata are those of arkivforskriften § 15: an identity of its own, context, title, sender and
recipient, the document's date, when it was sent or received and when it was registered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import RawIOBase
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import require
from portal.casework.about import content_of
from portal.casework.entries import tell
from portal.casework.events import CasePackaged
from portal.casework.models import CaseDocument
from portal.casework.permissions import CASE_JOURNAL
from portal.casework.queries import timeline
from portal.casework.staff import StaffCase, get_open_case
from portal.casework.subject import where_of
from portal.casework.workflow import state_label
from portal.database import read, scalar, transaction
from portal.documents.letters import render_letter
from portal.documents.models import Document, DocumentContent
from portal.record import record
from portal.web.kit.formats import day, exact
from portal.web.kit.i18n import use_locale

UDI = "Utlendingsdirektoratet"
FROM_PARTY = frozenset({"attachment", "answer", "report", "appeal"})


@dataclass(frozen=True, slots=True)
class Filed:
    """A document of a case, as the package holds it."""

    id: int
    role: str
    title: str
    filename: str
    media_type: str
    size: int
    digest: str
    created_at: datetime
    added_at: datetime
    state: str

    @property
    def path(self) -> str:
        """Where it stands in the package; its own id keeps names apart."""
        return f"dokumenter/{self.id}-{self.filename}"


_FILED: Any = (
    select(
        Document.id,
        CaseDocument.role,
        Document.title,
        Document.filename,
        Document.media_type,
        Document.size,
        Document.digest,
        Document.created_at,
        CaseDocument.added_at,
        Document.state,
    )
    .join(CaseDocument, CaseDocument.document_id == Document.id)
    .order_by(Document.id)
)


def package(case_id: int, *, actor: Actor) -> tuple[str, Iterator[bytes]]:
    """The package's file name and its bytes, made while they are sent; that it was fetched is recorded first.

    Raises `OutOfReach`, `Denied`, and `Undeclared` for caseworkers who have not declared.
    """
    with transaction(actor=actor):
        case = get_open_case(case_id, actor=actor)
        require(actor, CASE_JOURNAL, case)
        filed = [Filed(*tuple(row)) for row in read(_FILED.where(CaseDocument.case_id == case_id))]
        tell(case, "packaged", actor=actor)
        record(CasePackaged(number=case.number, documents=len(filed), **where_of(case)), actor=actor)
    return f"sak-{case.number.replace('/', '-')}.zip", _zipped(case, filed)


def _zipped(case: StaffCase, filed: Sequence[Filed]) -> Iterator[bytes]:
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_DEFLATED) as made:
        made.writestr("metadata.xml", metadata(case, filed))
        yield sink.taken()
        made.writestr("sak.pdf", case_pdf(case))
        yield sink.taken()
        for one in filed:
            content = _content(one) if one.state == "ready" else None
            if content is not None:
                made.writestr(one.path, content)
                yield sink.taken()
    yield sink.taken()


def _content(one: Filed) -> bytes | None:
    content = scalar(select(DocumentContent.content).where(DocumentContent.document_id == one.id))
    return None if content is None else bytes(content)


def case_pdf(case: StaffCase) -> bytes:
    """The case as it reads now: what was written, decided and done. Bokmål, as the archive is kept."""
    with use_locale("nb"):
        context = _content_of_pdf(case)
    return render_letter("casework/package.html", context, "nb")


def _content_of_pdf(case: StaffCase) -> dict[str, Any]:
    label, _kind = state_label(case.kind, case.state, staff=True)
    return {
        "sender": UDI,
        "reference": case.number,
        "date": day(clock.today()),
        "title": case.title,
        "applicant": case.owner_name,
        "state": str(label),
        "udisak": case.udisak_reference or "",
        "sections": [
            (str(part.heading), [(str(asked), answer) for asked, answer in part.rows])
            for part in content_of(case.kind, case.id)
        ],
        "entries": [
            (exact(at), str(text), who) for at, text, who in timeline(case.id, case.kind, staff=True)
        ],
    }


def metadata(case: StaffCase, filed: Sequence[Filed]) -> bytes:
    """The package's metadata as XML; times in UTC."""
    root = Element("sak", id=case.number, system="Samvirkeportalen")
    about: tuple[tuple[str, str | None], ...] = (
        ("tittel", case.title),
        ("sakstype", case.kind),
        ("part", case.owner_name),
        ("administrativEnhet", case.region_name or UDI),
        ("saksbehandler", case.handler_name),
        ("referanseUDIsak", case.udisak_reference),
        ("mottatt", case.submitted_at.isoformat()),
        ("tilstand", case.state),
        ("hentet", clock.now().isoformat()),
    )
    for name, value in about:
        if value:
            SubElement(root, name).text = value
    for one in filed:
        _describe(SubElement(root, "dokument", id=f"{case.number}-{one.id}"), case, one)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _describe(into: Element, case: StaffCase, one: Filed) -> None:
    incoming = one.role in FROM_PARTY
    about = (
        ("sammenheng", f"{case.number} {one.role}"),
        ("tittel", one.title),
        ("avsender", case.owner_name if incoming else UDI),
        ("mottaker", UDI if incoming else case.owner_name),
        ("dokumentdato", one.created_at.date().isoformat()),
        ("mottatt" if incoming else "sendt", one.added_at.isoformat()),
        ("registrert", one.added_at.isoformat()),
        ("fil", one.path if one.state == "ready" else ""),
        ("format", one.media_type),
        ("stoerrelse", str(one.size)),
        ("sha256", one.digest),
    )
    for name, value in about:
        if value:
            SubElement(into, name).text = value


class _Sink(RawIOBase):
    """What a zip is written to when it is sent on piece by piece: it cannot go back, so nothing is kept."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """It can be written to, and nothing else."""
        return True

    def write(self, piece: Any) -> int:
        """Take a piece."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """Everything written since last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)
