"""The one rule of access, in two renderings kept equal: `allowed` in memory, `visible` in SQL.

*An actor may do P to an object if a valid assignment carrying P stands at one of the object's units, or
at the authority unit above it on the object's own columns, and no restriction says no.*
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, and_, any_, bindparam, false, not_, or_, true
from sqlalchemy.dialects.postgresql import ARRAY

from portal.access.actor import LEVELS, NOWHERE, Actor, Scoped
from portal.access.permissions import Permission


class Denied(Exception):
    """In reach, but not allowed: answered with 403, the reason, and who can help."""

    def __init__(self, permission: Permission, reason: str = "no_role", place: Scoped | None = None) -> None:
        super().__init__(f"{permission.name}: {reason}")
        self.permission = permission
        self.reason = reason
        self.place = place


class ProofNeeded(Exception):
    """A grave act by somebody whose login is not fresh or strong enough: they prove who they are first."""


class OutOfReach(LookupError):
    """The object is not there for this actor: answered with 404, the same as if it did not exist."""


@dataclass(frozen=True)
class Restriction:
    """A narrowing a plugin adds to one permission: the same condition as predicate and as SQL."""

    permission: str
    predicate: Callable[[Actor, Any], bool]
    clause: Callable[[Actor, Any], ColumnElement[bool]]


_restrictions: dict[str, list[Restriction]] = {}


def restrict(restriction: Restriction) -> None:
    """Add a narrowing, once. There is no way to add a widening."""
    known = _restrictions.setdefault(restriction.permission, [])
    if restriction not in known:
        known.append(restriction)


def allowed(actor: Actor, permission: Permission, place: Scoped) -> bool:
    """May `actor` do `permission` to the object at `place`? In memory, about a microsecond."""
    reach = actor.reach.get(permission.name)
    if reach is None:
        return False
    if not (
        place.owner_id in reach.owner
        or place.regional_id in reach.regional
        or place.local_id in reach.local
        or place.national_id in reach.national
    ):
        return False
    if (
        place.plugin is not None
        and not permission.survives_disable
        and actor.switches.off_at(place.plugin, place)
    ):
        return False
    narrowed = _restrictions.get(permission.name)
    return narrowed is None or all(_holds(r, actor, place) for r in narrowed)


def require_proof(actor: Actor, permission: Permission) -> None:
    """Raise `ProofNeeded` when `permission` is grave and the actor's login is too old or too weak for it."""
    if permission.grave and actor.proof_is_old:
        raise ProofNeeded


def require(actor: Actor, permission: Permission, place: Scoped) -> None:
    """Raise `Denied` unless `allowed`."""
    if not allowed(actor, permission, place):
        raise Denied(permission, place=place)


def visible(actor: Actor, permission: Permission, columns: Any) -> ColumnElement[bool]:
    """The same rule as a condition on `columns` (a mapped class or table columns with the scope names).

    Binds the actor's units, so the statement's text is the same for everybody with the same shape.
    """
    reach = actor.reach.get(permission.name, NOWHERE)
    branches = [
        _column(columns, level) == any_(bindparam(None, sorted(ids), ARRAY(BigInteger)))
        for level in LEVELS
        if (ids := reach.level(level))
    ]
    if not branches:
        return false()
    return and_(
        or_(*branches), not_switched_off(actor, permission, columns), narrowed(actor, permission, columns)
    )


def not_switched_off(actor: Actor, permission: Permission, columns: Any) -> ColumnElement[bool]:
    """Condition: the object's plugin is on at its places."""
    if not actor.switches.off or permission.survives_disable or not hasattr(columns, "plugin"):
        return true()
    nationwide = sorted(plugin for plugin, unit in actor.switches.off if unit is None)
    placed = sorted((plugin, unit) for plugin, unit in actor.switches.off if unit is not None)
    off: list[ColumnElement[bool]] = []
    if nationwide:
        off.append(columns.plugin == any_(bindparam(None, nationwide, ARRAY(Text))))
    for plugin, unit in placed:
        here = [_column(columns, level) == unit for level in LEVELS if level != "owner"]
        off.append(and_(columns.plugin == plugin, or_(*(c.is_not(None) & c for c in here))))
    return or_(columns.plugin.is_(None), not_(or_(*off)))


def narrowed(actor: Actor, permission: Permission, columns: Any) -> ColumnElement[bool]:
    """Condition: no plugin's restriction on this permission says no. One that fails denies."""
    clauses = []
    for restriction in _restrictions.get(permission.name, ()):
        try:
            clauses.append(restriction.clause(actor, columns))
        except Exception:
            return false()
    return and_(true(), *clauses)


def _holds(restriction: Restriction, actor: Actor, place: Scoped) -> bool:
    try:
        return restriction.predicate(actor, place)
    except Exception:
        return False


def _column(columns: Any, level: str) -> ColumnElement[Any]:
    column: ColumnElement[Any] = getattr(columns, f"{level}_id")
    return column
