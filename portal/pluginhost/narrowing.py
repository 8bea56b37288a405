"""A plugin's narrowing of a permission, in force only while the plugin is switched on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, true

from portal.access.actor import Actor
from portal.access.policy import Restriction


def while_on(plugin: str, restriction: Restriction) -> Restriction:
    """The restriction, lifted for everybody while its plugin is off nationally."""
    return Restriction(restriction.permission, _Predicate(plugin, restriction), _Clause(plugin, restriction))


# Classes, not closures: the same narrowing of two apps in one process compares equal.
@dataclass(frozen=True)
class _Predicate:
    plugin: str
    inner: Restriction

    def __call__(self, actor: Actor, place: Any) -> bool:
        return actor.switches.everywhere_off(self.plugin) or self.inner.predicate(actor, place)


@dataclass(frozen=True)
class _Clause:
    plugin: str
    inner: Restriction

    def __call__(self, actor: Actor, columns: Any) -> ColumnElement[bool]:
        return true() if actor.switches.everywhere_off(self.plugin) else self.inner.clause(actor, columns)
