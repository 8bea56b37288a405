"""Deadlines (*frister*) of cases, in one place: set, met, reminded of before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from portal import clock
from portal.casework.entries import ENTRIES, Entry
from portal.casework.models import CaseDeadline
from portal.casework.rules import ANSWER_IN_TIME
from portal.database import db, read
from portal.rules import Rule
from portal.web.kit.formats import day
from portal.web.kit.i18n import N_, LazyString
from portal.web.kit.i18n import lazy_gettext as _

BEFORE_ID = N_("Deadline %(day)s in case %(number)s")
AFTER_ID = N_("The deadline %(day)s has passed in case %(number)s")


@dataclass(frozen=True, slots=True)
class DeadlineKind:
    """What one code of deadline is.

    `label` says what is to be done; `rule` where the deadline stands; `days` are the reminders, in days from
    the deadline (-14: two weeks before, 7: a week after), in order; `told_id` is the message id of what the
    reminder says, with `%(number)s` and `%(day)s`. `own_task`: the room itself tells the party of it on
    Min side, with the case's title.
    """

    code: str
    label: LazyString
    rule: Rule
    days: tuple[int, ...]
    told_id: str
    own_task: bool = False


DEADLINES: dict[str, DeadlineKind] = {}


def declare_deadline(kind: DeadlineKind) -> DeadlineKind:
    """Put a kind of deadline in the catalogue. Raises `ValueError` when it cannot be right."""
    if list(kind.days) != sorted(set(kind.days)):
        raise ValueError(f"deadline {kind.code}: the days are not in order")
    if DEADLINES.setdefault(kind.code, kind) != kind:
        raise ValueError(f"deadline {kind.code} is declared twice")
    return kind


def reminders_due(code: str, due_on: date, today: date) -> int:
    """How many of a deadline's reminders have their day behind them or today; none for an unknown code."""
    kind = DEADLINES.get(code)
    return 0 if kind is None else sum(due_on + timedelta(days=days) <= today for days in kind.days)


def set_deadline(case_id: int, code: str, due_on: date, *, for_party: bool) -> None:
    """Set a case's deadline, or move it, in the current transaction; a met one is open again.

    Reminders whose day has gone already when it is set are not sent. Raises `KeyError` for an unknown code.
    """
    values = {
        "due_on": due_on,
        "for_party": for_party,
        "set_at": clock.now(),
        "met_at": None,
        "reminded": reminders_due(DEADLINES[code].code, due_on, clock.today()),
    }
    db.session.execute(
        insert(CaseDeadline)
        .values(case_id=case_id, code=code, **values)
        .on_conflict_do_update(index_elements=[CaseDeadline.case_id, CaseDeadline.code], set_=values)
    )


def meet_deadline(case_id: int, code: str) -> None:
    """Mark a case's deadline as met in the current transaction; nothing happens where there is none open."""
    db.session.execute(
        update(CaseDeadline)
        .where(CaseDeadline.case_id == case_id, CaseDeadline.code == code, CaseDeadline.met_at.is_(None))
        .values(met_at=clock.now())
    )


def drop_deadlines(case_id: int) -> None:
    """Let all open deadlines of a case go, in the current transaction: when it is withdrawn or finished."""
    db.session.execute(
        update(CaseDeadline)
        .where(CaseDeadline.case_id == case_id, CaseDeadline.met_at.is_(None))
        .values(met_at=func.now())
    )


@dataclass(frozen=True, slots=True)
class Due:
    """An open deadline of one case."""

    code: str
    due_on: date
    for_party: bool

    @property
    def label(self) -> LazyString | str:
        """What is to be done."""
        return label_of(self.code)

    @property
    def basis(self) -> str:
        """Where the deadline stands."""
        kind = DEADLINES.get(self.code)
        return kind.rule.basis if kind else ""

    @property
    def passed(self) -> bool:
        """True from the day after."""
        return self.due_on < clock.today()


def label_of(code: str) -> LazyString | str:
    """What is to be done by a deadline of this code; the bare code for one no longer declared."""
    kind = DEADLINES.get(code)
    return kind.label if kind else code


def _in_words(stored: str) -> str:
    """What a timeline's entry stores of a deadline (code and day) as one reads it."""
    code, _blank, written = stored.partition(" ")
    try:
        return f"{label_of(code)}, {day(date.fromisoformat(written))}."
    except ValueError:
        return stored


ENTRIES["reminded"] = Entry(
    _("A reminder of a deadline was sent:"), _("UDI sent a reminder of a deadline:"), True, _in_words
)
ENTRIES["deadline_moved"] = Entry(_("A deadline was moved:"), _("UDI moved a deadline:"), True, _in_words)

_OPEN: Any = select(CaseDeadline.code, CaseDeadline.due_on, CaseDeadline.for_party)


def open_deadlines(case_id: int) -> Sequence[Due]:
    """A case's open deadlines, the nearest first. For a case already judged in reach."""
    statement = _OPEN.where(CaseDeadline.case_id == case_id, CaseDeadline.met_at.is_(None))
    return [Due(*tuple(row)) for row in read(statement.order_by(CaseDeadline.due_on, CaseDeadline.id))]


ANSWER = declare_deadline(
    DeadlineKind(
        "answer",
        _("Answer what UDI has asked about"),
        ANSWER_IN_TIME,
        (-3, 1),
        N_("UDI has asked for more in case %(number)s. The deadline is %(day)s."),
    )
)
