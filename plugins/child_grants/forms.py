"""The form for what a reception centre says."""

from __future__ import annotations

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from portal.pluginkit.forms import DayField, Form, ParagraphField
from portal.pluginkit.pages import lazy_gettext as _

ANSWERS = (
    ("confirmed", _("Confirms the contact")),
    ("not_known", _("Does not know of it")),
    ("disagrees", _("Sees it otherwise than the application")),
)


class SiteContactForm(Form):
    """One site's answer."""

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
