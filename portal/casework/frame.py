"""What the room puts in the menu."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.casework.permissions import OWN_CASE_READ
from portal.web.kit.frame import NavItem, Overview
from portal.web.kit.i18n import lazy_gettext as _

NAV = (NavItem(_("My cases"), "/saker", OWN_CASE_READ.name),)


def nav(_actor: Actor) -> list[NavItem]:
    """*Mine saker*, for parties."""
    return list(NAV)


def overview(_actor: Actor, _into: Overview) -> None:
    """Nothing: each kind of case tells of itself."""
