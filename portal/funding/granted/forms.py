"""Forms of what follows a grant."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FieldList, FileField, FormField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError

from portal import clock
from portal.funding.facts import ApplicationFacts
from portal.funding.forms import choices, question_form
from portal.funding.granted.account_number import WrongAccount, account_number, written
from portal.funding.granted.events import CHANGE_KINDS, GROUNDS
from portal.funding.granted.facts import Grant
from portal.funding.granted.paying import MOST_TERMS
from portal.funding.granted.reporting import FILE_KINDS
from portal.funding.granted.reviewing import ANSWERS, CHECKS
from portal.funding.scheme import Group
from portal.web.kit.forms import DayField, Form, KronerField, LineField, ParagraphField
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import lazy_gettext

ACCOUNT_ERRORS = {
    "length": lazy_gettext("An account number has eleven digits, for example 1234 56 78903."),
    "check": lazy_gettext("The account number is not right. Look for a digit that is wrong."),
}
_WHY = lazy_gettext("Write why.")
BLANK_TERMS = 2


class AccountField(LineField):
    """An account number as people write it, kept as its eleven digits in `data`."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read blanks and dots; refuse what is no account number."""
        self.data = str(valuelist[0]) if valuelist else ""
        if not self.data.strip():
            return
        try:
            self.data = account_number(self.data)
        except WrongAccount as wrong:
            raise ValueError(str(ACCOUNT_ERRORS[wrong.code])) from None

    def _value(self) -> str:
        return written(self.data or "")


def _past(_form: Any, field: Any) -> None:
    if field.data and field.data > clock.today():
        raise ValidationError(_("The day has not come yet."))


def _coming(_form: Any, field: Any) -> None:
    if field.data and field.data <= clock.today():
        raise ValidationError(_("Choose a day that comes."))


class AcceptForm(Form):
    """Yes to a grant, with the account to pay to."""

    number = AccountField(
        lazy_gettext("Which account shall the money be paid to?"),
        [InputRequired(lazy_gettext("Write the account number."))],
        description=lazy_gettext("Eleven digits. The account must belong to the one who got the grant."),
    )
    reason = LineField(
        lazy_gettext("Why another account than before?"),
        [Optional()],
        description=lazy_gettext("Only when you write another number than the one UDI has confirmed."),
        limit=500,
    )
    conditions = BooleanField(
        lazy_gettext("We have read the letter and will keep its conditions"),
        [InputRequired(lazy_gettext("Say that you have read the conditions, if you accept the grant."))],
    )


class ReasonForm(Form):
    """Why, in a few words."""

    reason = ParagraphField(lazy_gettext("Why"), [InputRequired(_WHY)], limit=2000)


class DeclineForm(Form):
    """No to a grant; it stands on the same page as the yes, which asks for a reason too."""

    reason = ParagraphField(lazy_gettext("Why"), [Optional()], limit=2000, id="decline-reason")


class AccountForm(Form):
    """Another account number."""

    number = AccountField(
        lazy_gettext("New account number"),
        [InputRequired(lazy_gettext("Write the account number."))],
        description=lazy_gettext("Eleven digits. The account must belong to the one who got the grant."),
    )
    reason = LineField(
        lazy_gettext("Why is it changed?"),
        [InputRequired(lazy_gettext("Write why it is changed."))],
        limit=500,
    )


class AccountAnswerForm(Form):
    """How an account was controlled, and what came of it."""

    note = ParagraphField(
        lazy_gettext("How you controlled it"),
        [InputRequired(lazy_gettext("Write how you controlled it."))],
        description=lazy_gettext(
            "For example: called the leader on the number in the register. "
            "When you say no, the recipient reads this."
        ),
        limit=1000,
    )


class TermForm(Form):
    """One payment of a plan."""

    amount = KronerField(lazy_gettext("Sum"))
    due_on = DayField(lazy_gettext("Day"), [Optional()])


def plan_form(grant: Grant) -> Any:
    """What is not ordered yet, with blank lines at the end."""
    planned = [term for term in grant.terms if term.state == "planned"]
    fields = {
        "terms": FieldList(
            FormField(TermForm),
            min_entries=min(MOST_TERMS, len(planned) + BLANK_TERMS),
            max_entries=MOST_TERMS,
        )
    }
    data = {"terms": [{"amount": term.amount_ore, "due_on": term.due_on} for term in planned]}
    return type("PlanForm", (Form,), fields)(data=data)


class PaidForm(Form):
    """A payment has left."""

    paid_on = DayField(
        lazy_gettext("Paid on"), [InputRequired(lazy_gettext("Write the day.")), _past], default=clock.today
    )
    reference = LineField(
        lazy_gettext("The finance system's reference"),
        [InputRequired(lazy_gettext("Write the reference."))],
        limit=80,
    )


class ChangeForm(Form):
    """What becomes otherwise."""

    kind = RadioField(
        lazy_gettext("What changes?"),
        [InputRequired(lazy_gettext("Choose what changes."))],
        choices=choices(CHANGE_KINDS.items()),
    )
    text = ParagraphField(
        lazy_gettext("Tell what changes and why"),
        [InputRequired(lazy_gettext("Tell what changes and why."))],
        description=lazy_gettext("Say also what you want to do instead. Write no names of children."),
    )
    use_by = DayField(
        lazy_gettext("Until when do you need to use the money?"),
        [Optional()],
        description=lazy_gettext("Only if you need more time than the letter gives."),
    )


