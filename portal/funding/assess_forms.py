"""The assessment's form: a question a criterion, beside the goal or rule it comes from; then the proposal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.funding.facts import ApplicationFacts
from portal.funding.forms import OUTCOMES, choices
from portal.funding.scheme import Scheme
from portal.funding.sentences import SentenceFacts
from portal.rules import Rule
from portal.web.kit.forms import Form, KronerField, ParagraphField
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext

MET: tuple[tuple[str, Any], ...] = (
    ("yes", lazy_gettext("Yes")),
    ("partly", lazy_gettext("Partly")),
    ("no", lazy_gettext("No")),
)
WHY = ".why"


class SentencesField(SelectMultipleField):
    """Standard sentences to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ProposalForm(Form):
    """The proposal at the end of an assessment."""

    outcome = RadioField(
        lazy_gettext("Proposal"),
        [InputRequired(lazy_gettext("Choose a proposal."))],
        choices=OUTCOMES,
    )
    amount = KronerField(
        lazy_gettext("Sum proposed"), description=lazy_gettext("Leave it empty when you propose to refuse.")
    )
    sentences = SentencesField(
        lazy_gettext("Standard sentences"),
        [Optional()],
        description=lazy_gettext("Tick, and insert them into the reasons. There you can change them."),
    )
    reasons = ParagraphField(
        lazy_gettext("Reasons"),
        [DataRequired(lazy_gettext("Write the reasons."))],
        description=lazy_gettext(
            "Say what tells for and against. The decision maker can use the text in the letter."
        ),
    )


def assess_form(scheme: Scheme, facts: ApplicationFacts, sentences: Sequence[SentenceFacts]) -> Any:
    """The assessment: one question a criterion, then the proposal, filled with what is written already.

    `sentences` are the standard sentences to choose among.
    """
    fields: dict[str, Any] = {
        f"criterion_{goal.code}": _criterion(goal.criterion, _("The goal: %(goal)s", goal=goal.text))
        for goal in scheme.goals
    }
    for one in scheme.criteria:
        fields[f"criterion_{one.code}"] = _criterion(one.text, one.rule.cited())
        if one.explain is not None:
            fields[f"why_{one.code}"] = ParagraphField(
                one.explain, [Optional()], description=_("Only when the answer is not yes."), limit=1000
            )
    made: Any = type("AssessForm", (ProposalForm,), fields)(data=_written(facts))
    made.sentences.choices = choices((one.code, one.said("label")) for one in sentences)
    return made


def criteria_of(form: Any, scheme: Scheme) -> dict[str, str]:
    """What was answered for each criterion, and the explanations under the criterion's code with `WHY`."""
    answered = {code: form[f"criterion_{code}"].data for code, _label in scheme.all_criteria()}
    kept = {code: met for code, met in answered.items() if met in ("yes", "partly", "no")}
    for one in scheme.criteria:
        if one.explain is not None and form[f"why_{one.code}"].data:
            kept[one.code + WHY] = form[f"why_{one.code}"].data
    return kept


def refuse_unanswered(form: Any, scheme: Scheme) -> bool:
    """Ask for an answer to every criterion, before the case is sent to decision; True if one was missing."""
    missing = [code for code, _label in scheme.all_criteria() if not form[f"criterion_{code}"].data]
    for code in missing:
        form.refuse(f"criterion_{code}", _("Choose an answer before you send it to decision."))
    return bool(missing)


def refuse_unexplained(form: Any, scheme: Scheme, rule: Rule) -> bool:
    """Put the refusal of a criterion's rule at the explanation it asks for; True if it is one of those."""
    for one in scheme.criteria:
        if one.rule is rule and one.explain is not None:
            form.refuse(f"why_{one.code}", rule.cited())
            return True
    return False


def insert_sentences(form: Any, sentences: Sequence[SentenceFacts], language: str) -> None:
    """Put the ticked sentences after what is written in the reasons, in the letter's language."""
    ticked = [one.said("text", language) for one in sentences if one.code in (form.sentences.data or ())]
    added = [text for text in ticked if text not in (form.reasons.data or "")]
    form.reasons.data = "\n\n".join(filter(None, [form.reasons.data, *added]))
    form.sentences.data = []


def _criterion(label: Any, hint: str) -> RadioField:
    return RadioField(label, choices=choices(MET), validate_choice=False, description=hint)


def _written(facts: ApplicationFacts) -> dict[str, Any]:
    written = facts.assessment
    if written is None:
        return {"amount": facts.amount_ore}
    data: dict[str, Any] = {}
    for code, value in written.criteria.items():
        criterion, why, _rest = code.partition(WHY)
        data[f"why_{criterion}" if why else f"criterion_{code}"] = value
    data["outcome"] = "refused" if written.outcome == "refused" else "granted"
    return data | {"amount": written.proposed_ore or None, "reasons": written.reasons}
