"""The plugin's own permissions; everything else about its cases is the core's."""

from portal.pluginkit.access import permission
from portal.pluginkit.pages import lazy_gettext as _

SITE_CONTACT_RECORD = permission(
    "child_grants.site_contact.record",
    _("Record what reception centres say about applications"),
    writes=True,
)
SITE_CONTACT_ANSWER = permission(
    "child_grants.site_contact.answer",
    _("Answer for a reception centre what applications say about contact with it"),
    writes=True,
)
