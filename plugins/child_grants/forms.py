"""The forms for what a reception centre says: written down by a caseworker, or by the centre itself."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional, StopValidation

from portal.pluginkit.forms import DayField, Form, ParagraphField
from portal.pluginkit.pages import lazy_gettext as _

ANSWERS = (
    ("confirmed", _("Confirms the contact")),
    ("not_known", _("Does not know of it")),
    ("disagrees", _("Sees it otherwise than the application")),
)
OWN_ANSWERS = (
    ("confirmed", _("Yes, we have talked with them, and it fits")),
    ("not_known", _("No, we do not know of it")),
    ("disagrees", _("We have been in contact, but see it otherwise")),
)


def explained(form: Any, field: Any) -> None:
    """Whoever sees it otherwise says how."""
    if form.answer.data == "disagrees" and not (field.data or "").strip():
        raise StopValidation(_("Write what you see otherwise."))


class SiteContactForm(Form):
    """One site's answer, as a caseworker heard it."""

    answer = RadioField(
        _("What does the reception centre say?"),
        [InputRequired(_("Choose an answer."))],
        choices=[SelectChoice(code, label) for code, label in ANSWERS],
    )
    answered_on = DayField(_("When did they say it?"), [InputRequired(_("Write the day."))])
    note = ParagraphField(
        _("Note"),
        [Optional()],
        limit=1000,
        description=_("Write no names of residents or staff."),
    )


class OwnAnswerForm(Form):
    """A site's own answer."""

    answer = RadioField(
        _("Is it right what the application says about contact with you?"),
        [InputRequired(_("Choose an answer."))],
        choices=[SelectChoice(code, label) for code, label in OWN_ANSWERS],
    )
    note = ParagraphField(
        _("Comment"),
        [explained],
        limit=1000,
        description=_(
            "For example what is agreed, or what does not fit. The applicant and UDI read it. "
            "Write no names of residents or staff."
        ),
    )
