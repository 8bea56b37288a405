"""The forms of a scheme, built from its questions. Nothing is required while one writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import FieldList, FormField, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional, ValidationError

from portal.funding.facts import ApplicationFacts, Line
from portal.funding.scheme import Group, Question, Scheme
from portal.web.kit.forms import Form, KronerField, LineField, ParagraphField
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext
from portal.web.kit.text import mail_address

MOST_SITES = 6
MOST_LINES = 40
BLANK_LINES = 2
SiteChoices = Sequence[tuple[int, str, str]]


class NumberField(IntegerField):
    """A whole number as people write it ("1 200")."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read blanks as part of the number; refuse anything else."""
        self.data = None
        text = "".join(str(valuelist[0]).split()) if valuelist else ""
        if not text:
            return
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise ValueError(_("Write a whole number, for example 25."))
        self.data = int(text)


def _an_address(_form: Any, field: Any) -> None:
    if field.data and mail_address(field.data) is None:
        raise ValidationError(_("Write an e-mail address, for example name@example.no."))


def _unit_id(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def choices(pairs: Iterable[tuple[str, Any]]) -> list[Any]:
    """Values and labels as WTForms wants its choices."""
    return [SelectChoice(value, label) for value, label in pairs]


def question_form(group: Group, facts: ApplicationFacts, sites: SiteChoices) -> Form:
    """The form of one page of questions, filled with what is stored or, after a POST, with what was typed."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for question in group.questions:
        stored = facts.answer(group.code, question)
        if question.kind == "sites":
            fields |= _site_fields(question, stored or [], sites)
            data |= {f"{question.code}_{number}": unit for number, unit in enumerate(stored or [])}
        else:
            fields[question.code] = _field(question)
            data[question.code] = stored
    made: Form = type("GroupForm", (Form,), fields)(data=data)
    return made


def site_names(question: Question, form: Form) -> list[str]:
    """The names of a sites question's fields, in order."""
    names = [f"{question.code}_{number}" for number in range(MOST_SITES)]
    return [name for name in names if name in form]


def answers_of(form: Form, group: Group) -> dict[str, Any]:
    """What can be stored: every answer without an error. A field with an error keeps what was stored."""
    values: dict[str, Any] = {}
    for question in group.questions:
        if question.kind == "sites":
            chosen = [form[name] for name in site_names(question, form)]
            if not any(field.errors for field in chosen):
                values[question.code] = [field.data for field in chosen if field.data]
        elif not form[question.code].errors:
            values[question.code] = form[question.code].data
    return values


def _site_fields(question: Question, stored: Sequence[int], sites: SiteChoices) -> dict[str, Any]:
    offered = [("", _("Choose"))]
    offered += [(str(unit), f"{name} ({region})" if region else name) for unit, name, region in sites]
    shown = min(MOST_SITES, max(2, len(stored) + 1))
    first = SelectField(question.label, description=question.hint, choices=choices(offered), coerce=_unit_id)
    more = {
        f"{question.code}_{number}": SelectField(
            _("Reception centre %(number)s", number=number + 1),
            choices=choices(offered),
            coerce=_unit_id,
            validators=[Optional()],
        )
        for number in range(1, shown)
    }
    return {f"{question.code}_0": first} | more


def _field(question: Question) -> Any:
    validators: list[Any] = [] if question.required else [Optional()]
    about: dict[str, Any] = {"description": question.hint}
    if question.kind == "number":
        return NumberField(question.label, validators, **about)
    if question.kind == "kroner":
        return KronerField(question.label, validators, **about)
    if question.kind == "paragraph":
        return ParagraphField(question.label, validators, limit=question.limit, **about)
    if question.kind == "email":
        validators = [*validators, _an_address]
    return LineField(question.label, validators, limit=min(question.limit, 200), **about)


class LineForm(Form):
    """One line of a budget."""

    post = SelectField(lazy_gettext("Kind"), validate_choice=False)
    text = LineField(lazy_gettext("What it is"), limit=200)
    amount = KronerField(lazy_gettext("Sum"))


def budget_form(scheme: Scheme, facts: ApplicationFacts) -> Form:
    """The budget: costs and income, with blank lines at the end of each."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for side in ("cost", "income"):
        lines = [line for line in facts.budget if line.side == side]
        fields[side] = FieldList(
            FormField(LineForm), min_entries=min(MOST_LINES, len(lines) + BLANK_LINES), max_entries=MOST_LINES
        )
        data[side] = [{"post": x.post, "text": x.text, "amount": x.amount_ore} for x in lines]
    made: Form = type("BudgetForm", (Form,), fields)(data=data)
    for side in ("cost", "income"):
        posts = choices((post.code, post.label) for post in scheme.budget_posts if post.side == side)
        for entry in made[side].entries:
            entry.form.post.choices = posts
    return made


def lines_of(form: Form) -> list[Line]:
    """The lines somebody has written something in; sums in øre."""
    return [
        Line(side, _known(entry.form.post), entry.form.text.data or "", entry.form.amount.data)
        for side in ("cost", "income")
        for entry in form[side].entries
        if entry.form.text.data or entry.form.amount.data is not None
    ]


def _known(post: Any) -> str:
    codes = [choice.value for choice in post.choices]
    return post.data if post.data in codes else codes[0]


class StartForm(Form):
    """For whom one applies, and what they are."""

    owner = RadioField(lazy_gettext("Whom do you apply for?"), coerce=int)
    kind = RadioField(lazy_gettext("What are they?"))


SAY_REGISTER = lazy_gettext("Say whether you stand in the Register of Voluntary Organisations.")


class CheckForm(Form):
    """What one is: enough to say whether one may apply."""

    kind = RadioField(lazy_gettext("What are you?"), [InputRequired(lazy_gettext("Choose what you are."))])
    register = RadioField(
        lazy_gettext("Do you stand in the Register of Voluntary Organisations (Frivillighetsregisteret)?"),
        [Optional()],
        description=lazy_gettext("Only voluntary organisations need to answer this."),
        choices=choices((("yes", lazy_gettext("Yes")), ("no", lazy_gettext("No, or not sure")))),
    )


OUTCOMES = choices(
    (
        ("granted", lazy_gettext("Grant the application")),
        ("refused", lazy_gettext("Refuse the application")),
    )
)


class DecideForm(Form):
    """The decision."""

    outcome = RadioField(
        lazy_gettext("Decision"),
        [InputRequired(lazy_gettext("Choose a decision."))],
        choices=OUTCOMES,
    )
    amount = KronerField(
        lazy_gettext("Sum granted"), description=lazy_gettext("Leave it empty when you refuse.")
    )
    reasons = ParagraphField(
        lazy_gettext("Reasons"),
        [InputRequired(lazy_gettext("Write the reasons."))],
        description=lazy_gettext("They stand in the letter as you write them here."),
    )
    deviation = ParagraphField(
        lazy_gettext("Why you decide otherwise than proposed"),
        [Optional()],
        description=lazy_gettext(
            "Only when outcome or sum differs from the proposal. It is kept in the case."
        ),
        limit=2000,
    )
