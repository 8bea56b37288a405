"""What regions and ATE may make stricter in how registrations are handled."""

from __future__ import annotations

from datetime import date

from portal.rules import LevelRule, Rule, declare_level_rule
from portal.web.kit.i18n import lazy_gettext as _

ANSWER_WITHIN = declare_level_rule(
    LevelRule(
        title=_("Days before a registration is answered"),
        sentence=_("An organisation that registers gets an answer, or a provisional one, within this time."),
        rule=Rule(
            name="organisations.answer_within",
            strength="must",
            text=_("Answer within a month, or say why not and by when."),
            basis="forvaltningsloven § 11 a",
            valid_from=date(1970, 1, 1),
        ),
        kind="at_most",
        standard=31,
        least=5,
        most=31,
    )
)
WARNED_BEFORE = declare_level_rule(
    LevelRule(
        title=_("Days ahead that staff are reminded of a registration"),
        sentence=_("Whoever handles registrations is reminded this long before the answer is due."),
        rule=Rule(
            name="organisations.warned_before",
            strength="should",
            text=_("Be reminded in time to answer within the month."),
            basis="forvaltningsloven § 11 a",
            valid_from=date(1970, 1, 1),
        ),
        kind="at_least",
        standard=7,
        least=7,
        most=21,
    )
)
CHECKS = declare_level_rule(
    LevelRule(
        title=_("What to look at before a registration is answered"),
        sentence=_("A list for whoever handles a registration. It stands on the registration's page."),
        rule=Rule(
            name="organisations.registration_checks",
            strength="should",
            text=_("The case is looked into as well as it needs before it is decided."),
            basis="forvaltningsloven § 17; UDIs strategi for samarbeid med sivilsamfunnet 2022–2024",
            valid_from=date(1970, 1, 1),
        ),
        kind="points",
    )
)
