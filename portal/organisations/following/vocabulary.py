"""What can change about an organisation, in words for staff and for its members."""

from __future__ import annotations

from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

CHANGES: dict[str, LazyString] = {
    "deleted": _("Deleted"),
    "removed": _("Removed from the register"),
    "bankrupt": _("Bankrupt"),
    "winding_up": _("Being wound up"),
    "restored": _("No longer deleted, bankrupt or being wound up"),
    "name": _("New name"),
    "roles": _("New people in the roles"),
    "voluntary_in": _("Entered in the Register of Voluntary Organisations"),
    "voluntary_out": _("Out of the Register of Voluntary Organisations"),
    "legal_form": _("New legal form"),
    "commercial": _("Now a company, a sole proprietorship or a public body"),
    "operator": _("Runs reception centres"),
    "municipality": _("Moved to another municipality"),
    "region": _("Moved here from another region"),
    "address_elsewhere": _("The address in the register is in another region"),
    "account": _("New account number"),
}
GRAVE = frozenset(
    {
        "deleted",
        "removed",
        "bankrupt",
        "winding_up",
        "voluntary_out",
        "commercial",
        "operator",
        "roles",
        "account",
        "region",
        "address_elsewhere",
    }
)
"""What somebody at UDI should look at; the rest is told and shown only."""
