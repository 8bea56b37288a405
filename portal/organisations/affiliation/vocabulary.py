"""What a branch can let its parent see, in words."""

from __future__ import annotations

from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

SHARES: dict[str, LazyString] = {
    "registration": _("The registration: number, kind, place and status in the register"),
    "agreement": _("Agreements with UDI"),
    "contact": _("Contact details"),
    "activities": _("What you do, and how you describe yourselves"),
}
SHARED_AT_FIRST = ("registration", "agreement", "contact")
"""What a parent sees until the branch chooses otherwise."""
