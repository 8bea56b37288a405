"""Asking to act for an organisation that is here already: its leaders answer, or UDI where none is left."""

from __future__ import annotations

from sqlalchemy import insert, select

from portal.access.actor import Actor
from portal.database import transaction
from portal.notifications.services import notify
from portal.organisations.events import AccessAsked
from portal.organisations.members import rescues
from portal.organisations.members.queries import leaders
from portal.organisations.models import AccessRequest
from portal.organisations.registration.queries import organisation_with
from portal.record import record
from portal.web.kit.i18n import N_


def ask_for_access(number: str, message: str, *, actor: Actor, leader_gone: bool = False) -> int:
    """Ask to act for an organisation; asking twice is asking once. Gives the id.

    Its leaders are told, if it is approved; UDI too when there is no leader, or whoever asks says that the
    leader is gone. Before it is approved, UDI sees the request with the registration.
    """
    if actor.person_id is None:
        raise ValueError("an anonymous visitor cannot ask")
    with transaction(actor=actor) as session:
        open_one = select(AccessRequest.id).where(
            AccessRequest.person_id == actor.person_id,
            AccessRequest.number == number,
            AccessRequest.state == "open",
        )
        known: int | None = session.execute(open_one).scalar()
        if known is not None:
            return known
        found = organisation_with(number)
        unit_id = found[0] if found else None
        values = {
            "number": number,
            "unit_id": unit_id,
            "person_id": actor.person_id,
            "message": message,
            "leader_gone": leader_gone,
        }
        made: int = session.execute(
            insert(AccessRequest).values(values).returning(AccessRequest.id)
        ).scalar_one()
        record(AccessAsked(subject_id=made, owner_id=unit_id), actor=actor)
        if found is not None:
            _tell(found, actor, leader_gone)
    return made


def _tell(organisation: tuple[int, str], actor: Actor, leader_gone: bool) -> None:
    unit_id, name = organisation
    there = leaders(unit_id)
    if leader_gone or not there:
        rescues.open_for(unit_id, "asked" if there else "no_leader", actor=actor)
    notify(
        person_ids=there,
        kind="access_request",
        title_id=N_("%(person)s asks to act for %(organisation)s"),
        body_id=N_("Decide whether to let them in, and with which role."),
        values={"person": actor.name, "organisation": name},
        href=f"/organisasjoner/{unit_id}/medlemmer",
    )
