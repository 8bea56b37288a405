"""Pages: blueprints whose routes declare their access, menu entries, tasks on Min side, texts."""

from __future__ import annotations

from portal.access.routes import PortalBlueprint
from portal.web.kit.frame import NavItem, Overview, Task
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.requests import actor, see_other

__all__ = [
    "NavItem",
    "Overview",
    "PortalBlueprint",
    "Task",
    "actor",
    "lazy_gettext",
    "see_other",
]
