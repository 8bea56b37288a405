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
) -> Sequence[Row[Any]]:
    """Rows the actor may see, newest first: at most a page and one more.

    `statement` selects the columns shown, among them those of `order`, which ends in the id; all are
    sorted descending. `after` holds the last row's values of `order`.
    """
    reach = actor.reach.get(permission.name, NOWHERE)
    base = statement.where(not_switched_off(actor, permission, columns), narrowed(actor, permission, columns))
    if after is not None:
        base = base.where(
            tuple_(*order) < tuple_(*[bindparam(None, v, c.type) for v, c in zip(after, order, strict=True)])
        )
    descending = [column.desc() for column in order]
    branches = [
        base.where(getattr(columns, f"{level}_id") == unit).order_by(*descending).limit(_LIMIT)
        for level in LEVELS
        for unit in sorted(reach.level(level))
    ]
    if not branches:
        return []
    if len(branches) == 1:
        return read(branches[0], parameters)
    merged = union(*[select(branch.subquery()) for branch in branches]).subquery()
    ordering = [merged.c[column.key].desc() for column in order]
    return read(select(merged).order_by(*ordering).limit(_LIMIT), parameters)
