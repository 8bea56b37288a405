"""Forms of appeals."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FileField, MultipleFileField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired

from portal import clock
from portal.casework.appeals.events import OUTCOMES, RESULTS
from portal.web.kit.forms import DayField, Form, KronerField, LineField, ParagraphField
from portal.web.kit.i18n import gettext
from portal.web.kit.i18n import lazy_gettext as _


class AppealForm(Form):
    """What a party writes when they appeal."""

    text = ParagraphField(
        _("What do you want changed, and why?"),
        [InputRequired(_("Write what you want changed, and why."))],
        limit=10_000,
        description=_("Write also what is wrong in the decision, or what UDI did not know."),
    )
    files = MultipleFileField(
        _("Attachments, if you have any"), description=_("PDF, Word, Excel or pictures. At most 20 MB each.")
    )


class LateAppealForm(AppealForm):
    """The same after the deadline."""

    late_reason = ParagraphField(
        _("Why does the appeal come after the deadline?"),
        [InputRequired(_("Write why the appeal comes after the deadline."))],
        limit=4000,
    )


class CommentForm(Form):
    """More from the party."""

    text = ParagraphField(
        _("What do you want to add?"), [InputRequired(_("Write what you want to add."))], limit=10_000
    )


class _OutcomeForm(Form):
    outcome = RadioField(
        _("What becomes of the appeal?"),
        choices=[SelectChoice(code, label) for code, label in OUTCOMES.items()],
        validators=[InputRequired(_("Choose what becomes of the appeal."))],
    )
    amount = KronerField(
        _("The whole sum after the change"), description=_("Only when the decision is changed.")
    )
    reasons = ParagraphField(
        _("Reasons, as the party reads them"), [InputRequired(_("Write why."))], limit=10_000
    )


class PrepareForm(_OutcomeForm):
    """The formal check and the proposal."""

    leading = ("party", "signed", "late_accepted", "note")

    party = BooleanField(_("Sent by the party, or by somebody with the right to appeal"))
    signed = BooleanField(_("Confirmed by somebody who may act for the party"))
    late_accepted = BooleanField(_("Late, but should be tried all the same (§ 31)"))
    note = ParagraphField(_("Note on the check"), limit=2000)


class DecideForm(_OutcomeForm):
    """The first instance's decision."""


class AnswerForm(Form):
    """What the appeal body answered."""

    result = RadioField(
        _("What did the appeal body decide?"),
        choices=[SelectChoice(code, label) for code, label in RESULTS.items()],
        validators=[InputRequired(_("Choose what the appeal body decided."))],
    )
    amount = KronerField(
        _("The whole sum after the change"), description=_("Only when the decision is changed.")
    )
    answered_on = DayField(
        _("The letter's date"), [InputRequired(_("Write the date of the appeal body's letter."))]
    )
    reference = LineField(_("The appeal body's reference"), limit=60)
    letter = FileField(
        _("The letter from the appeal body"), description=_("The party gets it in the portal.")
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """As usual; a letter, and no date that has not come."""
        fine = bool(super().validate(extra_validators))
        if not self.letter.data or not self.letter.data.filename:
            self.refuse("letter", gettext("Choose the letter from the appeal body."))
            fine = False
        if self.answered_on.data and self.answered_on.data > clock.today():
            self.refuse("answered_on", gettext("The date is in the future."))
            fine = False
        return fine
