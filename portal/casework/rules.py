"""Rules of casework: who may not handle or decide, and when an appeal must be in."""

from __future__ import annotations

from datetime import date

from portal.rules import Rule, declare
from portal.web.kit.i18n import lazy_gettext as _

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
