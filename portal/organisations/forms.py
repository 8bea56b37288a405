"""Forms of the organisation's own pages."""

from __future__ import annotations

from wtforms import FileField, HiddenField, RadioField
from wtforms.validators import DataRequired, Optional, ValidationError

from portal import clock
from portal.access.roles import ROLES
from portal.organisations.members.queries import LET_IN_ROLES
from portal.organisations.registration.forms import PHONE, SITE, email_rule, matches, one_of
from portal.organisations.vocabulary import MEMBER_ROLES
from portal.web.kit.forms import DayField, Form, LineField, ParagraphField
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
    """An invitation; a signatory is invited with a mandate."""

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
    mandate = FileField(
        _("Mandate"),
        description=_("A dated letter signed by the board. PDF, Word or a photo."),
    )
    until = DayField(
        _("The mandate stands until"),
        [Optional()],
        description=_("Empty means until you end the role."),
    )

    def validate_until(self, field: DayField) -> None:
        """A mandate that has run out gives nothing."""
        if field.data and field.data < clock.today():
            raise ValidationError(str(_("The day has passed. Choose a day to come.")))


class SuccessorForm(Form):
    """Who takes over."""

    email = LineField(
        _("The new leader's e-mail"),
        [DataRequired(_("Write an e-mail address.")), email_rule],
        description=_("We send a link there. It works once, for 14 days."),
        render_kw={"type": "email", "autocomplete": "off"},
    )


class RescueForm(SuccessorForm):
    """A leader named by UDI."""

    checked = ParagraphField(
        _("How did you find out who leads it now?"),
        [DataRequired(_("Write how you found out, so that others can understand it later."))],
        description=_("For example: minutes of the annual meeting, and a call to the board."),
        limit=1000,
    )


class LetInForm(Form):
    """Letting in somebody who asked, as UDI."""

    role = RadioField(
        _("Role"),
        [one_of(_("Choose a role."))],
        choices=lambda: [(code, ROLES[code].title) for code in LET_IN_ROLES],
        validate_choice=False,
    )
    checked = ParagraphField(
        _("How did you find out that they belong there?"),
        [DataRequired(_("Write how you found out, so that others can understand it later."))],
        limit=1000,
    )


class CloseForm(Form):
    """Nobody needs help after all."""

    reason = ParagraphField(
        _("Why is no help needed?"),
        [DataRequired(_("Write the reason, so that others can understand it later."))],
        limit=1000,
    )
