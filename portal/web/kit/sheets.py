"""Lists as files that a spreadsheet opens: UTF-8 with a mark, semicolons, nothing that computes."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from portal.web.kit.text import one_line

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # tells a spreadsheet that this is UTF-8
_COMPUTES = ("=", "+", "-", "@", "\t", "\r", "|", "%")


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
