"""The plugin's own permission; everything else about its cases is the core's."""

from portal.pluginkit.access import permission
from portal.pluginkit.pages import lazy_gettext as _

SITE_CONTACT_RECORD = permission(
    "child_grants.site_contact.record",
    _("Record what reception centres say about applications"),
    writes=True,
)
