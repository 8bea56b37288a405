"""An answer within a month, or a provisional one (fvl. § 11 a): a daily look at what still waits.

A week before the day, or earlier where the place says so, whoever handles it is told. Two days before it,
the person gets a provisional answer saying why and by when, and the day moves a month. Where UDI waits for
the person, nothing is promised anew.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, update

from portal import clock
from portal.access.actor import Place
from portal.database import db, read
from portal.jobs import once, periodic
from portal.notifications.services import notify
from portal.notifications.values import a_day
from portal.organisations.models import Registration
from portal.organisations.registration.events import ProvisionalAnswerSent
from portal.organisations.registration.level_rules import WARNED_BEFORE
from portal.record import record
from portal.rules.holding import everywhere
from portal.web.kit.i18n import N_

ANSWERED_BEFORE = timedelta(days=2)

_R = Registration
_DUE = (
    select(
        _R.id, _R.name, _R.receipt, _R.person_id, _R.due_on, _R.warned_for, _R.lookup, _R.national_id,
        _R.regional_id,
    )
    .where(_R.state == "submitted")
    .order_by(_R.due_on, _R.id)
)  # fmt: skip
_LATE = N_("We have not had time to read it yet. Nothing is missing from you. You get an answer by %(day)s.")
_REGISTER = N_(
    "The register has not answered our question about the organisation yet. Nothing is missing from you."
    " You get an answer by %(day)s."
)


@periodic("organisations.watch_deadlines", cron="40 4 * * *")
def watch_deadlines() -> None:
    """Tell staff what is due within the days that hold there, and persons what takes longer; each once."""
    today = clock.today()
    with once():
        ahead = everywhere(WARNED_BEFORE)
        for row in read(_DUE.where(_R.due_on <= today + timedelta(days=WARNED_BEFORE.most))):
            place = Place(row.national_id, row.regional_id)
            if row.due_on <= today + ANSWERED_BEFORE:
                _answer_provisionally(row, clock.months_later(max(row.due_on, today), 1))
            elif row.warned_for != row.due_on and row.due_on <= today + timedelta(ahead(place).number):
                _warn(row)


def _warn(row: Any) -> None:
    if not _still(row, warned_for=row.due_on):
        return
    _tell_staff(row, N_("The registration of %(name)s must be answered by %(day)s"), row.due_on)


def _answer_provisionally(row: Any, new: date) -> None:
    if not _still(row, due_on=new, provisional_at=func.now()):
        return
    scope = {"national_id": row.national_id, "regional_id": row.regional_id}
    record(ProvisionalAnswerSent(subject_id=row.id, due_on=new.isoformat(), **scope), actor=None)
    notify(
        person_ids=[row.person_id],
        kind="registration",
        title_id=N_("A provisional answer about the registration of %(name)s (%(number)s)"),
        body_id=_REGISTER if row.lookup == "waiting" else _LATE,
        values={"name": row.name, "number": row.receipt, "day": a_day(new)},
        href=f"/registrer/{row.id}",
    )
    _tell_staff(row, N_("%(name)s got a provisional answer: the month has gone. Answer by %(day)s"), new)


def _still(row: Any, **values: Any) -> bool:
    """Write `values` if the registration stands where it was read: somebody may decide just now."""
    moved = db.session.execute(
        update(_R)
        .where(_R.id == row.id, _R.state == "submitted", _R.due_on == row.due_on)
        .values(**values)
        .returning(_R.id)
    ).first()
    return moved is not None


def _tell_staff(row: Any, title: str, due_on: date) -> None:
    notify(
        unit_id=row.regional_id or row.national_id,
        kind="registration",
        title_id=title,
        body_id=N_("Open the registration, and approve it, ask for more or decline."),
        values={"name": row.name, "day": a_day(due_on)},
        href=f"/organisasjoner/registreringer/{row.id}",
    )
