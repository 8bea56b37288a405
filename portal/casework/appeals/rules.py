"""Rules of appeals."""

from __future__ import annotations

from datetime import date

from portal.rules import Rule, declare
from portal.web.kit.i18n import lazy_gettext as _

FRESH_EYES = declare(
    Rule(
        name="casework.appeal_fresh_eyes",
        strength="should",
        text=_(
            "You prepared or decided the decision that is appealed. Somebody else must handle the appeal."
        ),
        basis="forvaltningsloven §§ 6 og 33; UDIs innstilling appeals.fresh_eyes",
        valid_from=date(1970, 1, 1),
        relaxable=True,
    )
)
CHECKED_FIRST = declare(
    Rule(
        name="casework.appeal_checked_first",
        strength="must",
        text=_("Check the appeal's form and deadline, and write what you propose, first."),
        basis="forvaltningsloven § 33",
        valid_from=date(1970, 1, 1),
    )
)
CANNOT_TRY = declare(
    Rule(
        name="casework.appeal_conditions",
        strength="must",
        text=_(
            "The appeal is late or lacks something, and that is not set aside."
            " Reject it, or ask the party to mend it first."
        ),
        basis="forvaltningsloven §§ 28–33",
        valid_from=date(1970, 1, 1),
    )
)
CANNOT_REJECT = declare(
    Rule(
        name="casework.appeal_must_be_tried",
        strength="must",
        text=_("The appeal came in time, from the right party and signed: it cannot be rejected."),
        basis="forvaltningsloven § 33",
        valid_from=date(1970, 1, 1),
    )
)
ONE_YEAR = declare(
    Rule(
        name="casework.appeal_at_most_a_year",
        strength="must",
        text=_("More than a year has gone since the decision: a late appeal cannot be taken."),
        basis="forvaltningsloven § 31",
        valid_from=date(1970, 1, 1),
    )
)
ANSWER_WITHIN = declare(
    Rule(
        name="casework.appeal_answer",
        strength="must",
        text=_("An appeal is decided within a month, or the party is told why it takes longer, and when."),
        basis="forvaltningsloven § 11 a",
        valid_from=date(1970, 1, 1),
    )
)
