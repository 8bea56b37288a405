"""Reminders of deadlines: each stage once, however many workers look; nothing for what is met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Integer, Text, and_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from portal import clock
from portal.access.actor import Place
from portal.access.holders import nearest_holders
from portal.casework.about import page_of_case
from portal.casework.deadlines import AFTER_ID, BEFORE_ID, DEADLINES, reminders_due
from portal.casework.entries import tell
from portal.casework.models import Case, CaseDeadline
from portal.casework.permissions import CASE_DISTRIBUTE
from portal.database import read, transaction
from portal.identity.context import switches_now
from portal.jobs import periodic
from portal.notifications.services import notify


@dataclass(frozen=True, slots=True)
class _Open:
    """An open deadline with its case. Satisfies `Subject`."""

    deadline_id: int
    code: str
    due_on: date
    for_party: bool
    reminded: int
    id: int
    number: str | None
    kind: str
    state: str
    version: int
    plugin: str | None
    national_id: int | None
    regional_id: int | None
    local_id: int | None
    owner_id: int
    handler_id: int | None


_STAGES: Any = (
    func.unnest(
        bindparam("codes", type_=ARRAY(Text)),
        bindparam("sent", type_=ARRAY(Integer)),
        bindparam("latest", type_=ARRAY(Date)),
    )
    .table_valued("code", "sent", "latest")
    .render_derived()
)
_DUE: Any = (
    select(
        CaseDeadline.id,
        CaseDeadline.code,
        CaseDeadline.due_on,
        CaseDeadline.for_party,
        CaseDeadline.reminded,
        Case.id,
        Case.number,
        Case.kind,
        Case.state,
        Case.version,
        Case.plugin,
        Case.national_id,
        Case.regional_id,
        Case.local_id,
        Case.owner_id,
        Case.handler_id,
    )
    .join(Case, Case.id == CaseDeadline.case_id)
    .join(
        _STAGES,
        and_(
            CaseDeadline.code == _STAGES.c.code,
            CaseDeadline.reminded == _STAGES.c.sent,
            CaseDeadline.due_on <= _STAGES.c.latest,
        ),
    )
    .where(CaseDeadline.met_at.is_(None), Case.state_kind != "closed")
    .order_by(CaseDeadline.due_on, CaseDeadline.id)
)


def remind() -> int:
    """Send the reminders that are due today, each in a transaction of its own; gives how many.

    Where a case's plugin is off nobody can do what the deadline is for: the reminder waits until it is on.
    """
    today, off = clock.today(), switches_now().off_at
    every = _due(today)
    found = [one for one in every if one.plugin is None or not off(one.plugin, one)]
    return sum(_remind(one, reminders_due(one.code, one.due_on, today)) for one in found)


def _due(today: date) -> list[_Open]:
    """The open deadlines that call for one more reminder: each has had fewer than its days call for."""
    stages = [
        (kind.code, sent, today - timedelta(days=days))
        for kind in DEADLINES.values()
        for sent, days in enumerate(kind.days)
    ]
    names = ("codes", "sent", "latest")
    given = {name: [stage[place] for stage in stages] for place, name in enumerate(names)}
    return [_Open(*tuple(row)) for row in read(_DUE, given)]


@periodic("casework.remind", cron="5 5-15 * * *")
def remind_of_deadlines() -> None:
    """Look once an hour through the working day, so that a morning without a worker loses nothing."""
    remind()


def _remind(one: _Open, due: int) -> bool:
    if due <= one.reminded:
        return False
    with transaction() as session:
        # Only who moves the count sends: a second worker finds it moved, or the deadline met or changed.
        counted = session.execute(
            update(CaseDeadline)
            .where(
                CaseDeadline.id == one.deadline_id,
                CaseDeadline.reminded == one.reminded,
                CaseDeadline.due_on == one.due_on,
                CaseDeadline.met_at.is_(None),
            )
            .values(reminded=due)
            .returning(CaseDeadline.id)
        ).first()
        if counted is None:
            return False
        _send(one)
    return True


def _send(one: _Open) -> None:
    day = f"{one.due_on.day}.{one.due_on.month}.{one.due_on.year}"
    passed = one.due_on < clock.today()
    notify(
        person_ids=() if one.for_party else _at_udi(one),
        unit_id=one.owner_id if one.for_party else None,
        kind="casework.deadline",
        title_id=AFTER_ID if passed else BEFORE_ID,
        body_id=DEADLINES[one.code].told_id,
        values={"number": one.number, "day": day},
        href=f"/saker/{one.id}" if one.for_party else page_of_case(one.plugin, one.id),
    )
    if one.for_party:
        tell(one, "reminded", actor=None, reason=f"{one.code} {one.due_on}")


def _at_udi(one: _Open) -> list[int]:
    """The caseworker who has the case; where nobody has, those who distribute cases there."""
    if one.handler_id is not None:
        return [one.handler_id]
    place = Place(one.national_id, one.regional_id, one.local_id, one.owner_id, one.plugin)
    return nearest_holders(CASE_DISTRIBUTE, place)
