"""Many roles at once: each row by every rule, on its own; a refused row leaves nothing and says why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.access.assignment_rules import require_manage, unit_row
from portal.access.assignments import appoint, conclude
from portal.access.policy import Denied, OutOfReach
from portal.access.refusals import AssignmentRefused
from portal.access.renewing import prolong
from portal.database import switch_transaction
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

AT_MOST = 50
"""Rows in one go: a mistake stays small, and the house stands still no longer than it must."""


class TooManyRows(ValueError):
    """More than `AT_MOST` rows were asked for at once."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row: `key` is what it was asked by; `refusal` None where it was done."""

    key: int
    refusal: LazyString | None = None


def end_many(assignment_ids: Sequence[int], reason: str, *, actor: Actor) -> list[Outcome]:
    """End each of these roles now. Raises `TooManyRows`, `ProofNeeded`, `GenerationMoved`."""
    with switch_transaction(actor=actor) as session:
        return _each(session, assignment_ids, lambda one: conclude(session, one, reason, actor=actor))


def renew_many(
    assignment_ids: Sequence[int], valid_to: datetime | None, reason: str, *, actor: Actor
) -> list[Outcome]:
    """Give each of these roles a new end. Raises as `end_many`."""
    with switch_transaction(actor=actor) as session:
        return _each(
            session, assignment_ids, lambda one: prolong(session, one, valid_to, reason, actor=actor)
        )


def grant_many(
    person_ids: Sequence[int],
    role: str,
    unit_id: int,
    valid_from: datetime,
    valid_to: datetime | None,
    reason: str,
    *,
    actor: Actor,
) -> list[Outcome]:
    """Give each of these persons a role at one unit. Raises as `end_many`, and `Denied`, `OutOfReach`."""
    if not reason.strip():
        raise AssignmentRefused("reason_missing")
    with switch_transaction(actor=actor) as session:
        require_manage(actor, unit_row(session, unit_id))
        make = partial(_one, session, role, unit_id, valid_from, valid_to, reason, actor)
        return _each(session, person_ids, make)


def _one(
    session: Session,
    role: str,
    unit_id: int,
    valid_from: datetime,
    valid_to: datetime | None,
    reason: str,
    actor: Actor,
    person_id: int,
) -> None:
    if person_id == actor.person_id:
        raise AssignmentRefused("to_oneself")
    appoint(
        session,
        person_id,
        role,
        unit_id,
        valid_from,
        valid_to,
        reason,
        granted_by=actor.person_id,
        actor=actor,
    )


def _each(session: Session, keys: Sequence[int], do: Callable[[int], object]) -> list[Outcome]:
    if len(keys) > AT_MOST:
        raise TooManyRows
    return [Outcome(key, _tried(session, key, do)) for key in dict.fromkeys(keys)]


def _tried(session: Session, key: int, do: Callable[[int], object]) -> LazyString | None:
    """None when it was done; otherwise why not, with everything the row had written taken back."""
    try:
        with session.begin_nested():
            do(key)
    except AssignmentRefused as refused:
        return refused.text
    except Denied:
        return _("You do not give roles at this unit.")
    except OutOfReach:
        return _("We find no such role within what you may see.")
    return None
