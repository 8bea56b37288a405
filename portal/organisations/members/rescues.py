"""Organisations whose leader is gone (*uten leder*): found, handled by UDI, closed when somebody leads again.

The last leader cannot leave, but a role can run out, and a person can stop answering. Then whoever handles
registrations where the organisation belongs may let somebody in, or invite a leader, after a check that is
written down.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from portal import clock, settings
from portal.access.actor import Actor
from portal.access.assignments import appoint
from portal.access.models import Assignment
from portal.access.policy import require, require_proof
from portal.access.refusals import AssignmentRefused
from portal.database import db, read, read_one, switch_transaction, transaction
from portal.identity.models import Person
from portal.jobs import once, periodic
from portal.notifications.services import notify
from portal.organisations import queries as organisations
from portal.organisations.events import AccessRefused, MemberInvited, MemberJoined
from portal.organisations.links import new_link
from portal.organisations.members import queries
from portal.organisations.members.events import LeaderMissed, LeaderNamedByStaff, RescueClosed
from portal.organisations.members.mail import send_invitation
from portal.organisations.members.queries import Missing
from portal.organisations.members.requests import close_request
from portal.organisations.models import AccessRequest, Invitation, Organisation, Rescue
from portal.organisations.permissions import OWN_READ, REGISTRATION_HANDLE
from portal.record import record
from portal.web.kit.i18n import N_

LIVES = timedelta(days=14)
PATIENCE = timedelta(days=14)  # how long a request may lie with a leader before UDI looks at it


def open_for(unit_id: int, cause: str, *, actor: Actor | None) -> None:
    """Ask UDI to help, in the caller's transaction; once for as long as it is open."""
    place = read_one(_PLACE.where(Organisation.unit_id == unit_id))
    if place is None:
        return
    scope = {"national_id": place.national_id, "regional_id": place.regional_id, "owner_id": unit_id}
    statement = postgresql.insert(Rescue).values(unit_id=unit_id, cause=cause, **scope)
    made = db.session.execute(statement.on_conflict_do_nothing().returning(Rescue.id)).first()
    if made is None:
        return
    record(LeaderMissed(subject_id=unit_id, cause=cause, **scope), actor=actor)
    notify(
        unit_id=place.regional_id or place.national_id,
        kind="rescue",
        title_id=N_("%(organisation)s needs a leader"),
        body_id=N_("Nobody who may decide for the organisation answers. Find out who leads it now."),
        values={"organisation": place.name},
        href=f"/organisasjoner/uten-leder/{made.id}",
    )


@periodic("organisations.find_leaderless", cron="20 3 * * *")
def find_leaderless() -> None:
    """Open a task for each organisation without a leader, and for requests that nobody has answered."""
    with once():
        for row in read(_LEADERLESS):
            open_for(row.unit_id, "no_leader", actor=None)
        for row in read(_ABSENT, {"limit": _absent_since()}):
            open_for(row.unit_id, "absent", actor=None)
            _ask_leaders(row)
        for row in read(_SILENT.where(AccessRequest.created_at < clock.now() - PATIENCE)):
            open_for(row.unit_id, "silent", actor=None)


