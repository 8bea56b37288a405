"""Forms of the register of units."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, HiddenField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp

from portal.administration.choices import GroupedSelectField
from portal.units.contacts import Contact
from portal.units.contracts import Contract
from portal.units.sites import SiteFacts
from portal.web.kit.forms import DayField, Form, LineField
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.text import EMAIL


class VersionedForm(Form):
    """A form that knows which version of its object the person saw."""

    version = HiddenField()

    def seen(self) -> int:
        """The version seen; 0, which nothing has, for nonsense."""
        typed = self.version.data or ""
        return int(typed) if typed.isdecimal() else 0


class UnitForm(VersionedForm):
    """A unit's name."""

    name = LineField(_("Name"), [InputRequired(_("Write the name."))], limit=120)


class SiteForm(UnitForm):
    """What is known of a site."""

    type_code = SelectField(_("Type"), [InputRequired(_("Choose a type from the list."))])
    municipality = GroupedSelectField(
        _("Municipality"), [InputRequired(_("Choose a municipality from the list."))]
    )
    places = IntegerField(
        _("Places"),
        [Optional(), NumberRange(1, 5000, _("Write a number between 1 and 5000."))],
        description=_("How many can live here. Leave it empty if it is not settled."),
    )

    def facts(self) -> SiteFacts:
        """What was typed, as the service takes it."""
        return SiteFacts(
            name=self.name.data or "",
            type_code=self.type_code.data,
            municipality=self.municipality.data,
            places=self.places.data,
        )


class ContactFields(Form):
    """A contact person."""

    contact_name = LineField(_("Contact person's name"), [InputRequired(_("Write the name."))], limit=120)
    email = EmailField(
        _("E-mail"),
        [
            InputRequired(_("Write an e-mail address.")),
            Regexp(EMAIL, message=_("This does not look like an e-mail address. Example: name@example.no")),
        ],
    )
    phone = LineField(
        _("Telephone"),
        [Optional(), Regexp(r"^\+?[\d ]{5,20}$", message=_("Write the number with digits only."))],
        limit=30,
    )

    def contact(self, *, deputy: bool = False) -> Contact:
        """What was typed, as the service takes it."""
        return Contact(
            name=self.contact_name.data or "",
            email=(self.email.data or "").strip(),
            phone=self.phone.data or "",
            deputy=deputy,
        )


class ContactForm(ContactFields, VersionedForm):
    """A contact person, or a deputy."""

    deputy = BooleanField(
        _("Is a deputy"), description=_("Answers when the contact persons are away (stedfortreder).")
    )


class NewSiteForm(SiteForm, ContactFields):
    """A new site with its first contact person: no site stands without."""


class ContractForm(Form):
    """A contract to run a site."""

    operator_name = LineField(_("Operator"), [InputRequired(_("Write the operator's name."))])
    organisation_number = LineField(
        _("Organisation number"), [InputRequired(_("Write the nine digits."))], limit=15
    )
    awarded_on = DayField(_("Awarded"), [InputRequired(_("Write the date."))])
    signed_on = DayField(_("Signed"), [InputRequired(_("Write the date."))])
    operation_from = DayField(_("First day of operation"), [InputRequired(_("Write the date."))])
    valid_to = DayField(
        _("Last day of operation"), [Optional()], description=_("Leave it empty when no end is agreed.")
    )

    def contract(self) -> Contract:
        """What was typed, as the service takes it; call after validation."""
        return Contract(
            operator_name=self.operator_name.data or "",
            organisation_number=self.organisation_number.data or "",
            awarded_on=self.awarded_on.data,  # type: ignore[arg-type]
            signed_on=self.signed_on.data,  # type: ignore[arg-type]
            operation_from=self.operation_from.data,  # type: ignore[arg-type]
            valid_to=self.valid_to.data,
        )


class ContractEndForm(Form):
    """A contract's end, and whether notice was given."""

    valid_to = DayField(
        _("Last day of operation"), [Optional()], description=_("Leave it empty when no end is agreed.")
    )
    notice_given_on = DayField(_("Notice given"), [Optional()])


class MoveCountyForm(Form):
    """A county's next region."""

    region = SelectField(_("Region"), [InputRequired(_("Choose a region from the list."))])
    valid_from = DayField(_("From"), [InputRequired(_("Write the date."))])
