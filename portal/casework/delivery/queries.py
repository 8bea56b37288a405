"""Reading how letters fare: for the case's page, and those that wait to be printed and posted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.access.actor import Actor
from portal.access.lists import scoped_page
from portal.casework.delivery.models import LetterChoice
from portal.casework.models import Case, LetterDelivery
from portal.casework.permissions import LETTER_POST
from portal.database import read, read_one
from portal.documents.models import Document
from portal.identity.models import Person
from portal.units.models import Unit
from portal.web.kit.paging import Page, decode_key, page_of


@dataclass(frozen=True, slots=True)
class Delivered:
    """How one letter has fared."""

    document_id: int
    channel: str
    available_at: datetime | None
    again_at: datetime | None
    opened_at: datetime | None
    opened_by: str | None
    proof: str | None
    posted_at: datetime | None


_DELIVERED: Any = select(
    LetterDelivery.document_id,
    LetterDelivery.channel,
    LetterDelivery.available_at,
    LetterDelivery.again_at,
    LetterDelivery.opened_at,
    Person.name,
    LetterDelivery.proof,
    LetterDelivery.posted_at,
).outerjoin(Person, Person.id == LetterDelivery.opened_by)
_TO_POST: Any = (
    select(
        Document.created_at,
        LetterDelivery.id,
        LetterDelivery.document_id,
        Case.number,
        Document.title,
        Unit.name.label("recipient"),
        func.coalesce(LetterChoice.address, "").label("address"),
        Document.state,
    )
    .select_from(LetterDelivery)
    .join(Case, Case.id == LetterDelivery.case_id)
    .join(Document, Document.id == LetterDelivery.document_id)
    .join(Unit, Unit.id == Case.owner_id)
    .outerjoin(LetterChoice, LetterChoice.unit_id == Case.owner_id)
    .where(LetterDelivery.channel == "post", LetterDelivery.posted_at.is_(None))
)


def delivered(case_id: int) -> dict[int, Delivered]:
    """Document id → how it has fared. For a case already judged in reach; names are for staff."""
    rows = read(_DELIVERED.where(LetterDelivery.case_id == case_id))
    return {row[0]: Delivered(*tuple(row)) for row in rows}


def to_post(actor: Actor, after: str | None) -> Page[Any]:
    """A page of letters to print and post, newest first."""
    rows: Any = scoped_page(
        _TO_POST,
        Case,
        (Document.created_at, LetterDelivery.id),
        actor=actor,
        permission=LETTER_POST,
        after=decode_key(after, (datetime.fromisoformat, int)),
    )
    return page_of(rows, lambda row: (row.created_at, row.id))


def choice_of(unit_ids: Iterable[int]) -> tuple[int, str, bool, str] | None:
    """(unit, name, by post, address) of the individual among the units, or None."""
    row: Any = read_one(
        select(
            Unit.id,
            Unit.name,
            func.coalesce(LetterChoice.by_post, False),
            func.coalesce(LetterChoice.address, ""),
        )
        .outerjoin(LetterChoice, LetterChoice.unit_id == Unit.id)
        .where(Unit.id.in_(list(unit_ids)), Unit.kind == "individual")
    )
    return tuple(row) if row is not None else None


__all__ = ["Delivered", "choice_of", "delivered", "to_post"]
