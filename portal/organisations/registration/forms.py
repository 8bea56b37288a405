"""Forms of the registration, for the person and for staff."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from wtforms import BooleanField, Field, FileField, HiddenField, RadioField, SelectField
from wtforms.validators import DataRequired, Optional, ValidationError

from portal.organisations.facts import same_name
from portal.organisations.registration.queries import Registered
from portal.organisations.vocabulary import LEVEL_LABELS, ROLE_LABELS, activities, suggested_activities
from portal.web.kit.forms import DayField, Form, LineField, ParagraphField, TicksField
from portal.web.kit.i18n import gettext
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.text import mail_address

PHONE = re.compile(r"\A\+?[0-9 ()-]{5,20}\Z")
SITE = re.compile(r"\A(https?://)?[\w-]+(\.[\w-]+)*\.[\w-]{2,}(:[0-9]+)?([/?#][^\s<>\"']*)?\Z", re.IGNORECASE)


def matches(pattern: re.Pattern[str], message: Any) -> Callable[[Any, Field], None]:
    """A validator: what is written, if anything, looks like this."""

    def check(_form: Any, field: Field) -> None:
        if field.data and not pattern.match(field.data):
            raise ValidationError(str(message))

    return check


def one_of(message: Any) -> Callable[[Any, Field], None]:
    """A validator: one of the choices is chosen."""

    def check(_form: Any, field: Any) -> None:
        if field.data not in {str(value) for value, *_rest in field.choices}:
            raise ValidationError(str(message))

    return check


def _known_codes(_form: Any, field: Any) -> None:
    known = {value for value, _label in field.choices}
    if not set(field.data or []) <= known:
        raise ValidationError(gettext("Choose from the list."))


def email_rule(_form: Any, field: Field) -> None:
    """A validator: what is written, if anything, is one address that mail can be sent to."""
    if field.data and mail_address(field.data) is None:
        raise ValidationError(gettext("Write the whole e-mail address, for example post@example.no."))


ALONE = ("email", "phone", "municipality", "activities", "purpose")
"""What an individual is asked for."""
WHO_LABELS = {
    "number": _("An organisation with an organisation number"),
    "group": _("An organisation or group without a number"),
    "individual": _("Only myself"),
}


class WhoForm(Form):
    """Whom does the person represent?"""

    who = RadioField(
        _("Whom do you represent?"),
        [one_of(_("Choose whom you represent."))],
        choices=lambda: list(WHO_LABELS.items()),
        validate_choice=False,
    )


class NumberForm(Form):
    """The organisation number."""

    number = LineField(
        _("Organisation number"),
        [DataRequired(_("Write the organisation number."))],
        description=_("Nine digits, for example 314 758 625."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class DetailsForm(Form):
    """What the person says of the organisation; the register has said the rest."""

    version = HiddenField()
    name = LineField(_("Name"), [DataRequired(_("Write the name."))])
    email = LineField(
        _("E-mail"),
        [DataRequired(_("Write an e-mail address.")), email_rule],
        description=_("Letters about cases are sent here too. Choose an address that more than one reads."),
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
    level = RadioField(
        _("Where do you work?"),
        [one_of(_("Choose where you work."))],
        choices=lambda: list(LEVEL_LABELS.items()),
        validate_choice=False,
    )
    municipality = SelectField(
        _("Municipality"),
        description=_(
            "It decides which of UDI's regions you belong to. Not needed if you work in the whole country."
        ),
        validate_choice=False,
    )
    activities = TicksField(
        _("What do you do?"), description=_("Tick everything that fits."), validators=[_known_codes]
    )
    purpose = ParagraphField(
        _("Tell us about yourselves"),
        [Optional()],
        limit=1500,
        description=_("For example who you are, and what you want to do at the reception centres."),
    )

    def offer(self, towns: Iterable[tuple[str, str]]) -> None:
        """Fill in the choices in the reader's language; `towns` as (number, name)."""
        self.municipality.choices = [("", gettext("Choose a municipality")), *towns]
        self.activities.choices = [(one.code, one.name) for one in activities().values()]

    def speak_to_one(self) -> None:
        """Ask one person, and not an organisation."""
        self.keep_only([*ALONE, "reply"])
        self.email.description = gettext("Letters about your cases are sent here.")
        self.municipality.description = gettext("It decides which of UDI's regions you belong to.")
        self.activities.label.text = gettext("What do you want to do?")
        self.purpose.label.text = gettext("Tell us about yourself")
        self.purpose.description = gettext("For example what you can do, and what you want to do.")

    registered: str | None = None

    def must_be(self, name: str) -> None:
        """The register has the name: only its capitals may be written otherwise."""
        self.registered = name
        self.name.description = gettext(
            "The register writes in capitals only. Write it as you do yourselves."
        )

    def validate_name(self, field: Any) -> None:
        """The register's name, if it has answered."""
        if self.registered and not same_name(field.data or "", self.registered):
            raise ValidationError(
                gettext(
                    "The register has another name: %(name)s. Change it there first.", name=self.registered
                )
            )

    def validate_municipality(self, field: Any) -> None:
        """Needed unless the organisation is national."""
        national = "level" in self and self.level.data == "national"
        if not field.data and not national:
            raise ValidationError(gettext("Choose the municipality where you are."))
        if field.data and field.data not in {value for value, _label in field.choices}:
            raise ValidationError(gettext("Choose from the list."))

    def keep_only(self, names: Iterable[str]) -> None:
        """Leave out every field but these and the version."""
        wanted = {"version", *names}
        for name in [field.name for field in self]:
            if name not in wanted:
                del self[name]

    def typed(self) -> dict[str, Any]:
        """What was typed, by field."""
        return {field.name: field.data for field in self if field.name != "version"}


