"""Pages: blueprints whose routes declare their access, menu entries, tasks, panels, notices, texts."""

from __future__ import annotations

from portal.access.routes import PortalBlueprint
from portal.notifications.services import notify
from portal.web.kit.frame import NavItem, Overview, Panel, Task
from portal.web.kit.i18n import N_, gettext, lazy_gettext
from portal.web.kit.requests import actor, see_other

__all__ = [
    "N_",
    "NavItem",
    "Overview",
    "Panel",
    "PortalBlueprint",
    "Task",
    "actor",
    "gettext",
    "lazy_gettext",
    "notify",
    "see_other",
]
