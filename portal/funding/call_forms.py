"""The form a call is written in, and what of it a call says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from portal import clock
from portal.funding.calls import CallTerms
from portal.funding.distribution import MANY_COUNTIES, SEVERAL
from portal.funding.facts import CallFacts
from portal.funding.forms import choices
from portal.funding.scheme import Scheme
from portal.units.queries import county_choices, region_choices
from portal.web.kit.forms import DayField, Form, KronerField, LineField, ParagraphField, TicksField
from portal.web.kit.i18n import gettext, lazy_gettext
from portal.web.kit.i18n import lazy_gettext as _

LANGUAGES = (("nb", _("bokmål")), ("nn", _("nynorsk")), ("en", _("English")))
TEXTS = ("title", "intro", "more", "change")


class CallForm(Form):
    """What a call says. The texts stand once a language."""

    year = IntegerField(
        _("Budget year"),
        [InputRequired(_("Write the year.")), NumberRange(2000, 2100, _("Write the year with four digits."))],
    )
    title_nb = LineField(_("Title in bokmål"), [InputRequired(_("Write the title."))], limit=120)
    title_nn = LineField(_("Title in nynorsk"), [Optional()], limit=120)
    title_en = LineField(_("Title in English"), [Optional()], limit=120)
    intro_nb = ParagraphField(_("First paragraph in bokmål"), [InputRequired(_("Write what it is about."))])
    intro_nn = ParagraphField(_("First paragraph in nynorsk"), [Optional()])
    intro_en = ParagraphField(_("First paragraph in English"), [Optional()])
    more_nb = ParagraphField(
        _("Practical information in bokmål"),
        [Optional()],
        description=_("For example an information meeting, or what UDI gives priority to this year."),
    )
    more_nn = ParagraphField(_("Practical information in nynorsk"), [Optional()])
    more_en = ParagraphField(_("Practical information in English"), [Optional()])
    change_nb = ParagraphField(
        _("What is new, in bokmål"),
        [InputRequired(_("Write what is new. Everybody with a draft is told."))],
        limit=1000,
        description=_("Everybody with a draft gets a message, and the call shows it."),
    )
    change_nn = ParagraphField(_("What is new, in nynorsk"), [Optional()], limit=1000)
    change_en = ParagraphField(_("What is new, in English"), [Optional()], limit=1000)
    goals = TicksField(
        _("Goals of this call"),
        validators=[InputRequired(_("Choose at least one goal."))],
        description=_("Each goal is bound to a criterion, a question in the form and a field in the report."),
    )
    frame = KronerField(_("Frame to be shared out"), [InputRequired(_("Write the sum."))])
    voted = BooleanField(
        _("The budget is voted by the Storting"),
        description=_("If not, the call says that grants depend on the vote."),
    )
    opens_on = DayField(_("First day"), [InputRequired(_("Write the day."))])
    closes_on = DayField(
        _("Last day"),
        [InputRequired(_("Write the day."))],
        description=_("The deadline is at the end of this day, by the clock in Norway."),
    )
    rolling = RadioField(
        _("When are applications decided?"),
        choices=choices([("no", _("All together, after the deadline")), ("yes", _("As they come"))]),
        default="no",
    )
    applicants = TicksField(
        _("Who may apply"), validators=[InputRequired(_("Choose at least one kind of applicant."))]
    )
    register_strength = RadioField(
        _("Voluntary organisations outside the Register of Voluntary Organisations"),
        choices=choices(
            [
                ("must", _("Cannot apply before they are registered")),
                ("should", _("Can apply; UDI considers each case")),
            ]
        ),
        default="must",
    )
    appeal_to = LineField(_("Who decides appeals"), [InputRequired(_("Write the name."))], limit=120)
    appeal_confirmed = BooleanField(
        _("This has been confirmed"),
        description=_("Until it is, letters are marked as unconfirmed for those who prepare them."),
    )

    def refuse_code(self, code: str) -> None:
        """Put a refusal of the service at its place."""
        field, text = REFUSALS[code]
        self.refuse(field, text)


REFUSALS: dict[str, tuple[str, Any]] = {
    "frame": ("frame", _("The frame must be above zero, and not below what decisions have bound already.")),
    "period": ("closes_on", _("The last day must come after the first.")),
    "title": ("title_nb", _("Write the title.")),
    "no_goal": ("goals", _("Choose at least one goal.")),
    "unbound_goal": ("goals", _("A goal must have a criterion, a question and a field in the report.")),
    "over": ("closes_on", _("The last day has passed. A call must have days left when it is published.")),
}


def call_form(scheme: Scheme, said: CallFacts | None, *, changing: bool) -> Any:
    """The form, filled with what a call says; `changing` when it is published already."""
    places = region_choices()
    named = county_choices()
    own = choices([("", gettext("The reception centre's own region")), *places])
    fields: dict[str, Any] = {
        _county(number): SelectField(name, choices=own, validators=[Optional()]) for number, name in named
    }
    fields[_county(SEVERAL)] = SelectField(
        lazy_gettext("Sites in %(number)s counties or more", number=MANY_COUNTIES),
        choices=own,
        validators=[Optional()],
    )
    form: Any = type("WholeCallForm", (CallForm,), fields)(data=_data(scheme, said))
    form.goals.choices = choices(
        (goal.code, goal.text) for goal in scheme.goals if goal.code in scheme.bound_goals()
    )
    form.applicants.choices = choices(
        (kind.code, kind.label) for kind in scheme.applicants if kind.verdict != "no"
    )
    if not changing:
        for language, _name in LANGUAGES:
            del form[f"change_{language}"]
    return form


def table_fields(form: Any) -> list[Any]:
    """The fields of the distribution table, the one for many counties last."""
    return [field for field in form if field.name.startswith("county_")]


def terms_of(form: Any, scheme: Scheme) -> CallTerms:
    """What a valid form says."""
    table = {field.name.removeprefix("county_"): field.data for field in table_fields(form)}
    return CallTerms(
        scheme=scheme.code,
        year=form.year.data,
        texts=_texts(form),
        frame_ore=form.frame.data,
        opens_at=clock.end_of_day(form.opens_on.data - timedelta(days=1)),
        closes_at=clock.end_of_day(form.closes_on.data),
        rolling=form.rolling.data == "yes",
        voted=bool(form.voted.data),
        goals=_kept(form.goals),
        applicants=_kept(form.applicants),
        register_strength=form.register_strength.data,
        distribution={number: int(unit) for number, unit in table.items() if unit},
        appeal_to=form.appeal_to.data,
        appeal_confirmed=bool(form.appeal_confirmed.data),
    )


def _county(number: str) -> str:
    return f"county_{number}"


def _kept(field: Any) -> tuple[str, ...]:
    return tuple(one.value for one in field.choices if one.value in (field.data or ()))


def _texts(form: Any) -> dict[str, dict[str, str]]:
    written = {
        language: {
            name: form[f"{name}_{language}"].data or "" for name in TEXTS if f"{name}_{language}" in form
        }
        for language, _name in LANGUAGES
    }
    return {language: texts for language, texts in written.items() if texts["title"]}


def _data(scheme: Scheme, said: CallFacts | None) -> dict[str, Any]:
    if said is None:
        return {
            "year": clock.today().year + 1,
            "goals": sorted(scheme.bound_goals()),
            "applicants": [kind.code for kind in scheme.applicants if kind.verdict != "no"],
            "appeal_to": scheme.appeal_to,
        }
    texts = {
        f"{name}_{lang}": said.texts.get(lang, {}).get(name, "") for lang, _n in LANGUAGES for name in TEXTS
    }
    return {
        **{name: text for name, text in texts.items() if not name.startswith("change_")},
        **{_county(number): str(unit) for number, unit in said.distribution.items()},
        "year": said.year,
        "goals": said.goals,
        "frame": said.frame_ore,
        "voted": said.voted,
        "opens_on": _day(said.opens_at),
        "closes_on": _day(said.closes_at - timedelta(microseconds=1)),
        "rolling": "yes" if said.rolling else "no",
        "applicants": said.applicants or [kind.code for kind in scheme.applicants if kind.verdict != "no"],
        "register_strength": said.register_strength,
        "appeal_to": said.appeal_to,
        "appeal_confirmed": said.appeal_confirmed,
    }


def _day(moment: datetime) -> Any:
    return clock.oslo(moment).date()
