"""Withdrawing a recorded mandate (*fullmakt*): the signatory's right ends with it, at once."""

from __future__ import annotations

from sqlalchemy import func, select, update

from portal.access import assignments
from portal.access.actor import Actor
from portal.access.models import Assignment
from portal.access.policy import OutOfReach, require
from portal.database import switch_transaction
from portal.notifications.services import notify
from portal.organisations import queries as organisations
from portal.organisations.members.events import MandateWithdrawn
from portal.organisations.models import Invitation
from portal.organisations.permissions import MEMBER_MANAGE
from portal.record import record
from portal.web.kit.i18n import N_


def withdraw(unit_id: int, assignment_id: int, *, actor: Actor) -> None:
    """Withdraw a signatory's mandate; the document stays, as what once was handed in.

    Raises `OutOfReach` for a role that is not a signatory's here, `Denied`, `AssignmentRefused` when it has
    ended already.
    """
    with switch_transaction(actor=actor) as session:
        subject = organisations.get(unit_id, actor=actor)
        require(actor, MEMBER_MANAGE, subject)
        person_id: int | None = session.execute(
            select(Assignment.person_id).where(
                Assignment.id == assignment_id, Assignment.unit_id == unit_id, Assignment.role == "signatory"
            )
        ).scalar()
        if person_id is None:
            raise OutOfReach(assignment_id)
        assignments.conclude(session, assignment_id, "mandate withdrawn", actor=actor)
        session.execute(
            update(Invitation)
            .where(
                Invitation.unit_id == unit_id,
                Invitation.accepted_by == person_id,
                Invitation.mandate_id.is_not(None),
                Invitation.mandate_withdrawn_at.is_(None),
            )
            .values(mandate_withdrawn_at=func.now())
        )
        scope = {"national_id": subject.national_id, "regional_id": subject.regional_id, "owner_id": unit_id}
        record(MandateWithdrawn(subject_id=unit_id, person_id=person_id, **scope), actor=actor)
        notify(
            person_ids=[person_id],
            kind="member",
            title_id=N_("Your mandate to sign for %(organisation)s is withdrawn"),
            body_id=N_("You can no longer sign or send for it. Ask its leader if you think this is wrong."),
            values={"organisation": subject.name},
            href="/min-side/tilgang",
        )
