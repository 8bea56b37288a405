"""Forms of delivery."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from portal.web.kit.forms import DayField, Form, ParagraphField
from portal.web.kit.i18n import gettext
from portal.web.kit.i18n import lazy_gettext as _


class PostedForm(Form):
    """The day a letter was posted."""

    posted_on = DayField(_("Posted"), [InputRequired(_("Write the day the letter was posted."))])


class ChoiceForm(Form):
    """How an individual gets their letters. `on_paper`: the contact register leaves no choice."""

    on_paper = False

    way = RadioField(
        _("How do you want letters from UDI?"),
        choices=[
            SelectChoice("portal", _("In the portal, with an e-mail when there is one")),
            SelectChoice("post", _("On paper, by post")),
        ],
        validators=[InputRequired(_("Choose one of the two."))],
    )
    address = ParagraphField(
        _("Postal address"), limit=300, description=_("Needed only for letters on paper.")
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """As usual, and an address where letters are to be posted."""
        fine = bool(super().validate(extra_validators))
        if fine and (self.on_paper or self.way.data == "post") and not self.address.data:
            self.refuse("address", gettext("Write the address the letters are to be sent to."))
            return False
        return fine
