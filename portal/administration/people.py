"""Finding a person an administrator names, exactly: no browsing among people."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from portal.database import read
from portal.identity.models import Person


def named(typed: str) -> list[tuple[int, str, str]]:
    """Persons (id, name, e-mail) whose e-mail or whole name is what was typed; at most two."""
    if not typed.strip():
        return []
    return [(row.id, row.name, row.email) for row in read(_NAMED, {"typed": typed.strip().lower()})]


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
