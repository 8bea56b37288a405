"""The days that follow from a grant: to accept, to use the money, to report."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal import clock
from portal.funding.facts import ApplicationFacts


def use_by(facts: ApplicationFacts, extended_to: date | None) -> date | None:
    """The last day to use the money (§ 4): a year after the decision, or what UDI approved since."""
    if extended_to is not None or facts.decided_at is None:
        return extended_to
    return clock.months_later(clock.oslo(facts.decided_at).date(), facts.scheme.use_within_months)


def accept_by(facts: ApplicationFacts, decided_at: datetime) -> date:
    """The last day to accept a grant that is decided now: UDI's own rule, set with the scheme."""
    return clock.oslo(decided_at).date() + timedelta(days=facts.scheme.accept_within_days)


def report_due(facts: ApplicationFacts) -> date:
    """The last day to report (§ 5): 1 April of the year after the call's."""
    month, day = facts.scheme.report_by
    return date(facts.call_year + 1, month, day)
