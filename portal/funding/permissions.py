"""Permissions of the funding room."""

from portal.access.permissions import permission
from portal.web.kit.i18n import lazy_gettext as _

APPLICATION_READ = permission("funding.application.read", _("Read grant applications"), writes=False)
APPLICATION_ASSESS = permission(
    "funding.application.assess", _("Assess applications and propose decisions"), writes=True
)
APPLICATION_DECIDE = permission(
    "funding.application.decide", _("Decide applications"), writes=True, grave=True
)
SENTENCE_MANAGE = permission("funding.sentence.manage", _("Write and change standard sentences"), writes=True)
CALL_MANAGE = permission("funding.call.manage", _("Publish and change calls"), writes=True)
PAYMENT_ORDER = permission("funding.payment.order", _("Order payments of grants"), writes=True, grave=True)
PAYMENT_MANAGE = permission(
    "funding.payment.manage",
    _("Attest payments, and register accounts and repayments"),
    writes=True,
    grave=True,
)
OWN_APPLICATION_READ = permission("funding.own.read", _("Read your own applications"), writes=False)
OWN_APPLICATION_EDIT = permission("funding.own.edit", _("Write applications"), writes=True)
OWN_APPLICATION_SUBMIT = permission("funding.own.submit", _("Send applications"), writes=True)
OWN_GRANT_ACCEPT = permission(
    "funding.own.accept", _("Accept grants or say no to them"), writes=True, grave=True
)
