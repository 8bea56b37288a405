"""Who may receive the grant: forskrift 17.12.2020 nr. 2921 § 2."""

from __future__ import annotations

from datetime import date

from portal.pluginkit.cases import Rule, declare_rule
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
