"""What happens to an organisation's papers."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event


@dataclass(frozen=True, kw_only=True)
class PaperKept(Event):
    """Statutes, an annual report or accounts were handed in."""

    name = "organisations.paper_kept"
    message = "A paper was handed in, for %(year)s."
    subject = "organisation"

    kind: str
    year: int
    document_id: int
