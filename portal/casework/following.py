"""Cases that follow a site to another region: those nobody has decided, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from portal.access.actor import Actor
from portal.casework.appeals.workflow import KIND as APPEAL
from portal.casework.models import Case
from portal.casework.passing import passed_on, tell_former
from portal.database import db, read

UNDECIDED = ("waiting", "returned")


@dataclass(frozen=True, slots=True)
class _Moving:
    """A case on the move. Satisfies `Subject`."""

    id: int
    kind: str
    number: str | None
    state: str
    version: int
    plugin: str | None
    national_id: int | None
    regional_id: int | None
    local_id: int | None
    owner_id: int
    handler_id: int | None


def open_cases(unit_id: int) -> Select[Any]:
    """How many cases at a unit, or with it as their site, nobody has finished: a count to be read."""
    here = or_(Case.regional_id == unit_id, Case.local_id == unit_id)
    unfinished = Case.state_kind.in_((*UNDECIDED, "granted"))
    return select(func.count()).select_from(Case).where(here, unfinished)


def follow(site_id: int, region_id: int, to_id: int, *, reason: str, actor: Actor | None) -> int:
    """Let a site's undecided cases at `region_id` go to `to_id`, files and all; gives how many.

    What is decided stays with those who decided it, and so do appeals against it. A case that was passed to
    some other region stays there. Who had a case is told that it is theirs no more.
    """
    statement: Any = select(
        Case.id, Case.kind, Case.number, Case.state, Case.version, Case.plugin, Case.national_id,
        Case.regional_id, Case.local_id, Case.owner_id, Case.handler_id,
    ).where(
        Case.local_id == site_id,
        Case.regional_id == region_id,
        Case.state_kind.in_(UNDECIDED),
        Case.kind != APPEAL,
    )  # fmt: skip
    found = [_Moving(*tuple(row)) for row in read(statement.order_by(Case.id).with_for_update())]
    for case in found:
        _pass_on(case, to_id, reason, actor)
    return len(found)


def _pass_on(case: _Moving, to_id: int, reason: str, actor: Actor | None) -> None:
    values = {"regional_id": to_id, "handler_id": None, "version": Case.version + 1}
    db.session.execute(update(Case).where(Case.id == case.id).values(values))
    passed_on(case, to_id, reason=reason, actor=actor)
    tell_former(case, actor=None, href="/min-side")  # it may be out of their reach now
