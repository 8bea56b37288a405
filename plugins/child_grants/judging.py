"""How applications are judged: the scheme's own criteria, its budget rules, and sentences for the reasons."""

from __future__ import annotations

from plugins.child_grants.rules import (
    ADMINISTRATION_SHARE,
    EQUIPMENT_SHARE,
    HEARD,
    NEW_OFFER,
    NO_PUBLIC_DUTY,
    WAGES_OF_INDIVIDUALS,
    WAGES_SHARE,
)
from portal.pluginkit.funding import BudgetLimit, Criterion, Sentence
from portal.pluginkit.pages import lazy_gettext as _

CRITERIA = (
    Criterion(
        "new_offer",
        _("Is it an offer the children do not otherwise have at the reception centre?"),
        NEW_OFFER,
    ),
    Criterion("cooperation", _("Is it agreed with the reception centre, and are the children heard?"), HEARD),
    Criterion(
        "public_duty",
        _("Is it something else than what a public body must offer anyway?"),
        NO_PUBLIC_DUTY,
        explain=_("What the public body must offer, and what this adds to it"),
    ),
)

BUDGET_LIMITS = (
    BudgetLimit(
        WAGES_OF_INDIVIDUALS,
        ("wages",),
        applicants=("individual", "informal_group"),
        covered=False,
        confirmed=True,
    ),
    BudgetLimit(WAGES_SHARE, ("wages",), percent=50),
    BudgetLimit(ADMINISTRATION_SHARE, ("administration",), percent=10),
    BudgetLimit(EQUIPMENT_SHARE, ("equipment",), percent=40),
)

SENTENCES = (
    Sentence(
        "many_children",
        _("Reaches many children"),
        _("The activity reaches many children for the money, and such activities have priority."),
        "forskriften § 8",
    ),
    Sentence(
        "new_offer",
        _("A new offer"),
        _("The children do not have such an offer at the reception centre today."),
        "forskriften § 8",
    ),
    Sentence(
        "well_agreed",
        _("Well agreed with the reception centre"),
        _("The activity is agreed with the reception centre, and the children have been heard."),
        "forskriften § 6 nr. 15",
    ),
    Sentence(
        "equipment_less",
        _("Less for equipment"),
        _("The sum is lower than applied for, since much of it is for equipment that lasts beyond the year."),
        "forskriften § 8; UDI IM 2015-005, utstyr",
    ),
    Sentence(
        "outside_purpose",
        _("Outside the purpose"),
        _("The activity falls outside the purpose of the grant, which is activities for the children."),
        "forskriften § 1",
        refuses=True,
    ),
    Sentence(
        "few_children",
        _("Few children"),
        _("The activity reaches few children. Those that reach more for the money have had priority."),
        "forskriften § 8",
        refuses=True,
    ),
    Sentence(
        "public_duty",
        _("A public duty"),
        _("What is applied for is something that a public body or the reception centre must offer anyway."),
        "forskriften §§ 1 og 8",
        refuses=True,
    ),
    Sentence(
        "frame_used",
        _("Not room in the frame"),
        _("More is applied for than there is money to share out, and others have had higher priority."),
        "forskriften § 8; bevilgningsreglementet § 5",
        refuses=True,
    ),
)
