"""Permissions: what can be allowed, named `<room>.<object>.<action>`, each reading or writing."""

from __future__ import annotations

from dataclasses import dataclass

from portal.web.kit.i18n import LazyString


@dataclass(frozen=True, slots=True)
class Permission:
    """Something a role may carry.

    `writes` is False only for permissions that change nothing. `survives_disable`: a party's right to
    its own decisions and receipts, which holds even where the plugin the case came from is switched off.
    `grave`: using it (signing, deciding, granting) takes a fresh and strong login.
    """

    name: str
    title: LazyString
    writes: bool
    plugin: str | None = None
    survives_disable: bool = False
    grave: bool = False


class UnknownPermission(LookupError):
    """A role or route names a permission that no room declared."""


PERMISSIONS: dict[str, Permission] = {}


def permission(
    name: str,
    title: LazyString,
    *,
    writes: bool,
    plugin: str | None = None,
    survives_disable: bool = False,
    grave: bool = False,
) -> Permission:
    """Declare a permission once. Raises `ValueError` when the name is taken by a different one."""
    declared = Permission(name, title, writes, plugin, survives_disable, grave)
    known = PERMISSIONS.get(name)
    if known is not None and (known.writes, known.plugin) != (writes, plugin):
        raise ValueError(f"permission {name} is declared twice")
    return PERMISSIONS.setdefault(name, declared)


def find(name: str) -> Permission:
    """The declared permission of that name; raises `UnknownPermission`."""
    try:
        return PERMISSIONS[name]
    except KeyError:
        raise UnknownPermission(name) from None
