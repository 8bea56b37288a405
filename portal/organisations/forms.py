"""Forms of the organisation's own pages."""

from __future__ import annotations

from wtforms import HiddenField, RadioField
from wtforms.validators import DataRequired, Optional

from portal.access.roles import ROLES
from portal.organisations.registration.forms import PHONE, SITE, email_rule, matches, one_of
from portal.organisations.vocabulary import MEMBER_ROLES
from portal.web.kit.forms import Form, LineField, ParagraphField
from portal.web.kit.i18n import lazy_gettext as _


class ContactForm(Form):
    """The contact details a party keeps itself."""

    version = HiddenField()
    email = LineField(
        _("E-mail"),
        [DataRequired(_("Write an e-mail address.")), email_rule],
        render_kw={"type": "email", "autocomplete": "email"},
    )
    phone = LineField(
        _("Telephone"),
        [Optional(), matches(PHONE, _("Write the number with digits, for example 900 00 000."))],
        render_kw={"type": "tel", "autocomplete": "tel"},
    )
    website = LineField(
        _("Website"), [Optional(), matches(SITE, _("Write the address, for example www.example.no."))]
    )
    address = LineField(_("Postal address"), [Optional()])
    language = RadioField(
        _("Language of letters"),
        [one_of(_("Choose from the list."))],
        choices=lambda: [("nb", "Bokmål"), ("nn", "Nynorsk")],
        validate_choice=False,
    )
    purpose = ParagraphField(_("Tell us about yourselves"), [Optional()], limit=1500)


class InviteForm(Form):
    """An invitation."""

    email = LineField(
        _("E-mail"),
        [DataRequired(_("Write an e-mail address.")), email_rule],
        description=_("We send a link there. It works once, for 14 days."),
        render_kw={"type": "email", "autocomplete": "off"},
    )
    role = RadioField(
        _("Role"),
        [one_of(_("Choose a role."))],
        choices=lambda: [(code, ROLES[code].title) for code in MEMBER_ROLES],
        validate_choice=False,
    )
