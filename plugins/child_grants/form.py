"""What the application asks: the points of § 6, gathered on pages. Each page says which points it covers."""

from __future__ import annotations

from portal.pluginkit.funding import Group, Question
from portal.pluginkit.pages import lazy_gettext as _

GOAL = Group(
    code="maal",
    title=_("Goal and expected result"),
    basis="§ 6 nr. 4",
    minutes=8,
    questions=(
        Question(
            "title",
            _("What do you call the activity?"),
            "line",
            _("Short, for example: Swimming course for beginners."),
            limit=120,
        ),
        Question(
            "goal",
            _("What is the goal, and what will be different for the children?"),
            hint=_("Say it so that you can tell afterwards whether you got there."),
        ),
    ),
)
TARGET_GROUP = Group(
    code="barna",
    title=_("The children and the place"),
    basis="§ 6 nr. 5",
    minutes=8,
    questions=(
        Question(
            "target_group",
            _("Which children is it for?"),
            hint=_("Age, interests, whether it suits girls and boys, and how the children have been heard."),
        ),
        Question(
            "children", _("How many children do you expect?"), "number", _("A number, as near as you can.")
        ),
        Question(
            "sites",
            _("Which reception centres is it for?"),
            "sites",
            _("Begin with the one you will be most at. Its region handles the application."),
        ),
        Question("area", _("Where will it take place?"), "line", _("Place and municipality.")),
    ),
)
PLAN = Group(
    code="plan",
    title=_("Plan, partners and time"),
    basis="§ 6 nr. 6, 7 og 8",
    minutes=15,
    questions=(
        Question(
            "plan",
            _("What will you do, when, and with whom?"),
            hint=_("Activities, who leads them, how often, from when to when."),
        ),
        Question("partners", _("Whom do you cooperate with?"), required=False),
        Question("continuation", _("What happens when the money is used?"), required=False),
    ),
)
CONTACT_WITH_SITE = Group(
    code="mottak",
    title=_("Contact with the reception centre"),
    basis="§ 6 nr. 15",
    minutes=5,
    questions=(
        Question(
            "site_contact",
            _("Whom have you talked with at the reception centre, and what did you agree?"),
            hint=_("About the children it is for, and how it will be done. Talk with them before you apply."),
        ),
    ),
)
QUALIFICATIONS = Group(
    code="erfaring",
    title=_("Experience and earlier grants"),
    basis="§ 6 nr. 3 og 10",
    minutes=5,
    questions=(
        Question("qualifications", _("What makes you fit to do this?"), required=False),
        Question(
            "earlier_grants",
            _("Have you had grants from the Ministry of Justice or its agencies before?"),
            hint=_("From whom and which year. Leave it empty if you have not."),
            required=False,
        ),
    ),
)
BUDGET = Group(
    code="budsjett",
    title=_("Budget"),
    basis="§ 6 nr. 9 og 14",
    minutes=15,
    kind="budget",
    intro=_("Write what it costs and what you get in. The sums are added up for you."),
)
AMOUNT = Group(
    code="sum",
    title=_("Sum and own contribution"),
    basis="§ 6 nr. 11, 12 og 13",
    minutes=5,
    questions=(
        Question("amount", _("How much do you apply for?"), "kroner", _("Whole kroner, for example 45 000.")),
        Question(
            "own_contribution",
            _("How much do you pay yourselves?"),
            "kroner",
            _("Also voluntary work counts: say what it is in the budget."),
            required=False,
        ),
        Question(
            "other_sources",
            _("Have you applied for money elsewhere?"),
            hint=_("From whom, and how much."),
            required=False,
        ),
    ),
)
ATTACHMENTS = Group(
    code="vedlegg",
    title=_("Attachments"),
    basis="§ 6 nr. 2",
    minutes=5,
    kind="files",
    intro=_("Statutes, accounts and the annual report, where you must have one."),
)
CONTACT = Group(
    code="kontakt",
    title=_("Contact person"),
    basis="§ 6 nr. 1",
    minutes=2,
    questions=(
        Question("contact_name", _("Name"), "line"),
        Question("contact_email", _("E-mail"), "email"),
        Question("contact_phone", _("Telephone"), "phone", required=False),
    ),
)

GROUPS = (GOAL, TARGET_GROUP, PLAN, CONTACT_WITH_SITE, QUALIFICATIONS, BUDGET, AMOUNT, ATTACHMENTS, CONTACT)
