"""Asking the party for more (*mangelbrev*, fvl. § 11): what is asked, the answer, the difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from portal import clock
from portal.access.actor import Actor, scope_of
from portal.casework.deadlines import ANSWER, meet_deadline, set_deadline
from portal.casework.events import MoreAsked
from portal.casework.firing import CaseChanged, fire
from portal.casework.models import Case, CaseRequest
from portal.casework.rules import ANSWER_DAYS, ASK_SOMETHING, DAYS_TO_ANSWER, Refused
from portal.casework.subject import Subject
from portal.database import db, read
from portal.notifications.services import notify
from portal.record import record
from portal.rules.holding import Placed, holding
from portal.web.kit.i18n import N_
from portal.web.kit.i18n import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `fields` are codes of what opens; `before` and `after` hold value and text by field."""

    id: int
    fields: tuple[str, ...]
    text: str
    due_on: date
    draft: dict[str, Any]
    version: int
    before: dict[str, Any]
    after: dict[str, Any]
    asked_at: datetime
    answered_at: datetime | None
    answered_by: int | None

    @property
    def changed(self) -> list[tuple[str, str, str]]:
        """(field, text before, text after) of what the answer changed."""
        return [
            (field, self.before.get(field, {}).get("text", ""), new.get("text", ""))
            for field, new in self.after.items()
            if new.get("value") != self.before.get(field, {}).get("value")
        ]


_ASKED: Any = select(
    CaseRequest.id,
    CaseRequest.fields,
    CaseRequest.text,
    CaseRequest.due_on,
    CaseRequest.draft,
    CaseRequest.version,
    CaseRequest.before,
    CaseRequest.after,
    CaseRequest.asked_at,
    CaseRequest.answered_at,
    CaseRequest.answered_by,
).order_by(CaseRequest.id.desc())


def requests_of(case_id: int) -> Sequence[Asked]:
    """What a case's party has been asked, newest first. For a case already judged in reach."""
    rows = [tuple(row) for row in read(_ASKED.where(CaseRequest.case_id == case_id))]
    return [Asked(row[0], tuple(row[1]), *row[2:]) for row in rows]


def open_request(case_id: int) -> Asked:
    """The request that waits for an answer. Raises `CaseChanged` when there is none."""
    for one in requests_of(case_id):
        if one.answered_at is None:
            return one
    raise CaseChanged


def ask(
    subject: Subject,
    *,
    fields: Sequence[str],
    text: str,
    due_on: date,
    before: Mapping[str, Any],
    actor: Actor,
) -> None:
    """Ask for more in the current transaction: only `fields` open to the party, until `due_on`.

    Raises as `fire`, and `Refused` without words, without fields, or with fewer days to answer than hold
    where the case stands.
    """
    if not fields or not text.strip():
        raise Refused(ASK_SOMETHING)
    days = _days_to_answer(subject)
    if due_on < clock.today() + timedelta(days=days):
        text_of_days = _("Give the applicant at least %(days)s days to answer.", days=days)
        raise Refused(replace(ANSWER_DAYS, text=text_of_days))
    fire(subject, "ask_more", actor=actor)
    db.session.execute(
        insert(CaseRequest).values(
            case_id=subject.id,
            fields=list(fields),
            text=text.strip(),
            due_on=due_on,
            before=dict(before),
            asked_by=actor.person_id,
            asked_at=clock.now(),
        )
    )
    set_deadline(subject.id, ANSWER.code, due_on, for_party=True)
    _tell(subject, fields, due_on, actor)


def earliest_answer(place: Placed) -> date:
    """The first day that can be the last to answer: the days that hold there from today."""
    return clock.today() + timedelta(days=_days_to_answer(place))


def _days_to_answer(place: Placed) -> int:
    return holding(DAYS_TO_ANSWER, place).number


def _tell(subject: Subject, fields: Sequence[str], due_on: date, actor: Actor) -> None:
    event = MoreAsked(
        subject_id=subject.id,
        **scope_of(subject),
        number=subject.number or "",
        due_on=due_on.isoformat(),
        fields=", ".join(fields),
    )
    record(event, actor=actor)
    notify(
        unit_id=subject.owner_id,
        kind="casework.more_asked",
        title_id=N_("UDI needs more from you in case %(number)s"),
        body_id=N_("Log in to see what UDI asks for in case %(number)s, and answer by %(day)s."),
        values={"number": subject.number, "day": f"{due_on.day}.{due_on.month}.{due_on.year}"},
        href=f"/saker/{subject.id}",
    )


def keep_draft(asked: Asked, draft: Mapping[str, Any], *, version: int) -> int | None:
    """Store the answer in the making in the current transaction; gives its version, None after a conflict."""
    kept = db.session.execute(
        update(CaseRequest)
        .where(CaseRequest.id == asked.id, CaseRequest.version == version, CaseRequest.answered_at.is_(None))
        .values(draft=dict(draft), version=CaseRequest.version + 1)
        .returning(CaseRequest.version)
    ).first()
    return None if kept is None else int(kept.version)


def answer(subject: Subject, asked: Asked, after: Mapping[str, Any], *, actor: Actor) -> None:
    """Send the answer in the current transaction: the difference is kept, the caseworker told."""
    fire(subject, "answer", actor=actor)
    _close(asked, answered_by=actor.person_id, after=dict(after))
    meet_deadline(subject.id, ANSWER.code)
    db.session.execute(update(Case).where(Case.id == subject.id).values(journalled=False))
    if subject.handler_id is not None:
        notify(
            person_ids=[subject.handler_id],
            kind="casework.answered",
            title_id=N_("The answer in case %(number)s is here"),
            body_id=N_("The applicant has answered what you asked about in case %(number)s."),
            values={"number": subject.number},
            href=f"/sak/{subject.id}",
        )


def go_on(subject: Subject, *, actor: Actor) -> None:
    """Go on without an answer, in the current transaction; what was begun is thrown away, nothing changed."""
    asked = open_request(subject.id)
    fire(subject, "go_on", actor=actor)
    _close(asked, answered_by=None, draft={})
    meet_deadline(subject.id, ANSWER.code)


def _close(asked: Asked, **values: Any) -> None:
    closed = db.session.execute(
        update(CaseRequest)
        .where(
            CaseRequest.id == asked.id,
            CaseRequest.version == asked.version,
            CaseRequest.answered_at.is_(None),
        )
        .values(answered_at=clock.now(), **values)
        .returning(CaseRequest.id)
    ).first()
    if closed is None:
        raise CaseChanged
