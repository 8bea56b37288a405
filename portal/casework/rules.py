"""Rules of casework: who may not handle or decide, and when an appeal must be in."""

from __future__ import annotations

from datetime import date

from portal.rules import LevelRule, Rule, declare, declare_level_rule
from portal.web.kit.i18n import lazy_gettext as _


class Refused(Exception):
    """A rule says no. The page cites `rule`."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.name)
        self.rule = rule


SEPARATION = declare(
    Rule(
        name="casework.separation_of_duties",
        strength="must",
        text=_("Who prepared a case cannot decide it. Somebody else must."),
        basis="reglement for økonomistyring i staten § 14",
        valid_from=date(2004, 1, 1),
    )
)
PARTY = declare(
    Rule(
        name="casework.party_cannot_handle",
        strength="must",
        text=_("You belong to the applicant, and cannot handle the case."),
        basis="forvaltningsloven § 6",
        valid_from=date(1970, 1, 1),
    )
)
DISQUALIFIED = declare(
    Rule(
        name="casework.disqualified",
        strength="must",
        text=_("You are registered as disqualified in this case. Somebody else must handle it."),
        basis="forvaltningsloven §§ 6 og 8",
        valid_from=date(1970, 1, 1),
    )
)
APPEAL_PERIOD = declare(
    Rule(
        name="casework.appeal_period",
        strength="must",
        text=_("The deadline for appeals is three weeks after the decision reached the party."),
        basis="forvaltningsloven § 29",
        valid_from=date(1970, 1, 1),
    )
)
REASON_NEEDED = declare(
    Rule(
        name="casework.reason_needed",
        strength="must",
        text=_("Write why."),
        basis="forvaltningsloven § 11 d",
        valid_from=date(1970, 1, 1),
    )
)
UNDECLARED = declare(
    Rule(
        name="casework.declare_first",
        strength="must",
        text=_("Say whether you have ties to the case before you handle it."),
        basis="forvaltningsloven §§ 6 og 8",
        valid_from=date(1970, 1, 1),
    )
)
SUBORDINATE = declare(
    Rule(
        name="casework.subordinate_of_disqualified",
        strength="must",
        text=_("Your leader is disqualified in this case, so you cannot handle it. Somebody else must."),
        basis="forvaltningsloven § 6 tredje ledd",
        valid_from=date(1970, 1, 1),
    )
)
TAINTED = declare(
    Rule(
        name="casework.prepared_by_disqualified",
        strength="must",
        text=_(
            "The case was prepared by somebody who is disqualified. "
            "A substitute must go over it before it is decided."
        ),
        basis="forvaltningsloven § 6",
        valid_from=date(1970, 1, 1),
    )
)
ANOTHERS = declare(
    Rule(
        name="casework.handled_by_another",
        strength="must",
        text=_("Another caseworker has the case. Whoever distributes cases can give it to you."),
        basis="forvaltningsloven § 9",
        valid_from=date(1970, 1, 1),
    )
)
OWN_TIE = declare(
    Rule(
        name="casework.own_tie_corrected_by_another",
        strength="must",
        text=_("Nobody corrects their own disqualification. Somebody else who distributes cases must."),
        basis="forvaltningsloven § 8",
        valid_from=date(1970, 1, 1),
    )
)
NOT_A_SUBSTITUTE = declare(
    Rule(
        name="casework.substitute_may_handle",
        strength="must",
        text=_("This person cannot handle the case. Choose somebody from the list."),
        basis="forvaltningsloven §§ 6 og 9",
        valid_from=date(1970, 1, 1),
    )
)
ANSWER_IN_TIME = declare(
    Rule(
        name="casework.answer_in_time",
        strength="should",
        text=_(
            "Who is asked for more answers within the time given. The case goes on without it afterwards."
        ),
        basis="forvaltningsloven § 11",
        valid_from=date(1970, 1, 1),
    )
)
REFERENCE_NEEDED = declare(
    Rule(
        name="casework.reference_needed",
        strength="must",
        text=_("Write the case's reference in UDIsak, at most 60 characters."),
        basis="arkivforskriften §§ 14 og 15",
        valid_from=date(2026, 1, 1),
    )
)
ASK_SOMETHING = declare(
    Rule(
        name="casework.ask_something",
        strength="must",
        text=_("Write what you need, and tick what the applicant is to change."),
        basis="forvaltningsloven § 11",
        valid_from=date(1970, 1, 1),
    )
)
ANSWER_DAYS = declare(
    Rule(
        name="casework.answer_days",
        strength="must",
        text=_("Give the applicant enough days to answer."),
        basis="forvaltningsloven § 11",
        valid_from=date(1970, 1, 1),
    )
)
DAYS_TO_ANSWER = declare_level_rule(
    LevelRule(
        title=_("Days to answer when UDI asks for more"),
        sentence=_("Whoever is asked for more in a case gets at least this long to answer."),
        rule=ANSWER_DAYS,
        kind="at_least",
        standard=3,
        least=3,
        most=60,
    )
)
