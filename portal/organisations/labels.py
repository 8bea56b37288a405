"""What the register's word on an organisation is called, and the tag it is shown with."""

from __future__ import annotations

from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

STATUS_LABELS: dict[str, LazyString] = {
    "registered": _("In the register"),
    "deleted": _("Deleted"),
    "bankrupt": _("Bankrupt"),
    "winding_up": _("Being wound up"),
    "none": _("Without number"),
}
STATUS_TAGS = {"registered": "success", "winding_up": "warning", "deleted": "danger", "bankrupt": "danger"}