def _absent_since() -> datetime:
    """A leader who has not logged in since then counts as gone: a number of months in the settings."""
    return clock.now() - timedelta(days=settings.current().leader_absent_months * 365 // 12)


def _ask_leaders(row: Any) -> None:
    notify(
        person_ids=queries.leaders(row.unit_id),
        kind="rescue",
        title_id=N_("Do you still lead %(organisation)s?"),
        body_id=N_(
            "You have not logged in for long, so UDI asks who leads it. Log in, or name the new leader."
        ),
        values={"organisation": row.name},
        href=f"/organisasjoner/{row.unit_id}/bytt-leder",
    )


def ask_for_help(unit_id: int, *, actor: Actor) -> None:
    """A member says that the leader is gone; asking twice is asking once. Raises `OutOfReach`, `Denied`."""
    with transaction(actor=actor):
        subject = organisations.get(unit_id, actor=actor)
        require(actor, OWN_READ, subject)
        open_for(unit_id, "asked" if queries.leaders(unit_id) else "no_leader", actor=actor)


def let_in(rescue_id: int, request_id: int, role: str, checked: str, *, actor: Actor) -> None:
    """Let in somebody who asked, as UDI; `checked` says how it was found out.

    Raises `OutOfReach`, `ProofNeeded`, `AssignmentRefused`, `ValueError` for a role that is not on offer.
    """
    if role not in queries.LET_IN_ROLES:
        raise ValueError(role)
    with switch_transaction(actor=actor) as session:
        subject = queries.rescue(rescue_id, actor=actor)
        require_proof(actor, REGISTRATION_HANDLE)
        person_id = close_request(session, subject.unit_id, request_id, "granted", actor)
        if person_id == actor.person_id:
            raise AssignmentRefused("to_oneself")
        by = actor.person_id
        appoint(
            session, person_id, role, subject.unit_id, clock.now(), None, checked, granted_by=by, actor=actor
        )
        scope = _scope(subject)
        record(MemberJoined(subject_id=subject.unit_id, role=role, person_id=person_id, **scope), actor=actor)
        record(LeaderNamedByStaff(subject_id=subject.unit_id, role=role, **scope), actor=actor)
        if role == "leader":
            close_open(session, subject.unit_id, actor=actor, reason=checked)
        _tell(person_id, subject, N_("You may now act for %(organisation)s"), _ANSWERED)
        for leader in queries.leaders(subject.unit_id):
            if leader != person_id:
                _tell(leader, subject, N_("UDI let somebody in to %(organisation)s"), _DISAGREE)


def refuse(rescue_id: int, request_id: int, *, actor: Actor) -> None:
    """Refuse somebody who asked, as UDI. Raises `OutOfReach`."""
    with transaction(actor=actor) as session:
        subject = queries.rescue(rescue_id, actor=actor)
        person_id = close_request(session, subject.unit_id, request_id, "refused", actor)
        record(AccessRefused(subject_id=request_id, **_scope(subject)), actor=actor)
        _tell(
            person_id,
            subject,
            N_("You were not let in to %(organisation)s"),
            _ANSWERED,
        )


def invite_leader(rescue_id: int, email: str, checked: str, *, actor: Actor) -> str:
    """Offer the role of leader, as UDI; `checked` says how it was found out. Gives the link's token.

    Raises `OutOfReach`, `ProofNeeded`.
    """
    link = new_link()
    with transaction(actor=actor) as session:
        subject = queries.rescue(rescue_id, actor=actor)
        require_proof(actor, REGISTRATION_HANDLE)
        values = {
            "unit_id": subject.unit_id,
            "email": email,
            "role": "leader",
            "reason": checked,
            "token_digest": link.digest,
            "token_seed": link.seed,
            "invited_by": actor.person_id,
            "expires_at": clock.now() + LIVES,
        }
        made: int = session.execute(insert(Invitation).values(values).returning(Invitation.id)).scalar_one()
        send_invitation.defer(invitation_id=made)
        about = {"subject_id": subject.unit_id, "role": "leader", **_scope(subject)}
        record(MemberInvited(invitation_id=made, **about), actor=actor)
        record(LeaderNamedByStaff(**about), actor=actor)
    return link.token


def close(rescue_id: int, reason: str, *, actor: Actor) -> None:
    """End the task without a new leader: the old one answered. Raises `OutOfReach`."""
    with transaction(actor=actor) as session:
        subject = queries.rescue(rescue_id, actor=actor)
        close_open(session, subject.unit_id, actor=actor, reason=reason)


def close_open(session: Session, unit_id: int, *, actor: Actor, reason: str = "") -> None:
    """End the open task of a unit, if there is one, in the caller's transaction."""
    closed = session.execute(
        update(Rescue)
        .where(Rescue.unit_id == unit_id, Rescue.closed_at.is_(None))
        .values(closed_at=func.now(), closed_by=actor.person_id, reason=reason)
        .returning(Rescue.national_id, Rescue.regional_id)
    ).first()
    if closed is not None:
        scope = {"national_id": closed.national_id, "regional_id": closed.regional_id, "owner_id": unit_id}
        record(RescueClosed(subject_id=unit_id, **scope), actor=actor)


def _scope(subject: Missing) -> dict[str, Any]:
    return {
        "national_id": subject.national_id,
        "regional_id": subject.regional_id,
        "owner_id": subject.unit_id,
    }


def _tell(person_id: int, subject: Missing, title: str, body: str) -> None:
    notify(
        person_ids=[person_id],
        kind="member",
        title_id=title,
        body_id=body,
        values={"organisation": subject.name},
        href="/min-side",
    )


_ANSWERED = N_("UDI answered your request.")
_DISAGREE = N_("UDI was told that nobody answered. If you still lead it and disagree, write to us.")
_PLACE = select(Organisation.name, Organisation.national_id, Organisation.regional_id)
_LEADS = exists().where(
    Assignment.unit_id == Organisation.unit_id,
    Assignment.role == "leader",
    Assignment.ended_at.is_(None),
    or_(Assignment.valid_to.is_(None), Assignment.valid_to > func.now()),
)
_HELPED = exists().where(Rescue.unit_id == Organisation.unit_id, Rescue.closed_at.is_(None))
_LEADERLESS = select(Organisation.unit_id).where(
    Organisation.kind != "individual", Organisation.state == "active", ~_LEADS, ~_HELPED
)
_HERE = exists().where(
    Assignment.unit_id == Organisation.unit_id,
    Assignment.role == "leader",
    Assignment.ended_at.is_(None),
    or_(Assignment.valid_to.is_(None), Assignment.valid_to > func.now()),
    Person.id == Assignment.person_id,
    func.coalesce(Person.logged_in_at, Person.created_at) >= bindparam("limit"),
)
_ANSWERED_LATELY = exists().where(
    Rescue.unit_id == Organisation.unit_id, Rescue.closed_at >= bindparam("limit")
)
_ABSENT = select(Organisation.unit_id, Organisation.name).where(
    Organisation.kind != "individual",
    Organisation.state == "active",
    _LEADS,
    ~_HERE,
    ~_HELPED,
    ~_ANSWERED_LATELY,
)
_SILENT = (
    select(AccessRequest.unit_id)
    .join(Organisation, Organisation.unit_id == AccessRequest.unit_id)
    .where(AccessRequest.state == "open", ~_HELPED)
    .distinct()
)
