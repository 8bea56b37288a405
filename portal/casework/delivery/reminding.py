"""Once more after a week unopened (eForvaltningsforskriften § 8), exactly once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portal import clock
from portal.access.actor import scope_of
from portal.casework.delivery.events import LetterNotifiedAgain
from portal.casework.delivery.services import remind
from portal.casework.models import Case, LetterDelivery
from portal.database import db, read
from portal.jobs import once, periodic
from portal.record import record
from portal.web.kit.formats import day
from portal.web.kit.i18n import N_

UNOPENED_FOR = timedelta(days=7)
_TITLE = N_("Nobody has opened the letter in case %(number)s")
_BODY = N_(
    "The letter about “%(title)s” has been in the portal since %(day)s. Log in to read it."
    " Deadlines in the letter run even if nobody opens it."
)


@periodic("casework.notify_of_unopened_letters", cron="20 6 * * *")
def notify_of_unopened_letters() -> None:
    """Tell every party with a letter a week unopened, once; two runs at once tell no one twice."""
    with once():
        for row in _taken():
            remind(row, _TITLE, _BODY, {"day": day(row.available_at)})
            event = LetterNotifiedAgain(
                subject_id=row.case_id,
                document_id=row.document_id,
                **scope_of(row),
            )
            record(event, actor=None)


def _taken() -> list[Any]:
    # The update is the claim: a row that another run has taken no longer meets the condition.
    claimed = db.session.execute(
        update(LetterDelivery)
        .where(
            LetterDelivery.channel == "portal",
            LetterDelivery.available_at <= clock.now() - UNOPENED_FOR,
            LetterDelivery.opened_at.is_(None),
            LetterDelivery.posted_at.is_(None),
            LetterDelivery.again_at.is_(None),
        )
        .values(again_at=clock.now())
        .returning(LetterDelivery.id)
    ).scalars()
    wanted = (
        select(
            LetterDelivery.case_id,
            LetterDelivery.document_id,
            LetterDelivery.available_at,
            Case.number,
            Case.title,
            Case.national_id,
            Case.regional_id,
            Case.local_id,
            Case.owner_id,
        )
        .join(Case, Case.id == LetterDelivery.case_id)
        .where(LetterDelivery.id.in_(list(claimed)))
        .order_by(LetterDelivery.id)
    )
    return list(read(wanted))
