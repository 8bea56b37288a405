"""Claiming a parent, answering a claim, ending an affiliation, choosing what the parent sees.

An affiliation gives nobody a role and changes nobody's reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor, Place
from portal.access.policy import OutOfReach, require
from portal.database import transaction
from portal.notifications.services import notify
from portal.organisations import queries as organisations
from portal.organisations.affiliation import queries
from portal.organisations.affiliation.events import AffiliationMoved, SharingChanged
from portal.organisations.affiliation.models import Affiliation
from portal.organisations.affiliation.vocabulary import SHARED_AT_FIRST, SHARES
from portal.organisations.members.queries import leaders
from portal.organisations.models import Organisation
from portal.organisations.permissions import MEMBER_MANAGE
from portal.record import record
from portal.web.kit.i18n import N_

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7203041)")
# step: (whose step it is, from, to)
STEPS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "confirm": ("parent", ("claimed",), "confirmed"),
    "decline": ("parent", ("claimed",), "declined"),
    "withdraw": ("branch", ("claimed",), "withdrawn"),
    "leave": ("branch", ("confirmed",), "ended"),
    "end": ("parent", ("confirmed",), "ended"),
}
_TOLD = {
    "confirm": N_("%(name)s has confirmed that you belong to it"),
    "decline": N_("%(name)s has answered that you do not belong to it"),
    "withdraw": N_("%(name)s no longer claims to belong to you"),
    "leave": N_("%(name)s has ended the affiliation with you"),
    "end": N_("%(name)s has ended the affiliation with you"),
}


class AffiliationRefused(Exception):
    """It cannot be done; `code` says why: itself, circle, open_already, not_a_parent, moved."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def claim(branch_id: int, parent_id: int, *, actor: Actor) -> int:
    """Say that the branch belongs to a registered organisation; gives the affiliation's id.

    The same claim twice is one. Raises `OutOfReach`, `Denied`, `AffiliationRefused`.
    """
    with transaction(actor=actor) as session:
        branch = _led(branch_id, actor)
        session.execute(_ONE_AT_A_TIME)
        known = _open(session, branch_id)
        if known is not None and known.parent_id == parent_id:
            return int(known.id)
        _check(session, branch_id, parent_id, known)
        made: int = session.execute(
            insert(Affiliation)
            .values(
                branch_id=branch_id,
                parent_id=parent_id,
                shares=list(SHARED_AT_FIRST),
                claimed_by=actor.person_id,
            )
            .returning(Affiliation.id)
        ).scalar_one()
        _record("claim", made, (branch_id, parent_id), branch, actor)
        title = N_("%(name)s says it belongs to you")
        _tell(parent_id, title, branch.name)
    return made


def step(affiliation_id: int, name: str, *, unit_id: int, version: int, actor: Actor) -> None:
    """Take one of `STEPS` for the organisation `unit_id`.

    Raises `OutOfReach`, `Denied`, `AffiliationRefused`.
    """
    side, sources, target = STEPS[name]
    with transaction(actor=actor) as session:
        own = _led(unit_id, actor)
        found = queries.one(affiliation_id, side=side, unit_id=unit_id)
        moved = session.execute(
            update(Affiliation)
            .where(
                Affiliation.id == affiliation_id,
                Affiliation.state.in_(sources),
                Affiliation.version == version,
            )
            .values(state=target, version=Affiliation.version + 1, **_dated(target, actor))
            .returning(Affiliation.id)
        ).first()
        if moved is None:
            raise AffiliationRefused("moved")
        _record("end" if name == "leave" else name, found.id, (found.branch_id, found.parent_id), own, actor)
        _tell(found.parent_id if side == "branch" else found.branch_id, _TOLD[name], own.name)


def share(affiliation_id: int, shares: Sequence[str], *, unit_id: int, version: int, actor: Actor) -> None:
    """Choose what the parent sees, of `SHARES`. Raises `OutOfReach`, `Denied`, `AffiliationRefused`."""
    with transaction(actor=actor) as session:
        own = _led(unit_id, actor)
        found = queries.one(affiliation_id, side="branch", unit_id=unit_id)
        chosen = [code for code in SHARES if code in shares]
        moved = session.execute(
            update(Affiliation)
            .where(
                Affiliation.id == affiliation_id,
                Affiliation.state.in_(queries.OPEN),
                Affiliation.version == version,
            )
            .values(shares=chosen, version=Affiliation.version + 1)
            .returning(Affiliation.id)
        ).first()
        if moved is None:
            raise AffiliationRefused("moved")
        where = {"national_id": own.national_id, "regional_id": own.regional_id, "owner_id": unit_id}
        record(SharingChanged(subject_id=found.id, shares=", ".join(chosen), **where), actor=actor)


def _led(unit_id: int, actor: Actor) -> organisations.Found:
    subject = organisations.get(unit_id, actor=actor)
    require(actor, MEMBER_MANAGE, Place(owner_id=subject.owner_id))
    return subject


def _open(session: Session, branch_id: int) -> Any:
    return session.execute(
        select(Affiliation.id, Affiliation.parent_id).where(
            Affiliation.branch_id == branch_id, Affiliation.state.in_(queries.OPEN)
        )
    ).first()


def _check(session: Session, branch_id: int, parent_id: int, known: Any) -> None:
    if branch_id == parent_id:
        raise AffiliationRefused("itself")
    if known is not None:
        raise AffiliationRefused("open_already")
    kind = session.execute(select(Organisation.kind).where(Organisation.unit_id == parent_id)).scalar()
    if kind is None:
        raise OutOfReach(parent_id)
    if kind in queries.NEVER_PARENTS:
        raise AffiliationRefused("not_a_parent")
    # Claims count as much as confirmed ones here, so that no answer can close a circle.
    up: int | None = parent_id
    for _ in range(queries.DEEPEST * 10):
        found = _open(session, up) if up is not None else None
        up = found.parent_id if found else None
        if up is None:
            return
        if up == branch_id:
            break
    raise AffiliationRefused("circle")


def _dated(target: str, actor: Actor) -> dict[str, Any]:
    if target == "ended":
        return {"valid_to": clock.today(), "ended_by": actor.person_id}
    answered = {"answered_by": actor.person_id, "answered_at": func.now()}
    if target == "confirmed":
        return {**answered, "valid_from": clock.today()}
    return answered if target == "declined" else {"ended_by": actor.person_id}


def _record(
    name: str, affiliation_id: int, pair: tuple[int, int], own: organisations.Found, actor: Actor
) -> None:
    record(
        AffiliationMoved(
            subject_id=affiliation_id,
            national_id=own.national_id,
            regional_id=own.regional_id,
            owner_id=own.unit_id,
            step=name,
            branch_id=pair[0],
            parent_id=pair[1],
        ),
        actor=actor,
    )


def _tell(unit_id: int, title: str, name: str) -> None:
    notify(
        person_ids=leaders(unit_id),
        kind="affiliation",
        title_id=title,
        body_id=N_(
            "You can see it, and answer where an answer is wanted, under the organisation's affiliation."
        ),
        values={"name": name},
        href=f"/organisasjoner/{unit_id}/tilknytning",
    )
