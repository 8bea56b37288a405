"""Scoped lists: one keyset query for each place an actor reaches, merged and cut to a page.

Each branch is an equality on one level column, so an index `(regional_id, submitted desc, id desc)`
answers it without reading rows that are thrown away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, literal_column, select, tuple_, union

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
    may have: each gets a branch of its own, so that a rare value costs no more than a common one where an
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
) -> list[Select[Any]]:
    """One select for each place the actor reaches, and each value of `one_of`."""
    reach = actor.reach.get(permission.name, NOWHERE)
    base = statement.where(not_switched_off(actor, permission, columns), narrowed(actor, permission, columns))
    each = [base] if one_of is None else [base.where(one_of[0] == value) for value in one_of[1]]
    return [
        part.where(getattr(columns, f"{level}_id") == unit)
        for level in LEVELS
        for unit in sorted(reach.level(level))
        for part in each
    ]


def _merged(
    branches: Sequence[Select[Any]],
    order: Sequence[Any],
    sorting: Sequence[Any],
    limit: ColumnElement[int],
    parameters: Mapping[str, Any] | None,
) -> Sequence[Row[Any]]:
    cut = [branch.order_by(*sorting).limit(limit) for branch in branches]
    if len(cut) <= 1:
        return read(cut[0], parameters) if cut else []
    merged = union(*[select(branch.subquery()) for branch in cut]).subquery()
    ascending = sorting[0] is order[0]
    columns = [merged.c[column.key] if ascending else merged.c[column.key].desc() for column in order]
    return read(select(merged).order_by(*columns).limit(limit), parameters)
