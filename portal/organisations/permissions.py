"""Permissions of the organisations room."""

from portal.access.permissions import permission
from portal.web.kit.i18n import lazy_gettext as _

ORGANISATION_READ = permission("organisations.organisation.read", _("Read about organisations"), writes=False)
REGISTRATION_HANDLE = permission(
    "organisations.registration.handle", _("Approve or decline registrations"), writes=True, grave=True
)
AGREEMENT_RECORD = permission(
    "organisations.agreement.record", _("Note agreements between organisations and UDI"), writes=True
)
EXCLUSION_DECIDE = permission(
    "organisations.exclusion.decide",
    _("Decide whether the cooperation with an organisation ends"),
    writes=True,
    grave=True,
)
OWN_READ = permission(
    "organisations.own.read", _("Read your own organisation"), writes=False, survives_disable=True
)
OWN_EDIT = permission("organisations.own.edit", _("Change your own organisation"), writes=True)
MEMBER_MANAGE = permission(
    "organisations.member.manage", _("Decide who may act for your organisation"), writes=True, grave=True
)
PAPER_KEEP = permission(
    "organisations.own.papers", _("Keep statutes, annual reports and accounts"), writes=True
)
