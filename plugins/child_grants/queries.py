"""Reading what reception centres are asked and have said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from plugins.child_grants.models import SiteContact
from plugins.child_grants.permissions import SITE_CONTACT_ANSWER
from portal.pluginkit.access import Actor, OutOfReach, visible
from portal.pluginkit.storage import read

MOST = 50


@dataclass(frozen=True, slots=True)
class Contact:
    """One reception centre in one case, with the centre's place."""

    id: int
    case_id: int
    unit_id: int
    plugin: str
    national_id: int | None
    regional_id: int | None
    local_id: int | None
    owner_id: int | None
    sent: dict[str, Any]
    asked_at: datetime
    told: int
    closed_at: datetime | None
    answer: str | None
    answered_on: date | None
    note: str
    answered_by: int | None
    recorded_by: int | None
    version: int

    @property
    def title(self) -> str:
        """What the applicant calls the activity."""
        return str(self.sent["answers"].get("title") or "")


_COLUMNS = [getattr(SiteContact, one.name) for one in fields(Contact)]
_OF_CASE: Any = select(*_COLUMNS).where(SiteContact.case_id == bindparam("case_id"))
_LATEST: Any = select(*_COLUMNS).order_by(SiteContact.id.desc()).limit(MOST)
_WAITING: Any = (
    select(
        SiteContact.id,
        SiteContact.sent["applicant"].astext.label("applicant"),
        func.coalesce(SiteContact.sent["answers"]["title"].astext, "").label("title"),
    )
    .where(SiteContact.answer.is_(None), SiteContact.closed_at.is_(None))
    .order_by(SiteContact.id)
    .limit(5)
)


def contacts_of(case_id: int) -> dict[int, Contact]:
    """Site's unit id → what it was asked and said. For a case already judged in reach."""
    return {row.unit_id: Contact(*tuple(row)) for row in read(_OF_CASE, {"case_id": case_id})}


def asked(actor: Actor) -> list[Contact]:
    """What the actor's own sites have been asked, newest first."""
    rows = read(_LATEST.where(visible(actor, SITE_CONTACT_ANSWER, SiteContact)))
    return [Contact(*tuple(row)) for row in rows]


def waiting(actor: Actor) -> Sequence[Any]:
    """(id, applicant, title) of what waits for an answer from the actor's own sites, oldest first."""
    return read(_WAITING.where(visible(actor, SITE_CONTACT_ANSWER, SiteContact)))


def get_contact(contact_id: int, *, actor: Actor) -> Contact:
    """One of them, if the actor answers for the site now. Raises `OutOfReach`."""
    statement = select(*_COLUMNS).where(
        SiteContact.id == contact_id, visible(actor, SITE_CONTACT_ANSWER, SiteContact)
    )
    rows = read(statement)
    if not rows:
        raise OutOfReach(f"site contact {contact_id}")
    return Contact(*tuple(rows[0]))
