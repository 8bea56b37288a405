"""The deadlines that follow from a grant: to accept, to report, to comment, to pay back."""

from __future__ import annotations

from datetime import date

from portal.casework.deadlines import DeadlineKind, declare_deadline, meet_deadline, set_deadline
from portal.funding.granted.rules import ADVANCE_NOTICE, NOT_ACCEPTED, PAY_BACK, REPORT_DUE
from portal.web.kit.i18n import N_
from portal.web.kit.i18n import lazy_gettext as _

ACCEPT, REPORT, COMMENT, REPAY = "grant_accept", "grant_report", "grant_comment", "grant_repay"

declare_deadline(
    DeadlineKind(
        ACCEPT,
        _("Accept the grant, or say no"),
        NOT_ACCEPTED,
        (-7, -1, 1),
        N_("Answer the grant in case %(number)s by %(day)s. Nothing is paid before you have accepted."),
        own_task=True,
    )
)
declare_deadline(
    DeadlineKind(
        REPORT,
        _("Report on the grant"),
        REPORT_DUE,
        (-60, -14, -1, 1, 14),
        N_("The report in case %(number)s must be in by %(day)s."),
        own_task=True,
    )
)
declare_deadline(
    DeadlineKind(
        COMMENT,
        _("Say what you think before UDI decides"),
        ADVANCE_NOTICE,
        (-3,),
        N_("UDI considers to demand money back in case %(number)s. Say what you think before %(day)s."),
    )
)
declare_deadline(
    DeadlineKind(
        REPAY,
        _("Pay back what is demanded"),
        PAY_BACK,
        (-7, -1, 1, 14),
        N_("Money must be paid back in case %(number)s by %(day)s."),
        own_task=True,
    )
)


def expect(case_id: int, code: str, due_on: date) -> None:
    """Set a deadline of the recipient's in the current transaction, or move it."""
    set_deadline(case_id, code, due_on, for_party=True)


def met(case_id: int, *codes: str) -> None:
    """Mark deadlines as met in the current transaction."""
    for code in codes:
        meet_deadline(case_id, code)
