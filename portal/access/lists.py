"""Scoped lists: one keyset walk for each place an actor reaches, merged and cut to a page.

Each walk is an equality on one level column, so an index `(regional_id, submitted desc, id desc)`
answers it without reading rows that are thrown away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Row,
    Select,
    bindparam,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from portal.access.actor import LEVELS, NOWHERE, Actor
from portal.access.permissions import Permission
from portal.access.policy import narrowed, not_switched_off
from portal.database import read
from portal.web.kit.paging import PAGE_SIZE

_LIMIT: ColumnElement[int] = literal_column(str(PAGE_SIZE + 1))


def scoped_page(
    statement: Select[Any],
    columns: Any,
    order: Sequence[Any],
    *,
    actor: Actor,
    permission: Permission,
    after: Sequence[Any] | None = None,
    parameters: Mapping[str, Any] | None = None,
    one_of: tuple[Any, Sequence[Any]] | None = None,
) -> Sequence[Row[Any]]:
    """Rows the actor may see, newest first: at most a page and one more.

    `statement` selects the columns shown, among them those of `order`, which ends in the id; all are
    sorted descending. `after` holds the last row's values of `order`. `one_of` is a column and the values it
    may have: each gets a walk of its own, so that a rare value costs no more than a common one where an
    index has the column between the level and the order.
    """
    if after is not None:
        key = [bindparam(None, v, c.type) for v, c in zip(after, order, strict=True)]
        statement = statement.where(tuple_(*order) < tuple_(*key))
    descending = [column.desc() for column in order]
    branches = _branches(statement, columns, actor, permission, one_of)
    return _merged(branches, order, descending, _LIMIT, parameters)


def scoped_oldest(
    statement: Select[Any],
    columns: Any,
    order: Sequence[Any],
    *,
    actor: Actor,
    permission: Permission,
    one_of: tuple[Any, Sequence[Any]],
    parameters: Mapping[str, Any] | None = None,
) -> Row[Any] | None:
    """The first of what `scoped_page` would list last, or None."""
    branches = _branches(statement, columns, actor, permission, one_of)
    rows = _merged(branches, order, list(order), literal_column("1"), parameters)
    return rows[0] if rows else None


def _branches(
    statement: Select[Any],
    columns: Any,
    actor: Actor,
    permission: Permission,
    one_of: tuple[Any, Sequence[Any]] | None,
) -> Iterator[_Branch]:
    """One for each level at which the actor reaches something."""
    reach = actor.reach.get(permission.name, NOWHERE)
    base = statement.where(not_switched_off(actor, permission, columns), narrowed(actor, permission, columns))
    for level in LEVELS:
        if units := sorted(reach.level(level)):
            column = getattr(columns, f"{level}_id")
            yield _Branch(base, [(column, units), *([one_of] if one_of else [])])


def _merged(
    branches: Iterable[_Branch],
    order: Sequence[Any],
    sorting: Sequence[Any],
    limit: ColumnElement[int],
    parameters: Mapping[str, Any] | None,
) -> Sequence[Row[Any]]:
    cut = [branch.cut(sorting, limit) for branch in branches]
    if not cut:
        return []
    if len(cut) == 1 and cut[0].sorted:
        return read(cut[0].rows, parameters)
    rows = [select(one.rows.subquery()) for one in cut]
    merged = (union(*rows) if len(rows) > 1 else cut[0].rows).subquery()
    ascending = sorting[0] is order[0]
    columns = [merged.c[column.key] if ascending else merged.c[column.key].desc() for column in order]
    return read(select(merged).order_by(*columns).limit(limit), parameters)


@dataclass(frozen=True, slots=True)
class _Cut:
    """The first rows of a branch, or of each of its parts one after the other."""

    rows: Select[Any]
    sorted: bool


@dataclass(frozen=True, slots=True)
class _Branch:
    """A select, and columns with the values that each may have."""

    statement: Select[Any]
    choices: Sequence[tuple[Any, Sequence[Any]]]

    def cut(self, sorting: Sequence[Any], limit: ColumnElement[int]) -> _Cut:
        """The first `limit` rows of each combination of values.

        Several values come as a table to join, each with its own walk along the index: the statement and
        the work of planning it are the same for one region and for the whole directorate.
        """
        rows = self.statement
        tables: list[Any] = []
        for column, values in self.choices:
            if len(values) == 1:
                rows = rows.where(column == values[0])
                continue
            kind = ARRAY(BigInteger if isinstance(column.type, Integer) else column.type)
            table = func.unnest(bindparam(None, list(values), kind)).table_valued("value").render_derived()
            rows, tables = rows.where(column == table.c.value), [*tables, table]
        rows = rows.order_by(*sorting).limit(limit)
        if not tables:
            return _Cut(rows, sorted=True)
        each, joined = rows.lateral(), tables[0]
        for table in [*tables[1:], each]:
            joined = joined.join(table, true())
        return _Cut(select(each).select_from(joined), sorted=False)
