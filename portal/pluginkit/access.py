"""Who may do what where: permissions, the one rule in its renderings, and what a route declares."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.holders import holders
from portal.access.permissions import Permission
from portal.access.policy import OutOfReach, Restriction, require, visible
from portal.access.routes import needs, public
from portal.web.kit.i18n import LazyString

__all__ = [
    "Actor",
    "OutOfReach",
    "Permission",
    "Restriction",
    "holders",
    "needs",
    "permission",
    "public",
    "require",
    "visible",
]


def permission(
    name: str, title: LazyString, *, writes: bool, survives_disable: bool = False, grave: bool = False
) -> Permission:
    """A permission of a plugin, named `<plugin>.<object>.<action>`; hand it over in `portal_permissions`.

    `writes` is False only when it changes nothing. `survives_disable` keeps a party's right to its own
    decisions and receipts where the plugin is switched off. `grave`: using it takes a fresh login.
    """
    return Permission(name, title, writes, name.split(".", 1)[0], survives_disable, grave)
