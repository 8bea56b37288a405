"""The staff list as a file that a spreadsheet opens: UTF-8 with a mark, semicolons, nothing that computes."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from portal import clock
from portal.access.actor import NOWHERE, Actor
from portal.database import transaction
from portal.organisations import queries
from portal.organisations.events import OrganisationsExported
from portal.organisations.permissions import ORGANISATION_READ
from portal.organisations.searching import Wish
from portal.record import record
from portal.web.kit.text import one_line

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # tells a spreadsheet that this is UTF-8
_COMPUTES = ("=", "+", "-", "@", "\t", "\r", "|", "%")


class TooMany(Exception):
    """The list is longer than a file may be; `limit` says how long that is."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def export(wish: Wish, *, actor: Actor) -> Sequence[Any]:
    """The rows of the list for a file, and an entry in the audit trail of who took them out. `TooMany`."""
    reach = actor.reach.get(ORGANISATION_READ.name, NOWHERE)
    with transaction(actor=actor):
        rows = queries.exported(actor, wish)
        if len(rows) > queries.EXPORT_LIMIT:
            raise TooMany(queries.EXPORT_LIMIT)
        record(
            OrganisationsExported(
                subject_id=actor.person_id or 0,
                national_id=min(reach.national, default=None),
                regional_id=min(reach.regional, default=None),
                rows=len(rows),
                wish=wish.codes(),
            ),
            actor=actor,
        )
    return rows


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The file's text. A cell that a spreadsheet would compute stands behind an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([inert(heading) for heading in headings])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return MARK + out.getvalue()


def inert(cell: object) -> str:
    """A cell as text on one line, without control characters, that no spreadsheet takes for a formula."""
    text = one_line("" if cell is None else str(cell)) or ""
    # Some spreadsheets take full-width signs for the plain ones.
    return f"'{text}" if unicodedata.normalize("NFKC", text[:1]).startswith(_COMPUTES) else text


def file_name() -> str:
    """What the file is called: with the day, in ASCII."""
    return f"organisasjoner-{clock.today().isoformat()}.csv"
