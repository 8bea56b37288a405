"""Handing in an organisation's papers."""

from __future__ import annotations

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from portal.access.actor import Actor, Place
from portal.access.policy import require
from portal.database import transaction
from portal.documents import services as documents
from portal.organisations import queries as organisations
from portal.organisations.models import Organisation, Paper
from portal.organisations.papers.events import PaperKept
from portal.organisations.papers.queries import KIND_LABELS
from portal.organisations.permissions import ORGANISATION_READ, OWN_READ, PAPER_KEEP
from portal.record import record


def keep(unit_id: int, kind: str, year: int, content: bytes, filename: str, *, actor: Actor) -> int:
    """Keep a paper for a year; one of the same kind and year is replaced, and stays readable. Gives the id.

    Raises `OutOfReach`, `Denied`, `UploadRefused`, `ValueError` for a kind that is not kept.
    """
    if kind not in KIND_LABELS:
        raise ValueError(kind)
    with transaction(actor=actor) as session:
        subject = organisations.get(unit_id, actor=actor)
        require(actor, PAPER_KEEP, subject)
        place = Place(subject.national_id, subject.regional_id, owner_id=unit_id)
        document_id = documents.store(
            content=content,
            filename=filename,
            place=place,
            read_permissions=[OWN_READ.name, ORGANISATION_READ.name],
            actor=actor,
        )
        made = _replace(session, unit_id, kind, year, document_id, actor)
        record(
            PaperKept(
                subject_id=unit_id,
                national_id=subject.national_id,
                regional_id=subject.regional_id,
                owner_id=unit_id,
                kind=kind,
                year=year,
                document_id=document_id,
            ),
            actor=actor,
        )
    return made


def _replace(session: Session, unit_id: int, kind: str, year: int, document_id: int, actor: Actor) -> int:
    # One at a time for an organisation: of two sent at once, one replaces the other.
    session.execute(select(Organisation.unit_id).where(Organisation.unit_id == unit_id).with_for_update())
    same = (Paper.unit_id == unit_id, Paper.kind == kind, Paper.year == year, Paper.replaced_at.is_(None))
    before = session.execute(
        update(Paper).where(*same).values(replaced_at=func.now()).returning(Paper.id)
    ).scalar()
    values = {"unit_id": unit_id, "kind": kind, "year": year, "document_id": document_id}
    made: int = session.execute(
        insert(Paper).values(**values, kept_by=actor.person_id).returning(Paper.id)
    ).scalar_one()
    if before is not None:
        session.execute(update(Paper).where(Paper.id == before).values(replaced_by=made))
    return made
