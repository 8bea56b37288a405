"""What places can make a duty for themselves in the register of units."""

from __future__ import annotations

from datetime import date

from portal.rules import LevelRule, Rule, declare_level_rule
from portal.web.kit.i18n import lazy_gettext as _

DEPUTY = declare_level_rule(
    LevelRule(
        title=_("A deputy for the contact person"),
        sentence=_("Every unit has a deputy who answers when the contact person is away."),
        rule=Rule(
            name="units.deputy",
            strength="should",
            text=_("There is always somebody to turn to, at every level."),
            basis="UDIs strategi for samarbeid med sivilsamfunnet 2022–2024",
            valid_from=date(2022, 1, 1),
        ),
        kind="duty",
        leavable=True,
    )
)
