"""The scheme: goals, who may apply, what is asked (§ 6), the budget's posts."""

from __future__ import annotations

from plugins.child_grants.form import GROUPS
from plugins.child_grants.judging import BUDGET_LIMITS, CRITERIA, SENTENCES
from plugins.child_grants.permissions import SITE_CONTACT_RECORD
from plugins.child_grants.rules import (
    BUSINESS_EXCLUDED,
    MAY_RECEIVE,
    OPERATORS_EXCLUDED,
    PUBLIC_EXCLUDED,
    REGULATION,
    VOLUNTARY_REGISTER,
)
from portal.pluginkit.funding import ApplicantKind, BudgetPost, Goal, Question, Scheme
from portal.pluginkit.pages import lazy_gettext as _

PREFIX = "/barnetilskudd"

GOALS = (
    Goal(
        code="everyday",
        text=_("A more meaningful everyday life for children in reception centres"),
        criterion=_("Does it give the children a more meaningful everyday life?"),
        question="goal",
        report_field="effect",
    ),
    Goal(
        code="adapted",
        text=_("An offer adapted to the children's age, development and interests"),
        criterion=_("Is it adapted to the children's age, development and interests?"),
        question="target_group",
        report_field="adaptation",
    ),
    Goal(
        code="reach",
        text=_("As many children as possible taking part for the money"),
        criterion=_("Does it reach many children for the money?"),
        question="children",
        report_field="children_reached",
    ),
)

APPLICANTS = (
    ApplicantKind("voluntary", _("Voluntary organisation"), "if_registered", VOLUNTARY_REGISTER),
    ApplicantKind("non_profit", _("Other non-profit organisation"), "judged", MAY_RECEIVE),
    ApplicantKind("individual", _("Individual"), "yes", MAY_RECEIVE),
    ApplicantKind("informal_group", _("Group without organisation number"), "judged", MAY_RECEIVE),
    ApplicantKind("operator", _("Operator of reception centres"), "no", OPERATORS_EXCLUDED),
    ApplicantKind("business", _("Sole trader or other business"), "no", BUSINESS_EXCLUDED),
    ApplicantKind("public_body", _("Municipality or other public body"), "no", PUBLIC_EXCLUDED),
)

BUDGET_POSTS = (
    BudgetPost("equipment", _("Equipment and materials"), "cost"),
    BudgetPost("rent", _("Rent of rooms and facilities"), "cost"),
    BudgetPost("travel", _("Transport and tickets"), "cost"),
    BudgetPost("food", _("Food and drink"), "cost"),
    BudgetPost("wages", _("Wages and fees"), "cost"),
    BudgetPost("administration", _("Administration"), "cost"),
    BudgetPost("other_cost", _("Other costs"), "cost"),
    BudgetPost("own", _("Own contribution"), "income"),
    BudgetPost("other_grants", _("Other grants"), "income"),
    BudgetPost("fees", _("Income from the activities"), "income"),
)

REPORT = (
    Question(
        "activities",
        _("What did you do?"),
        hint=_("What, how often, from when to when, and with whom."),
    ),
    Question(
        "effect",
        _("What became different for the children?"),
        hint=_("Compare with the goal you set. Write no names, and nothing a child can be known by."),
    ),
    Question(
        "adaptation",
        _("How did it suit the children's age, development and interests?"),
        hint=_("Who came, who did not, and what the children said themselves."),
    ),
    Question(
        "children_reached",
        _("How many children took part?"),
        "number",
        _("Count each child once. A number, as near as you can."),
    ),
    Question(
        "deviations",
        _("What became otherwise than planned?"),
        hint=_("Leave it empty if everything went as you planned."),
        required=False,
    ),
    Question("learned", _("What would you do in another way next time?"), required=False),
)

SCHEME = Scheme(
    code="child_grants",
    plugin="child_grants",
    prefix=PREFIX,
    name=_("Grants for activities for children in reception centres"),
    short_name=_("Child activity grants"),
    purpose=_(
        "Money for activities that give children in reception centres a more meaningful everyday life."
    ),
    regulation=REGULATION,
    groups=GROUPS,
    goals=GOALS,
    applicants=APPLICANTS,
    budget_posts=BUDGET_POSTS,
    report=REPORT,
    criteria=CRITERIA,
    sentences=SENTENCES,
    budget_limits=BUDGET_LIMITS,
    compared=("target_group", "children", "plan"),
    thanks=_("Thank you for what you want to do for the children."),
    staff_pages=((_("Contact with the reception centres"), "mottak", SITE_CONTACT_RECORD),),
)
