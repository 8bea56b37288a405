"""Who may act for an organisation: inviting, accepting, withdrawing, answering those who ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access import assignments
from portal.access.actor import Actor, Place
from portal.access.assignments import appoint
from portal.access.models import Assignment
from portal.access.policy import OutOfReach, allowed, require
from portal.access.refusals import AssignmentRefused
from portal.database import read_one, switch_transaction, transaction
from portal.documents import services as documents
from portal.identity.context import actor_of
from portal.notifications.services import notify
from portal.organisations import queries as organisations
from portal.organisations.events import AccessRefused, InvitationWithdrawn, MemberInvited, MemberJoined
from portal.organisations.following.services import close_new_people
from portal.organisations.links import new_link
from portal.organisations.members import queries, rescues
from portal.organisations.members.events import HandedOver
from portal.organisations.members.mail import send_invitation
from portal.organisations.members.requests import close_request
from portal.organisations.models import Invitation
from portal.organisations.permissions import MEMBER_MANAGE, ORGANISATION_READ, OWN_READ, REGISTRATION_HANDLE
from portal.organisations.queries import Found
from portal.organisations.vocabulary import MEMBER_ROLES
from portal.record import record
from portal.web.kit.i18n import N_

LIVES = timedelta(days=14)


class Spent(Exception):
    """An invitation can no longer be accepted; `code` is used, withdrawn, expired or inviter_left."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate (*fullmakt*) as it was handed in, and the last day it stands, if it has one."""

    content: bytes
    filename: str
    until: date | None = None


class MandateMissing(Exception):
    """A signatory is invited with a mandate (*fullmakt*) only."""


def invite(
    unit_id: int,
    email: str,
    role: str,
    *,
    actor: Actor,
    mandate: Mandate | None = None,
    hands_over: bool = False,
) -> str:
    """Offer a role to whoever opens the mail sent to `email`; gives the link's token, stored nowhere.

    It lives 14 days and works once. With `hands_over` the inviter stops leading when it is accepted.
    Raises `OutOfReach`, `Denied`, `MandateMissing`, `UploadRefused`, `ValueError` for a role not on offer.
    """
    if role not in MEMBER_ROLES:
        raise ValueError(role)
    if role == "signatory" and mandate is None:
        raise MandateMissing
    link = new_link()
    with transaction(actor=actor) as session:
        subject = organisations.get(unit_id, actor=actor)
        require(actor, MEMBER_MANAGE, subject)
        made: int = session.execute(
            insert(Invitation)
            .values(
                unit_id=unit_id,
                email=email,
                role=role,
                token_digest=link.digest,
                token_seed=link.seed,
                invited_by=actor.person_id,
                expires_at=clock.now() + LIVES,
                hands_over=hands_over,
                mandate_id=_keep(mandate, subject, actor) if role == "signatory" and mandate else None,
                role_until=mandate.until if role == "signatory" and mandate else None,
            )
            .returning(Invitation.id)
        ).scalar_one()
        send_invitation.defer(invitation_id=made)
        record(
            MemberInvited(subject_id=unit_id, owner_id=unit_id, role=role, invitation_id=made), actor=actor
        )
    return link.token


def _keep(mandate: Mandate, subject: Found, actor: Actor) -> int:
    return documents.store(
        content=mandate.content,
        filename=mandate.filename,
        place=Place(subject.national_id, subject.regional_id, owner_id=subject.unit_id),
        read_permissions=[OWN_READ.name, ORGANISATION_READ.name],
        actor=actor,
    )


def withdraw(unit_id: int, invitation_id: int, *, actor: Actor) -> None:
    """Make an invitation's link useless. Withdrawn or used already: nothing happens."""
    with transaction(actor=actor) as session:
        subject = organisations.get(unit_id, actor=actor)
        require(actor, MEMBER_MANAGE, subject)
        done = session.execute(
            update(Invitation)
            .where(
                Invitation.id == invitation_id,
                Invitation.unit_id == unit_id,
                Invitation.accepted_at.is_(None),
                Invitation.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=func.now(), withdrawn_by=actor.person_id)
            .returning(Invitation.id)
        ).first()
        if done is not None:
            record(
                InvitationWithdrawn(subject_id=unit_id, owner_id=unit_id, invitation_id=invitation_id),
                actor=actor,
            )