class ChangeAnswerForm(Form):
    """UDI's answer to a change."""

    outcome = RadioField(
        lazy_gettext("Answer"),
        [InputRequired(lazy_gettext("Choose an answer."))],
        choices=choices(
            (("approved", lazy_gettext("Approve")), ("declined", lazy_gettext("Do not approve")))
        ),
    )
    text = ParagraphField(
        lazy_gettext("Reasons for the answer"),
        [InputRequired(_WHY)],
        description=lazy_gettext("The recipient reads this as you write it."),
    )


def goals_form(facts: ApplicationFacts, answers: dict[str, Any]) -> Any:
    """The report's questions on the goals of the call, filled with what is stored."""
    questions = tuple(question for question, _goal in facts.scheme.reported_on(facts.goals))
    group = Group("report", lazy_gettext("Report"), "§ 5", questions)
    return question_form(group, _Answers(answers), [])  # type: ignore[arg-type]


class _Answers:
    """Stored answers of a report, read as the form of an application reads its own."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def answer(self, _group: str, question: Any) -> Any:
        """The stored answer, or None."""
        return self.answers.get(question.code)


def accounts_form(grant: Grant) -> Any:
    """What was used of the grant, a field for each kind of cost."""
    report = grant.report
    fields = {f"spent_{code}": KronerField(label, [Optional()]) for code, label, _budget in grant.budget()}
    data = {f"spent_{code}": report.spent(code) for code, _label, _budget in grant.budget()} if report else {}
    return type("AccountsForm", (Form,), fields)(data=data)


class ReportFileForm(Form):
    """A file for the report, and what it is."""

    kind = SelectField(lazy_gettext("What is it?"), choices=choices(FILE_KINDS.items()))
    file = FileField(
        lazy_gettext("Choose a file"),
        description=lazy_gettext(
            "PDF, Word, Excel, OpenDocument, JPEG or PNG, at most 20 MB. "
            "Do not send pictures where children can be recognised."
        ),
    )


def control_form(grant: Grant) -> Any:
    """The control: an answer a point, and what was found."""
    report = grant.report
    fields: dict[str, Any] = {
        f"check_{code}": RadioField(label, choices=choices(ANSWERS.items()), validate_choice=False)
        for code, label in CHECKS.items()
    }
    fields["review"] = ParagraphField(
        lazy_gettext("What you controlled and found"),
        [Optional()],
        description=lazy_gettext("How closely, and why: the law asks for control by risk, written down."),
    )
    data = {f"check_{code}": found for code, found in report.checks.items()} if report else {}
    data["review"] = report.review if report else ""
    return type("ControlForm", (Form,), fields)(data=data)


def checks_of(form: Any) -> dict[str, str]:
    """What was answered for each point."""
    found = {code: form[f"check_{code}"].data for code in CHECKS}
    return {code: answer for code, answer in found.items() if answer in ANSWERS}


class BreachForm(Form):
    """What UDI considers to demand after a breach."""

    amount = KronerField(
        lazy_gettext("Sum UDI considers to demand"), [InputRequired(lazy_gettext("Write the sum."))]
    )
    reasons = ParagraphField(
        lazy_gettext("What has happened, and which condition is broken"),
        [InputRequired(_WHY)],
        description=lazy_gettext("The recipient reads this as you write it."),
    )


class CommentForm(Form):
    """What the recipient thinks."""

    text = ParagraphField(
        lazy_gettext("What do you think?"), [InputRequired(lazy_gettext("Write what you think."))]
    )


class DemandForm(Form):
    """Money demanded back."""

    ground = RadioField(
        lazy_gettext("What is it about?"),
        [InputRequired(lazy_gettext("Choose what it is about."))],
        choices=choices(GROUNDS.items()),
    )
    amount = KronerField(lazy_gettext("Sum to pay back"), [InputRequired(lazy_gettext("Write the sum."))])
    due_on = DayField(lazy_gettext("Pay by"), [InputRequired(lazy_gettext("Write the day.")), _coming])
    pay_to = AccountField(
        lazy_gettext("UDI's account for money that comes back"),
        [InputRequired(lazy_gettext("Write the account number."))],
        description=lazy_gettext("Eleven digits. Compare it with UDI's own list."),
    )
    reasons = ParagraphField(
        lazy_gettext("Reasons"),
        [InputRequired(_WHY)],
        description=lazy_gettext("They stand in the letter as you write them here."),
    )


class PartForm(Form):
    """Money that came back."""

    amount = KronerField(lazy_gettext("Sum received"), [InputRequired(lazy_gettext("Write the sum."))])
    paid_on = DayField(
        lazy_gettext("Received on"),
        [InputRequired(lazy_gettext("Write the day.")), _past],
        default=clock.today,
    )
    reference = LineField(lazy_gettext("Reference"), [Optional()], limit=80)