class SendForm(Form):
    """The person's own role, and the expectations."""

    version = HiddenField()
    role = SelectField(_("Your role"), [one_of(_("Choose your role."))], validate_choice=False)
    accept = BooleanField(
        _("We have read this, and accept it"),
        [DataRequired(_("Tick that you have read and accept what we expect of each other."))],
    )

    def offer(self) -> None:
        """Fill in the choices in the reader's language."""
        labels = [(code, str(label)) for code, label in ROLE_LABELS.items()]
        self.role.choices = [("", gettext("Choose your role")), *labels]
        self.role.validators = [one_of(_("Choose your role."))]

    def validate_role(self, field: Field) -> None:
        """The empty choice is no answer."""
        if not field.data:
            raise ValidationError(gettext("Choose your role."))


class ReplyForm(DetailsForm):
    """The asked fields, and an answer in words."""

    reply = ParagraphField(_("Your answer"), [DataRequired(_("Write your answer."))])


class AccessForm(Form):
    """Asking to act for an organisation that is here already."""

    message = ParagraphField(
        _("Who are you, and why do you need access?"),
        [DataRequired(_("Write who you are, so that they know whom they let in."))],
        limit=1000,
    )
    leader_gone = BooleanField(
        _("The leader has left, or does not answer"),
        description=_("Then UDI looks at it too."),
    )


class BirthForm(Form):
    """The birth date, to compare with the register and then forget."""

    birth_date = DayField(
        _("Your birth date"),
        [DataRequired(_("Write your birth date, for example 12.03.1985."))],
        description=_("We compare it with the register, and do not keep it."),
        render_kw={"autocomplete": "bday"},
    )


class MandateForm(Form):
    """A mandate to hand in."""

    file = FileField(
        _("The mandate"),
        [DataRequired(_("Choose a file."))],
        description=_(
            "A dated letter signed by the board or the leader. PDF, Word or a photo, at most 20 MB."
        ),
    )


class ApproveForm(Form):
    """Approval; needed in words where nothing else shows that the person may represent the organisation."""

    version = HiddenField()
    checked = ParagraphField(
        _("How did you find out that they may represent it?"),
        description=_("For example: called the leader the register names, on the number in the register."),
        limit=1000,
    )


class AskForm(Form):
    """A caseworker asks for more."""

    version = HiddenField()
    fields = TicksField(_("What should they be able to change?"))
    text = ParagraphField(_("What do you need to know?"), [DataRequired(_("Write what you need to know."))])


class ReasonForm(Form):
    """A caseworker declines."""

    version = HiddenField()
    reason = ParagraphField(
        _("Reason"),
        [DataRequired(_("Write the reason. The person reads it."))],
        description=_("The person reads this. Say which facts and which rule it rests on."),
    )


def suggested(subject: Registered) -> dict[str, Any]:
    """What the form begins with: what was typed before, else what the register says."""
    facts = subject.facts or {}
    known: dict[str, Any] = {
        "name": subject.name,
        "email": facts.get("email"),
        "phone": facts.get("phone"),
        "website": facts.get("homepage"),
        "municipality": facts.get("municipality_number"),
        "activities": suggested_activities([str(code) for code in facts.get("icnpo") or []]),
    }
    if subject.runs_sites and not known["activities"]:
        known["activities"] = ["operation"]
    return {
        **{key: value for key, value in known.items() if value},
        **subject.data,
        "version": subject.version,
    }
