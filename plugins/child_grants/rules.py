"""The rules of the grant: who may receive it (forskrift 17.12.2020 nr. 2921 § 2), and how it is judged."""

from __future__ import annotations

from datetime import date

from portal.pluginkit.cases import LevelRule, Rule, declare_level_rule, declare_rule
from portal.pluginkit.pages import lazy_gettext as _

REGULATION = "forskrift 17. desember 2020 nr. 2921 om tilskudd til aktivitetstilbud for barn i asylmottak"
_SHORT = "forskrift 17.12.2020 nr. 2921"
_FROM = date(2021, 1, 1)

MAY_RECEIVE = declare_rule(
    Rule(
        name="child_grants.may_receive",
        strength="may",
        text=_("Individuals, voluntary organisations and other non-profit bodies can receive the grant."),
        basis=f"{_SHORT} § 2",
        valid_from=_FROM,
        plugin="child_grants",
    )
)
VOLUNTARY_REGISTER = declare_rule(
    Rule(
        name="child_grants.voluntary_register",
        strength="must",
        text=_(
            "A voluntary organisation must stand in the Register of Voluntary Organisations. "
            "Register there first, it is free, and come back."
        ),
        basis=f"{_SHORT} § 2 bokstav b",
        valid_from=_FROM,
        relaxable=True,
        plugin="child_grants",
    )
)
OPERATORS_EXCLUDED = declare_rule(
    Rule(
        name="child_grants.operators_excluded",
        strength="must",
        text=_("Those who run reception centres cannot receive the grant."),
        basis=f"{_SHORT} § 2",
        valid_from=_FROM,
        plugin="child_grants",
    )
)
BUSINESS_EXCLUDED = declare_rule(
    Rule(
        name="child_grants.business_excluded",
        strength="must",
        text=_("Sole traders and other businesses cannot receive the grant."),
        basis=f"{_SHORT} § 2",
        valid_from=_FROM,
        plugin="child_grants",
    )
)
PUBLIC_EXCLUDED = declare_rule(
    Rule(
        name="child_grants.public_bodies_excluded",
        strength="must",
        text=_("Municipalities and other public bodies cannot receive the grant."),
        basis=f"{_SHORT} § 2",
        valid_from=_FROM,
        plugin="child_grants",
    )
)
_ROUTINE = "UDI IM 2015-005"
_ROUTINE_FROM = date(2015, 6, 4)

NEW_OFFER = declare_rule(
    Rule(
        name="child_grants.new_offer",
        strength="should",
        text=_("Offers that the children do not otherwise have at the reception centre have priority."),
        basis=f"{_SHORT} § 8",
        valid_from=_FROM,
        plugin="child_grants",
    )
)
HEARD = declare_rule(
    Rule(
        name="child_grants.contact_with_site",
        strength="should",
        text=_("The applicant tells what is agreed with the reception centre."),
        basis=f"{_SHORT} § 6 nr. 15",
        valid_from=_FROM,
        plugin="child_grants",
    )
)
NO_PUBLIC_DUTY = declare_rule(
    Rule(
        name="child_grants.no_public_duty",
        strength="should",
        text=_("The grant comes on top of what public bodies must offer. Explain why it is granted anyway."),
        basis=f"{_SHORT} §§ 1 og 8",
        valid_from=_FROM,
        plugin="child_grants",
    )
)
WAGES_OF_INDIVIDUALS = declare_rule(
    Rule(
        name="child_grants.wages_of_individuals",
        strength="must",
        text=_("Individuals get their actual costs covered, not wages to themselves."),
        basis=f"UDIs utlysning 2018; {_ROUTINE}, lønnsutgifter",
        valid_from=_ROUTINE_FROM,
        plugin="child_grants",
    )
)
WAGES_SHARE = declare_rule(
    Rule(
        name="child_grants.wages_share",
        strength="should",
        text=_("Wages and fees are a large part of the costs. Say what they are for."),
        basis=f"{_ROUTINE}, lønnsutgifter",
        valid_from=_ROUTINE_FROM,
        plugin="child_grants",
    )
)
ADMINISTRATION_SHARE = declare_rule(
    Rule(
        name="child_grants.administration_share",
        strength="should",
        text=_("Administration is a large part of the costs. Say what it is for."),
        basis=f"{_ROUTINE}, administrasjonsutgifter",
        valid_from=_ROUTINE_FROM,
        plugin="child_grants",
    )
)
EQUIPMENT_SHARE = declare_rule(
    Rule(
        name="child_grants.equipment_share",
        strength="should",
        text=_(
            "Equipment is a large part of the costs. Say how it is used, and what happens to it afterwards."
        ),
        basis=f"{_ROUTINE}, utstyr",
        valid_from=_ROUTINE_FROM,
        plugin="child_grants",
    )
)
SITE_CHECKS = declare_level_rule(
    LevelRule(
        title=_("What a reception centre looks at when it answers for an application"),
        sentence=_("A list for reception centres that are asked. It stands where they answer."),
        rule=Rule(
            name="child_grants.site_checks",
            strength="should",
            text=_("The applicant tells what is agreed with the reception centre."),
            basis=f"{_SHORT} § 6 nr. 15",
            valid_from=_FROM,
            plugin="child_grants",
        ),
        kind="points",
    )
)
