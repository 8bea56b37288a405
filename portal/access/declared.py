"""Permissions of the access room and of the audit trail below it."""

from portal.access.permissions import permission
from portal.web.kit.i18n import lazy_gettext as _

ASSIGNMENT_READ = permission("access.assignment.read", _("See who has which role"), writes=False)
ASSIGNMENT_MANAGE = permission("access.assignment.manage", _("Grant and end roles"), writes=True, grave=True)
AUDIT_READ = permission("record.audit.read", _("Read the audit trail"), writes=False)
AUDIT_VERIFY = permission("record.audit.verify", _("Have the audit trail checked"), writes=True)
UNIT_READ = permission("units.unit.read", _("Read the register of units"), writes=False)
UNIT_EDIT = permission("units.unit.edit", _("Change units, sites and contracts"), writes=True)
RULE_SET = permission(
    "units.rule.set", _("Make rules stricter at a place and at what hangs below it"), writes=True
)
CONTACT_EDIT = permission("units.contact.edit", _("Change contact persons"), writes=True)
