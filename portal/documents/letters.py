"""Letters (*brev*): ordered with the decision, made by the worker, in the recipient's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NoReturn

from flask import render_template
from sqlalchemy import insert, select, update

from portal.access.actor import Actor, Place
from portal.database import read_one
from portal.documents.events import LetterMade
from portal.documents.models import Document, DocumentContent
from portal.documents.services import columns_of, insert_document, ready
from portal.documents.types import PDF
from portal.jobs import job, once
from portal.record import record
from portal.web.kit.i18n import use_locale


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter before it is ordered: its template with its version, what fills it, language and title."""

    template: str
    context: dict[str, Any]
    language: str
    title: str
    filename: str

    def page(self) -> str:
        """The letter as a page, for a preview: the very template the PDF is made of."""
        return letter_page(self.template, self.context, self.language)

    def pdf(self) -> bytes:
        """The letter as the recipient will get it."""
        return render_letter(self.template, self.context, self.language)


def order_letter(
    *,
    template: str,
    context: dict[str, Any],
    language: str,
    place: Place,
    read_permissions: Sequence[str],
    title: str,
    filename: str,
    actor: Actor | None = None,
) -> int:
    """Store the order for a letter in the caller's transaction and give the document's id.

    `context` is what `template` is filled with, JSON values only, kept as it was at the decision.
    """
    values = {
        "origin": "letter",
        "state": "ordered",
        "title": title,
        "filename": filename,
        "media_type": PDF,
        "size": 0,
        "digest": "",
        "template": template,
        "language": language,
        "context": context,
        "read_permissions": list(read_permissions),
        "created_by": actor.person_id if actor else None,
        **columns_of(place),
    }
    document_id = insert_document(values, None)
    make_letter.defer(document_id=document_id)
    return document_id


def render_letter(template: str, context: dict[str, Any], language: str) -> bytes:
    """The letter as a tagged PDF (PDF/UA). Nothing outside the template is fetched."""
    from weasyprint import HTML

    html = letter_page(template, context, language)
    pdf: bytes = HTML(string=html, url_fetcher=_fetch_nothing).write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def letter_page(template: str, context: dict[str, Any], language: str) -> str:
    """The letter's HTML, in the recipient's language."""
    with use_locale(language):
        return render_template(template, language=language, **context)


@job("documents.make_letter")
def make_letter(document_id: int) -> None:
    """Render an ordered letter and make it available."""
    row = read_one(
        select(Document.template, Document.context, Document.language, Document.state).where(
            Document.id == document_id
        )
    )
    if row is None or row.state != "ordered":
        return
    content = render_letter(row.template, row.context, row.language)
    digest = sha256(content).hexdigest()
    with once() as session:
        session.execute(insert(DocumentContent).values(document_id=document_id, content=content))
        session.execute(
            update(Document)
            .where(Document.id == document_id)
            .values(state="ready", size=len(content), digest=digest)
        )
        event = LetterMade(
            subject_id=document_id, template=row.template, language=row.language, digest=digest
        )
        record(event, actor=None)
        ready(document_id)


def _fetch_nothing(url: str, *_args: Any, **_options: Any) -> NoReturn:
    raise ValueError(f"letters fetch nothing: {url}")
