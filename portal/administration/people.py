"""Finding a person an administrator names, exactly: no browsing among people."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from portal.database import read
from portal.identity.models import Person


def named(typed: str) -> list[tuple[int, str, str]]:
    """Persons (id, name, e-mail) whose e-mail or whole name is what was typed; at most two."""
    if not typed.strip():
        return []
    return [(row.id, row.name, row.email) for row in read(_NAMED, {"typed": typed.strip().lower()})]


def with_addresses(typed: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """Address as typed (small letters) → the persons (id, name) who have it; those with none are left out."""
    found: dict[str, list[tuple[int, str]]] = {}
    statement = select(Person.id, Person.name, func.lower(Person.email).label("address"))
    for row in read(statement.where(func.lower(Person.email).in_(typed)).order_by(Person.id)):
        found.setdefault(row.address, []).append((row.id, row.name))
    return found


def is_named(typed: str) -> ColumnElement[bool]:
    """The same as a condition on `Person`."""
    wanted = typed.strip().lower()
    return or_(func.lower(Person.email) == wanted, func.lower(Person.name) == wanted)


_NAMED = (
    select(Person.id, Person.name, Person.email)
    .where(or_(func.lower(Person.email) == bindparam("typed"), func.lower(Person.name) == bindparam("typed")))
    .order_by(Person.id)
    .limit(2)
)
