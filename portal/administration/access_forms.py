"""Forms for giving, ending and asking about roles."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from portal import clock
from portal.administration.choices import GroupedSelectField
from portal.web.kit.forms import DayField, Form, LineField, ParagraphField
from portal.web.kit.i18n import gettext
from portal.web.kit.i18n import lazy_gettext as _


class RoleForm(Form):
    """A role at a unit, from when to when, and why. Choices are set by the view."""

    role = SelectField(_("Role"), [InputRequired(_("Choose a role."))])
    unit = GroupedSelectField(_("Where"), [InputRequired(_("Choose a unit."))], coerce=str)
    valid_from = DayField(_("First day"), [InputRequired(_("Write the first day."))])
    valid_to = DayField(_("Last day"), [Optional()], description=_("Leave it empty when no end is agreed."))
    reason = LineField(
        _("Why"),
        [InputRequired(_("Write a reason, so that others can understand it later."))],
        description=_("For example a new job, or standing in for somebody. No personal matters."),
    )


class GrantForm(RoleForm):
    """Give somebody a role."""

    leading = ("person",)

    person = LineField(
        _("Who"),
        [InputRequired(_("Write the person's e-mail address or full name."))],
        description=_("The e-mail address or the full name. They must have logged in once."),
    )


class EndForm(Form):
    """End a role."""

    reason = LineField(
        _("Why"),
        [InputRequired(_("Write a reason, so that others can understand it later."))],
        description=_("For example that the person has changed jobs. No personal matters."),
    )


class RenewForm(EndForm):
    """Give a role another last day."""

    leading: ClassVar[tuple[str, ...]] = ("valid_to",)

    valid_to = DayField(
        _("New last day"), [Optional()], description=_("Leave it empty when no end is agreed.")
    )


class ManyForm(RenewForm):
    """What to do with several roles at once."""

    leading = ("deed", "valid_to")

    deed = RadioField(_("What to do"), [InputRequired(_("Choose what to do."))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deed.choices = [
            ("end", gettext("End the roles now")),
            ("renew", gettext("Give them another last day")),
        ]


class GrantManyForm(RoleForm):
    """Give several persons one role at one unit."""

    leading = ("person",)

    person = ParagraphField(
        _("Who"),
        [InputRequired(_("Write the e-mail addresses."))],
        description=_("Their e-mail addresses, one a line, at most 50. They must have logged in once."),
    )

    def addresses(self) -> list[str]:
        """The addresses as typed, each once, in the order written."""
        return list(dict.fromkeys(re.split(r"[\s,;]+", (self.person.data or "").strip().lower())))


class FilterForm(Form):
    """What the list of roles is narrowed to."""

    person = LineField(_("Who"), [Optional()], description=_("The e-mail address or the full name."))
    role = SelectField(_("Role"), [Optional()], validate_choice=False)
    unit = GroupedSelectField(_("Where"), [Optional()], coerce=str, validate_choice=False)


class WhyForm(Form):
    """Whom, what and where to explain."""

    person = LineField(
        _("Who"),
        [InputRequired(_("Write the person's e-mail address or full name."))],
        description=_("The e-mail address or the full name."),
    )
    permission = SelectField(_("What"), [InputRequired(_("Choose what it is about."))])
    unit = GroupedSelectField(_("Where"), [InputRequired(_("Choose a unit."))], coerce=str)


def beginning(day: date) -> datetime:
    """When a role from `day` begins: now if that is today, otherwise at midnight in Norway."""
    return clock.now() if day == clock.today() else clock.end_of_day(day - timedelta(days=1))


def ending(day: date | None) -> datetime | None:
    """When a role whose last day is `day` stops: at the midnight after."""
    return None if day is None else clock.end_of_day(day)
