"""Noting agreements, mending the notes, taking out mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, update
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.access.policy import require
from portal.database import answer_once, transaction
from portal.notifications.services import notify
from portal.organisations import queries as organisations
from portal.organisations.agreements import queries
from portal.organisations.agreements.events import AgreementChanged, AgreementRecorded, AgreementRemoved
from portal.organisations.agreements.models import Agreement
from portal.organisations.permissions import AGREEMENT_RECORD
from portal.organisations.queries import Found
from portal.organisations.services import Changed
from portal.record import record
from portal.web.kit.i18n import N_

_READ_IT = N_("You find it on the organisation's page. If something is wrong, tell UDI.")


@dataclass(frozen=True, slots=True)
class Written:
    """What staff write of an agreement; days included, `valid_to` None for one without an end."""

    title: str
    valid_from: date
    valid_to: date | None = None
    reference: str = ""
    covers_branches: bool = False

    def columns(self) -> dict[str, Any]:
        """The values by column."""
        return {name: getattr(self, name) for name in self.__slots__}

    def days(self) -> dict[str, Any]:
        """From when until when, for the audit trail."""
        until = self.valid_to.isoformat() if self.valid_to else None
        return {"valid_from": self.valid_from.isoformat(), "valid_to": until}


def add(unit_id: int, written: Written, *, actor: Actor, key: UUID | None = None) -> int:
    """Note that an organisation has an agreement; the same `key` twice is one. Gives the note's id.

    Raises `OutOfReach`, `Denied`.
    """
    with transaction(actor=actor) as session:
        subject = _subject(unit_id, actor)
        return answer_once(key, actor.person_id, partial(_add, session, subject, written, actor))


def _add(session: Session, subject: Found, written: Written, actor: Actor) -> int:
    values = {**written.columns(), "unit_id": subject.unit_id, "recorded_by": actor.person_id}
    made: int = session.execute(insert(Agreement).values(values).returning(Agreement.id)).scalar_one()
    record(AgreementRecorded(agreement_id=made, **written.days(), **_where(subject)), actor=actor)
    _tell(subject, N_("UDI has noted an agreement with %(name)s: %(title)s"), written.title)
    return made


def change(unit_id: int, agreement_id: int, written: Written, *, version: int, actor: Actor) -> None:
    """Mend or prolong a note. Raises `OutOfReach`, `Denied`, `Changed` when somebody else did meanwhile."""
    with transaction(actor=actor) as session:
        subject = _subject(unit_id, actor)
        queries.one(agreement_id, unit_id=unit_id)
        changed = session.execute(
            update(Agreement)
            .where(
                Agreement.id == agreement_id,
                Agreement.version == version,
                Agreement.removed_at.is_(None),
            )
            .values(version=Agreement.version + 1, **written.columns())
            .returning(Agreement.id)
        ).first()
        if changed is None:
            raise Changed
        record(AgreementChanged(agreement_id=agreement_id, **written.days(), **_where(subject)), actor=actor)
        _tell(subject, N_("UDI has changed what is noted of an agreement with %(name)s"), written.title)


def remove(unit_id: int, agreement_id: int, *, actor: Actor) -> None:
    """Take out a note that was a mistake; a second time changes nothing. Raises `OutOfReach`, `Denied`."""
    with transaction(actor=actor) as session:
        subject = _subject(unit_id, actor)
        removed = session.execute(
            update(Agreement)
            .where(Agreement.id == agreement_id, Agreement.unit_id == unit_id, Agreement.removed_at.is_(None))
            .values(removed_at=func.now(), removed_by=actor.person_id)
            .returning(Agreement.title)
        ).first()
        if removed is None:
            return
        record(AgreementRemoved(agreement_id=agreement_id, **_where(subject)), actor=actor)
        _tell(subject, N_("UDI has taken out an agreement that was noted by mistake"), removed.title)


def _subject(unit_id: int, actor: Actor) -> Found:
    subject = organisations.get(unit_id, actor=actor)
    require(actor, AGREEMENT_RECORD, subject)
    return subject


def _where(subject: Found) -> dict[str, Any]:
    return {
        "subject_id": subject.unit_id,
        "national_id": subject.national_id,
        "regional_id": subject.regional_id,
        "owner_id": subject.unit_id,
    }


def _tell(subject: Found, title: str, agreement: str) -> None:
    notify(
        unit_id=subject.unit_id,
        kind="agreement",
        title_id=title,
        body_id=_READ_IT,
        values={"name": subject.name, "title": agreement},
        href=f"/organisasjoner/{subject.unit_id}/avtaler",
    )
