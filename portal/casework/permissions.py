"""Permissions of the casework room."""

from portal.access.permissions import permission
from portal.web.kit.i18n import lazy_gettext as _

CASE_READ = permission("casework.case.read", _("Read cases"), writes=False)
OWN_CASE_READ = permission(
    "casework.own.read", _("Read your own cases and letters"), writes=False, survives_disable=True
)
