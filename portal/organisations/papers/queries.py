"""Reading an organisation's papers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from portal.database import read
from portal.documents.models import Document
from portal.organisations.models import Paper
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

KIND_LABELS: dict[str, LazyString] = {
    "statutes": _("Statutes"),
    "annual_report": _("Annual report"),
    "accounts": _("Accounts"),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper: `state` is the document's (quarantined, refused, ready); `digest` tells the same file."""

    id: int
    kind: str
    year: int
    document_id: int
    filename: str
    state: str
    digest: str
    kept_at: datetime
    replaced: bool

    @property
    def label(self) -> LazyString:
        """What kind of paper it is."""
        return KIND_LABELS[self.kind]


_PAPERS: Any = (
    select(
        Paper.id,
        Paper.kind,
        Paper.year,
        Paper.document_id,
        Document.filename,
        Document.state,
        Document.digest,
        Paper.kept_at,
        Paper.replaced_at.is_not(None).label("replaced"),
    )
    .join(Document, Document.id == Paper.document_id)
    .where(Paper.unit_id == bindparam("unit_id"))
    .order_by(Paper.kind.desc(), Paper.year.desc(), Paper.id.desc())
    .limit(100)
)
_CURRENT = _PAPERS.where(Paper.replaced_at.is_(None))


def papers_of(unit_id: int) -> list[Kept]:
    """The papers that stand, by kind and newest year, of an organisation judged in reach."""
    return [Kept(*tuple(row)) for row in read(_CURRENT, {"unit_id": unit_id})]


def all_papers_of(unit_id: int) -> list[Kept]:
    """As `papers_of`, with those that newer ones have replaced."""
    return [Kept(*tuple(row)) for row in read(_PAPERS, {"unit_id": unit_id})]
