"""Telling people: a notice in the portal and a mail, stored with what they are told of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, insert, select, update

from portal import settings
from portal.access.actor import Actor
from portal.access.models import Assignment
from portal.database import db, in_transaction, read, transaction
from portal.notifications.mail import send_mail
from portal.notifications.models import Mail, Notice, UnitMessage
from portal.units.models import Unit


def notify(
    *,
    person_ids: Iterable[int] = (),
    unit_id: int | None = None,
    kind: str,
    title_id: str,
    body_id: str,
    values: dict[str, Any],
    href: str,
    registered: bool = False,
) -> list[int]:
    """Tell these persons, and everybody with a role at `unit_id`, inside the caller's transaction.

    `title_id` and `body_id` are English message ids with `%(name)s` places filled from `values` (JSON);
    `href` is a path of the portal. What a party's unit is told is kept as its message, for those who come to
    act for it later; what persons are told stays theirs. `registered`: the mail of who has an address in the
    contact register goes there (eForvaltningsforskriften § 8). Gives the notices' ids.
    Raises `RuntimeError` outside a transaction.
    """
    if not in_transaction():
        raise RuntimeError("a notice is stored with what it tells of, in one transaction")
    if unit_id is not None:
        _keep(unit_id, kind, title_id, body_id, values, href)
    receivers = set(person_ids) | (_at_unit(unit_id) if unit_id is not None else set())
    told = (kind, title_id, body_id, values, href)
    return [_tell(person, *told, registered=registered) for person in sorted(receivers)]


def mark_read(*, actor: Actor) -> None:
    """Mark all of the actor's notices as read."""
    with transaction(actor=actor) as session:
        session.execute(
            update(Notice)
            .where(Notice.person_id == actor.person_id, Notice.read_at.is_(None))
            .values(read_at=func.now())
        )


def _at_unit(unit_id: int) -> set[int]:
    rows = read(
        select(Assignment.person_id).where(
            Assignment.unit_id == unit_id,
            Assignment.ended_at.is_(None),
            func.coalesce(Assignment.valid_to, func.now()) >= func.now(),
        )
    )
    return {row.person_id for row in rows}


def _keep(unit_id: int, kind: str, title_id: str, body_id: str, values: dict[str, Any], href: str) -> None:
    if db.session.execute(select(Unit.tree).where(Unit.id == unit_id)).scalar() == "civil":
        db.session.execute(
            insert(UnitMessage).values(
                unit_id=unit_id, kind=kind, title_id=title_id, body_id=body_id, values=values, href=href
            )
        )


def _tell(
    person: int,
    kind: str,
    title_id: str,
    body_id: str,
    values: dict[str, Any],
    href: str,
    *,
    registered: bool,
) -> int:
    notice_id: int = db.session.execute(
        insert(Notice)
        .values(person_id=person, kind=kind, title_id=title_id, body_id=body_id, values=values, href=href)
        .returning(Notice.id)
    ).scalar_one()
    host = urlsplit(settings.current().base_url).hostname or "portal"
    message_id = f"<notice-{notice_id}@{host}>"
    db.session.execute(insert(Mail).values(notice_id=notice_id, message_id=message_id, registered=registered))
    send_mail.defer(notice_id=notice_id)
    return notice_id
