"""Forms of the pages staff have for every kind of case."""

from __future__ import annotations

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from portal.casework.grounds import GROUNDS
from portal.web.kit.forms import Form, LineField, ParagraphField
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


class CorrectTieForm(Form):
    """Why a tie that was declared does not hold."""

    reason = LineField(
        _("Why was it a mistake?"),
        [InputRequired(_("Write why."))],
        description=_("Stays within UDI, and stands in the case."),
        limit=500,
    )


class GiveForm(Form):
    """Whom a case is given to. Choices are set by the view."""

    person = RadioField(_("Who is to have the case?"), [InputRequired(_("Choose somebody."))], coerce=int)
    reason = LineField(_("Why"), [Optional()], description=_("Stays within UDI."), limit=500)


class PassOnForm(Form):
    """Which region a case is passed to. Choices are set by the view."""

    region = SelectField(_("To which region?"), coerce=int)
    why = LineField(_("Why"), [InputRequired(_("Write why."))], limit=500)


class NoteForm(Form):
    """An internal note."""

    text = ParagraphField(
        _("New note"),
        [InputRequired(_("Write something."))],
        description=_("Stays within UDI. Write nothing about residents."),
    )


class ReferenceForm(Form):
    """A case's reference in UDIsak."""

    reference = LineField(_("Reference in UDIsak"), limit=60, description=_("For example 27/01234."))
