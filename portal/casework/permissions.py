"""Permissions of the casework room."""

from portal.access.permissions import permission
from portal.web.kit.i18n import lazy_gettext as _

CASE_READ = permission("casework.case.read", _("Read cases"), writes=False)
CASE_JOURNAL = permission(
    "casework.case.journal", _("Journal cases in UDIsak and fetch their packages"), writes=True
)
CASE_DISTRIBUTE = permission(
    "casework.case.distribute", _("Pass cases to another caseworker or region"), writes=True
)
APPEAL_READ = permission("casework.appeal.read", _("Read appeals"), writes=False)
APPEAL_HANDLE = permission("casework.appeal.handle", _("Check and prepare appeals"), writes=True)
APPEAL_DECIDE = permission(
    "casework.appeal.decide", _("Decide what the first instance does with appeals"), writes=True, grave=True
)
OWN_APPEAL_SEND = permission(
    "casework.own.appeal", _("Send appeals against your own decisions"), writes=True, survives_disable=True
)
LETTER_POST = permission(
    "casework.letter.post", _("Print letters, and register that they are posted"), writes=True
)
OWN_LETTERS = permission(
    "casework.own.letters", _("Choose how your letters come"), writes=True, survives_disable=True
)
OWN_CASE_READ = permission(
    "casework.own.read", _("Read your own cases and letters"), writes=False, survives_disable=True
)
