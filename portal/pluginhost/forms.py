"""The forms that throw a switch."""

from __future__ import annotations

from wtforms import BooleanField
from wtforms.validators import InputRequired

from portal.web.kit.forms import Form, ParagraphField
from portal.web.kit.i18n import lazy_gettext as _


class DisableForm(Form):
    """Switching off: the message everybody meets, and setting the plugin's objections aside."""

    message = ParagraphField(
        _("Message to those who ask for these pages"),
        [InputRequired(_("Say why the plugin is off and when it comes back."))],
        description=_("For example: We are correcting an error. The pages are back on Thursday at 12."),
        limit=600,
    )
    despite_blockers = BooleanField(_("Switch off although this stands in the way"))
