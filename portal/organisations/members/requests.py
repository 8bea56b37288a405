"""Answering somebody who asked to act for an organisation: once, whoever answers."""

from __future__ import annotations

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.access.policy import OutOfReach
from portal.organisations.models import AccessRequest


def close_request(session: Session, unit_id: int, request_id: int, state: str, actor: Actor) -> int:
    """Answer an open request at `unit_id` with `state` and give the id of the person who asked.

    The caller has checked the right. Raises `OutOfReach` when it is not there or answered already.
    """
    row = session.execute(
        update(AccessRequest)
        .where(
            AccessRequest.id == request_id, AccessRequest.unit_id == unit_id, AccessRequest.state == "open"
        )
        .values(state=state, answered_at=func.now(), answered_by=actor.person_id)
        .returning(AccessRequest.person_id)
    ).first()
    if row is None:
        raise OutOfReach(request_id)
    person_id: int = row.person_id
    return person_id
