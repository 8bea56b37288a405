"""The deadline of an appeal that is UDI's own: an answer, or a provisional one, within a month."""

from __future__ import annotations

from datetime import date, timedelta

from portal import clock
from portal.casework.appeals.rules import ANSWER_WITHIN
from portal.casework.deadlines import DeadlineKind, declare_deadline
from portal.web.kit.i18n import N_
from portal.web.kit.i18n import lazy_gettext as _

ANSWER_IN_A_MONTH = declare_deadline(
    DeadlineKind(
        "appeal",
        _("Decide the appeal, or tell the party when"),
        ANSWER_WITHIN,
        (-7, 1),
        N_("Appeal %(number)s must be decided, or the party told why it takes longer, by %(day)s."),
    )
)


def month_from_today() -> date:
    """A month from today (fvl. § 11 a), counted as thirty days."""
    return clock.today() + timedelta(days=30)
