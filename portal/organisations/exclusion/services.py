"""Ending the cooperation with an organisation, with a notice first (fvl. § 16), and taking it up again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import require, require_proof
from portal.database import db, read, transaction
from portal.jobs import job, once
from portal.notifications.services import notify
from portal.organisations import queries as organisations
from portal.organisations.affiliation.models import Affiliation
from portal.organisations.exclusion import queries
from portal.organisations.exclusion.events import (
    ExclusionAnswered,
    ExclusionDecided,
    ExclusionLifted,
    ExclusionNoticed,
)
from portal.organisations.exclusion.models import Exclusion
from portal.organisations.models import Organisation
from portal.organisations.permissions import EXCLUSION_DECIDE, OWN_EDIT, OWN_READ, REGISTRATION_HANDLE
from portal.organisations.queries import Found
from portal.record import record
from portal.web.kit.i18n import N_

SHORTEST = timedelta(days=14)
"""How long an organisation has to answer, at least: the law says a stated time; the length is ours."""
_SEE = N_("Read why, and what you can do, on the organisation's page.")


class ExclusionRefused(Exception):
    """It cannot be done; `code`: own_case, open_already, too_soon, not_heard, same_person, moved."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def give_notice(unit_id: int, reason: str, legal_basis: str, answer_by: date, *, actor: Actor) -> int:
    """Tell an organisation that UDI considers ending the cooperation, and why. Gives the case's id.

    Raises `OutOfReach`, `Denied`, `ExclusionRefused`.
    """
    if answer_by < clock.today() + SHORTEST:
        raise ExclusionRefused("too_soon")
    try:
        with transaction(actor=actor) as session:
            subject = _staff(unit_id, REGISTRATION_HANDLE, actor)
            values = {
                "unit_id": unit_id,
                "reason": reason,
                "legal_basis": legal_basis,
                "answer_by": answer_by,
                "noticed_by": actor.person_id,
                **_scope(subject),
            }
            made: int = session.execute(insert(Exclusion).values(values).returning(Exclusion.id)).scalar_one()
            about = {"subject_id": unit_id, "exclusion_id": made, **_scope(subject)}
            record(ExclusionNoticed(answer_by=answer_by.isoformat(), **about), actor=actor)
            _tell(subject, N_("UDI considers ending the cooperation with %(name)s"), _ANSWER)
    except IntegrityError as error:
        if "uq_organisation_exclusion_open" not in str(error.orig):
            raise
        raise ExclusionRefused("open_already") from None
    return made


def answer(unit_id: int, text: str, *, version: int, actor: Actor) -> None:
    """What the organisation says to the notice; once. Raises `OutOfReach`, `Denied`, `ExclusionRefused`."""
    with transaction(actor=actor):
        subject = organisations.get(unit_id, actor=actor)
        require(actor, OWN_EDIT, subject)
        case = queries.open_case(unit_id)
        if case.replied_at is not None:
            raise ExclusionRefused("moved")
        values = {"reply": text, "replied_by": actor.person_id, "replied_at": func.now()}
        _move(case.id, "noticed", version, values)
        about = {"subject_id": unit_id, "exclusion_id": case.id, **_scope(subject)}
        record(ExclusionAnswered(**about), actor=actor)
        notify(
            unit_id=subject.regional_id or subject.national_id,
            kind="exclusion",
            title_id=N_("%(name)s has answered the notice on ending the cooperation"),
            body_id=N_("Read the answer. Somebody else than who gave notice decides."),
            values={"name": subject.name},
            href=f"/organisasjoner/{unit_id}/samarbeid",
        )


def decide(unit_id: int, outcome: str, reason: str, *, version: int, actor: Actor) -> None:
    """End the cooperation (`excluded`) or let it go on (`dropped`), when the organisation has been heard.

    Who gave notice does not decide. Raises `OutOfReach`, `Denied`, `ExclusionRefused`.
    """
    if outcome not in ("excluded", "dropped"):
        raise ValueError(outcome)
    with transaction(actor=actor):
        subject = _staff(unit_id, EXCLUSION_DECIDE, actor)
        case = queries.open_case(unit_id)
        if case.noticed_by == actor.person_id:
            raise ExclusionRefused("same_person")
        if outcome == "excluded" and not case.heard:
            raise ExclusionRefused("not_heard")
        values = {
            "state": outcome,
            "decision_reason": reason,
            "decided_by": actor.person_id,
            "decided_at": func.now(),
        }
        _move(case.id, "noticed", version, values)
        about = {"subject_id": unit_id, "exclusion_id": case.id, **_scope(subject)}
        record(ExclusionDecided(outcome=outcome, **about), actor=actor)
        if outcome == "excluded":
            _stand(unit_id, "excluded")
            _tell(subject, N_("UDI has ended the cooperation with %(name)s"), _SEE)
        else:
            _tell(subject, N_("The cooperation between UDI and %(name)s goes on"), _SEE)


