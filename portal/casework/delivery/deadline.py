"""When an appeal must be in: three weeks after the decision reached the party."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal import clock, settings

APPEAL_DAYS = 21
"""Three weeks (fvl. § 29, rule `casework.appeal_period`)."""


def appeal_until(*, notified_at: datetime | None = None, posted_on: date | None = None) -> date | None:
    """The last day an appeal is in time, counted in Norway; None while the letter has not been sent.

    In the portal from when the letter was available and the party notified (eForvaltningsforskriften § 11);
    on paper from when it is taken to have arrived, `letters.days_in_post` after posting (fvl. § 29).
    """
    if notified_at is not None:
        return clock.oslo(notified_at).date() + timedelta(days=APPEAL_DAYS)
    if posted_on is not None:
        return posted_on + timedelta(days=settings.current().letters.days_in_post + APPEAL_DAYS)
    return None
