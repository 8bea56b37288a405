"""Finding organisations by the words of their names, by number, by place, and by what they are.

A name is found by the beginning of each word in it, in any order: the words are kept in the folded form
of `units.ordering`, so that "ås" finds "Aas" and case does not matter, in a column with an index of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, cast, false, func, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

from portal.organisations.agreements import queries as agreements
from portal.organisations.models import Organisation
from portal.units.ordering import sort_key

_WORD = re.compile(r"(?:[^\W_]|\{)+")  # the brace begins æ, ø and å in a folded name
_COLUMNS = ("kind", "level", "register_status")
LONGEST_SEARCH = 100
_MOST_WORDS = 6
_LONGEST_WORD = 60
_FEWEST_DIGITS = 4  # fewer are more likely part of a name


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: empty means any.

    `region` is a unit's id, `county` two digits, `agreement` one of the agreements' `STANDINGS`.
    """

    search: str = ""
    kind: str = ""
    level: str = ""
    register_status: str = ""
    activity: str = ""
    region: int | None = None
    county: str = ""
    municipality: str = ""
    agreement: str = ""

    def codes(self) -> str:
        """The wish as codes, for the audit trail: that there was a search text, never which."""
        told = {
            name: getattr(self, name) for name in (*_COLUMNS, "activity", "region", "county", "agreement")
        }
        told |= {"municipality": self.municipality, "search": "yes" if self.search else ""}
        return ", ".join(f"{name}={value}" for name, value in told.items() if value)


def split(text: str) -> list[str]:
    """The words of a name or of a search text, folded; nothing for signs alone."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(sort_key(text[:1000]))]


def words(name: str) -> ColumnElement[Any]:
    """What is stored of a name in `Organisation.words`."""
    return type_coerce(
        func.array_to_tsvector(bindparam(None, sorted(set(split(name))), ARRAY(Text))), TSVECTOR
    )


def condition(wish: Wish, columns: Any = Organisation) -> ColumnElement[bool]:
    """The condition a row meets when it is what `wish` looks for."""
    met = [getattr(columns, name) == value for name in _COLUMNS if (value := getattr(wish, name))]
    if wish.activity:
        met.append(columns.activities.contains([wish.activity]))
    if wish.agreement:
        met.append(agreements.condition(wish.agreement, columns))
    if wish.region is not None:
        met.append(columns.regional_id == wish.region)
    if wish.municipality:
        met.append(columns.municipality_number == wish.municipality)
    elif wish.county:
        met.append(columns.municipality_number.between(f"{wish.county}00", f"{wish.county}99"))
    if wish.search:
        met.append(_named(wish.search, columns))
    return and_(True, *met)


def _named(search: str, columns: Any) -> ColumnElement[bool]:
    digits = "".join(search.split())
    if digits.isascii() and digits.isdigit() and _FEWEST_DIGITS <= len(digits) <= 9:
        # Between two numbers, since "begins with" has no use of an index in every collation.
        return and_(columns.number >= digits.ljust(9, "0"), columns.number <= digits.ljust(9, "9"))
    found = split(search)[:_MOST_WORDS]
    if not found:
        return false()
    asked = " & ".join(f"'{word}':*" for word in found)  # words have letters, digits and { only
    matches: ColumnElement[bool] = columns.words.op("@@")(cast(asked, TSQUERY))
    return matches