def lift(unit_id: int, reason: str, *, version: int, actor: Actor) -> None:
    """Take the cooperation up again. Raises `OutOfReach`, `Denied`, `ExclusionRefused`."""
    with transaction(actor=actor):
        subject = _staff(unit_id, EXCLUSION_DECIDE, actor)
        case = queries.open_case(unit_id)
        values = {"state": "lifted", "lift_reason": reason, "lifted_by": actor.person_id}
        _move(case.id, "excluded", version, {**values, "lifted_at": func.now()})
        _stand(unit_id, "active")
        about = {"subject_id": unit_id, "exclusion_id": case.id, **_scope(subject)}
        record(ExclusionLifted(**about), actor=actor)
        _tell(subject, N_("UDI has taken up the cooperation with %(name)s again"), _SEE)


@job("organisations.tell_branches")
def tell_branches(unit_id: int, standing: str) -> None:
    """Tell those who belong to an organisation that it is out or in again: the fact, never why."""
    with once():
        for row in read(_BRANCHES.where(Affiliation.parent_id == unit_id)):
            notify(
                unit_id=row.branch_id,
                kind="exclusion",
                title_id=_BELOW[standing],
                body_id=N_(
                    "Your own registration stands as it is. Ask UDI if you wonder what it means for you."
                ),
                values={"name": row.name},
                href=f"/organisasjoner/{row.branch_id}/tilknytning",
            )


_BRANCHES = (
    select(Affiliation.branch_id, Organisation.name)
    .join(Organisation, Organisation.unit_id == Affiliation.parent_id)
    .where(Affiliation.state == "confirmed")
    .order_by(Affiliation.id)
)
_BELOW = {
    "excluded": N_("%(name)s, which you belong to, is no longer part of the cooperation with UDI."),
    "active": N_("%(name)s, which you belong to, is part of the cooperation with UDI again"),
}
_ANSWER = N_("You can say what you think before UDI decides. Read why, and answer.")


def _staff(unit_id: int, permission: Any, actor: Actor) -> Found:
    """The organisation; nobody handles the case of one they belong to (fvl. § 6)."""
    subject = organisations.get(unit_id, actor=actor)
    require(actor, permission, subject)
    require_proof(actor, permission)
    if unit_id in _own_units(actor):
        raise ExclusionRefused("own_case")
    return subject


def _own_units(actor: Actor) -> frozenset[int]:
    reach = actor.reach.get(OWN_READ.name)
    return frozenset(reach.owner) if reach else frozenset()


def _move(case_id: int, state: str, version: int, values: dict[str, Any]) -> None:
    moved = db.session.execute(
        update(Exclusion)
        .where(Exclusion.id == case_id, Exclusion.state == state, Exclusion.version == version)
        .values(version=Exclusion.version + 1, **values)
        .returning(Exclusion.id)
    ).first()
    if moved is None:
        raise ExclusionRefused("moved")


def _stand(unit_id: int, standing: str) -> None:
    changed = update(Organisation).where(Organisation.unit_id == unit_id)
    db.session.execute(changed.values(state=standing, version=Organisation.version + 1))
    tell_branches.defer(unit_id=unit_id, standing=standing)


def _scope(subject: Found) -> dict[str, Any]:
    return {
        "national_id": subject.national_id,
        "regional_id": subject.regional_id,
        "local_id": subject.local_id,
        "owner_id": subject.unit_id,
    }


def _tell(subject: Found, title: str, body: str) -> None:
    notify(
        unit_id=subject.unit_id,
        kind="exclusion",
        title_id=title,
        body_id=body,
        values={"name": subject.name},
        href=f"/organisasjoner/{subject.unit_id}/samarbeid",
    )