def accept(token: str, *, actor: Actor) -> int:
    """Take the offered role; gives the organisation's unit id. The person who is logged in gets it.

    Raises `OutOfReach` for an unknown link, `Spent`, and `AssignmentRefused` when they have it already.
    """
    with switch_transaction(actor=actor) as session:
        offer = queries.offer(token)
        if offer.spent is not None:
            raise Spent(offer.spent)
        if not _still_stands(offer):
            raise Spent("inviter_left")
        if offer.invited_by == actor.person_id:
            raise AssignmentRefused("to_oneself")
        session.execute(
            update(Invitation)
            .where(Invitation.id == offer.id)
            .values(accepted_at=func.now(), accepted_by=actor.person_id)
        )
        person_id = _known(actor.person_id)
        _join(session, offer.unit_id, person_id, offer.role, offer.invited_by, actor, offer.role_until)
        if offer.hands_over:
            _step_down(session, offer, actor)
        if offer.role == "leader":
            rescues.close_open(session, offer.unit_id, actor=actor, reason=offer.reason)
        notify(
            person_ids=[offer.invited_by],
            kind="member",
            title_id=N_("%(person)s now acts for %(organisation)s"),
            body_id=N_("The invitation you sent was accepted."),
            values={"person": actor.name, "organisation": offer.organisation},
            href=f"/organisasjoner/{offer.unit_id}",
        )
    return offer.unit_id


def _still_stands(offer: queries.Offer) -> bool:
    """True while whoever invited may still do so: a leader there, or UDI naming one after a check."""
    inviter = actor_of(offer.invited_by)
    if allowed(inviter, MEMBER_MANAGE, Place(owner_id=offer.unit_id)):
        return True
    place = Place(offer.national_id, offer.regional_id)
    return offer.role == "leader" and bool(offer.reason) and allowed(inviter, REGISTRATION_HANDLE, place)


def _step_down(session: Session, offer: queries.Offer, actor: Actor) -> None:
    """End the inviter's own role as leader: they asked for it, and the successor is there now."""
    held = session.execute(
        select(Assignment.id).where(
            Assignment.unit_id == offer.unit_id,
            Assignment.person_id == offer.invited_by,
            Assignment.role == "leader",
            Assignment.ended_at.is_(None),
        )
    ).scalar()
    if held is not None:
        assignments.conclude(session, held, "handed over", actor=actor_of(offer.invited_by))
        record(
            HandedOver(
                subject_id=offer.unit_id,
                owner_id=offer.unit_id,
                from_id=offer.invited_by,
                to_id=_known(actor.person_id),
            ),
            actor=actor,
        )
        close_new_people(session, offer.unit_id, actor=actor)


def let_in(unit_id: int, request_id: int, role: str, *, actor: Actor) -> None:
    """Give somebody who asked a role. Raises `OutOfReach`, `Denied`, `AssignmentRefused`, `ValueError`."""
    if role not in queries.LET_IN_ROLES:
        raise ValueError(role)
    with switch_transaction(actor=actor) as session:
        person_id = _answer(session, unit_id, request_id, "granted", actor)
        if person_id == actor.person_id:
            raise AssignmentRefused("to_oneself")
        _join(session, unit_id, person_id, role, _known(actor.person_id), actor)
        _tell_answer(person_id, unit_id, actor, N_("You may now act for %(organisation)s"))


def refuse(unit_id: int, request_id: int, *, actor: Actor) -> None:
    """Refuse somebody who asked. Raises `OutOfReach`, `Denied`."""
    with transaction(actor=actor) as session:
        person_id = _answer(session, unit_id, request_id, "refused", actor)
        record(AccessRefused(subject_id=request_id, owner_id=unit_id), actor=actor)
        _tell_answer(person_id, unit_id, actor, N_("You were not let in to %(organisation)s"))


def remove(unit_id: int, assignment_id: int, *, actor: Actor) -> None:
    """End a member's role, or one's own. The last leader cannot go.

    Raises `OutOfReach` for a role elsewhere, `Denied`, `AssignmentRefused`.
    """
    held_here = select(Assignment.id).where(Assignment.id == assignment_id, Assignment.unit_id == unit_id)
    if read_one(held_here) is None:
        raise OutOfReach(assignment_id)
    assignments.end(assignment_id, "members", actor=actor)


def _answer(session: Session, unit_id: int, request_id: int, state: str, actor: Actor) -> int:
    subject = organisations.get(unit_id, actor=actor)
    require(actor, MEMBER_MANAGE, subject)
    return close_request(session, unit_id, request_id, state, actor)


def _join(
    session: Session,
    unit_id: int,
    person_id: int,
    role: str,
    by: int,
    actor: Actor,
    last_day: date | None = None,
) -> None:
    until = clock.end_of_day(last_day) if last_day else None
    appoint(session, person_id, role, unit_id, clock.now(), until, "", granted_by=by, actor=actor)
    record(MemberJoined(subject_id=unit_id, owner_id=unit_id, role=role, person_id=person_id), actor=actor)


def _tell_answer(person_id: int, unit_id: int, actor: Actor, title: str) -> None:
    notify(
        person_ids=[person_id],
        kind="member",
        title_id=title,
        body_id=N_("%(person)s answered your request."),
        values={"organisation": organisations.get(unit_id, actor=actor).name, "person": actor.name},
        href="/min-side",
    )


def _known(person_id: int | None) -> int:
    if person_id is None:
        raise ValueError("an anonymous visitor has no role")
    return person_id
