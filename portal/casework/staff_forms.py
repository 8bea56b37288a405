"""Forms of the pages staff have for every kind of case."""

from __future__ import annotations

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from portal.casework.impartiality import GROUNDS
from portal.web.kit.forms import Form, ParagraphField
from portal.web.kit.i18n import lazy_gettext as _


class TieForm(Form):
    """What ties somebody to a case."""

    ground = RadioField(
        _("What is the tie?"),
        [InputRequired(_("Choose what fits best."))],
        choices=[SelectChoice(code, label) for code, label in GROUNDS.items()],
    )
    reason = ParagraphField(
        _("In a few words, if it is something else"),
        [Optional()],
        limit=500,
        description=_("Say what kind of tie it is, without names and private details."),
    )
