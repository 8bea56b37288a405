"""What rooms put on Min side, gathered with one statement however many rooms there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import BindParameter, Select, bindparam, func, literal, select, union_all
from sqlalchemy.sql.visitors import replacement_traverse

from portal.database import read
from portal.web.kit.frame import Overview

Tell = Callable[[Any, Overview], None]


@dataclass(frozen=True, slots=True)
class Part:
    """A few rows, ordered and limited by the room, and how each is told.

    `tell` gets the row with its columns as attributes, as JSON carries them: times and days through
    `moment` and `a_day`.
    """

    rows: Select[Any]
    tell: Tell


def bound(statement: Any, **values: Any) -> Select[Any]:
    """The statement with these parameters given, to stand beside others that name theirs alike."""

    def given(element: Any, **_options: Any) -> Any:
        if isinstance(element, BindParameter) and element.key in values:
            return bindparam(None, values[element.key], element.type)
        return None

    found: Any = replacement_traverse(statement, {}, given)
    return cast(Select[Any], found)


def gather(parts: Iterable[Part], into: Overview) -> None:
    """Read all parts in one statement, and tell each row in the order of the parts."""
    known = list(parts)
    if not known:
        return
    for found in read(union_all(*_numbered(known))):
        known[found.part].tell(SimpleNamespace(**found.row), into)


def _numbered(parts: Iterable[Part]) -> Iterator[Select[Any]]:
    for number, part in enumerate(parts):
        rows = part.rows.subquery(f"part_{number}")
        yield select(literal(number).label("part"), func.row_to_json(rows.table_valued()).label("row"))


def moment(text: str | None) -> datetime | None:
    """A time out of JSON, aware."""
    return datetime.fromisoformat(text) if text else None


def a_day(text: str | None) -> date | None:
    """A day out of JSON."""
    return date.fromisoformat(text) if text else None
