"""What staff do with a registration: ask for more once, approve, decline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.access.actor import Actor, Place
from portal.database import switch_transaction, transaction
from portal.documents import services as documents
from portal.notifications.services import notify
from portal.organisations.events import RegistrationApproved, RegistrationDeclined, RegistrationReturned
from portal.organisations.facts import kind_of
from portal.organisations.models import AccessRequest
from portal.organisations.permissions import OWN_READ
from portal.organisations.registration import queries
from portal.organisations.registration.proofs import proven
from portal.organisations.registration.queries import Registered
from portal.organisations.registration.services import DETAILS, AlreadyHere
from portal.organisations.registration.workflow import check, fire
from portal.organisations.services import NewOrganisation, enter
from portal.organisations.vocabulary import EXPECTATIONS
from portal.record import record
from portal.web.kit.i18n import N_

_WELCOME = N_("You are the leader, and decide who else may act for the organisation. You can apply at once.")
_WELCOME_ALONE = N_("You can apply in your own name at once. Nobody else sees your cases.")


class NotYet(Exception):
    """A rule keeps the step back; `code` says which: lookup_waiting, number_unknown, asked_already."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unproven(Exception):
    """Nothing shows that the person may represent the organisation, and nobody says how they found out."""


def obstacle(subject: Registered) -> str | None:
    """Why the registration cannot be approved now, as a code, or None."""
    if subject.lookup == "waiting":
        return "lookup_waiting"
    if subject.lookup in ("unknown", "removed"):
        return "number_unknown"
    return None


def ask(registration_id: int, fields: list[str], text: str, *, version: int, actor: Actor) -> None:
    """Ask for more, once: only `fields` open for the person again.

    Raises `OutOfReach`, `Denied`, `RegistrationMoved`, and `NotYet` when it was asked before.
    """
    with transaction(actor=actor):
        subject = queries.for_staff(registration_id, actor=actor)
        if subject.asked_at is not None:
            raise NotYet("asked_already")
        asked = [field for field in DETAILS if field in fields]
        changes = {"asked_at": func.now(), "asked_fields": asked, "asked_text": text}
        fire(subject, "ask", actor=actor, version=version, changes=changes)
        record(RegistrationReturned(fields=", ".join(asked), **_where(subject)), actor=actor)
        _tell(
            subject,
            N_("UDI needs more before %(name)s can be registered"),
            N_("Open the registration, read what is asked, and answer. The rest is kept as you sent it."),
        )


def decline(registration_id: int, reason: str, *, version: int, actor: Actor) -> None:
    """Decline with a reason the person reads. Raises `OutOfReach`, `Denied`, `RegistrationMoved`."""
    with transaction(actor=actor) as session:
        subject = queries.for_staff(registration_id, actor=actor)
        changes = {**_decided(actor), "decision_reason": reason}
        fire(subject, "decline", actor=actor, version=version, changes=changes)
        _answer_those_who_asked(session, subject, actor)
        record(RegistrationDeclined(**_where(subject)), actor=actor)
        _tell(
            subject,
            N_("The registration of %(name)s was declined"),
            N_("Open it to read why, and what you can do if you disagree."),
        )


def approve(registration_id: int, *, version: int, actor: Actor, checked: str = "") -> int:
    """Enter the organisation with the person as its leader, in one transaction; gives the unit's id.

    Where nothing shows that the person may represent it, `checked` says how the caseworker found out.
    Raises `OutOfReach`, `Denied`, `RegistrationMoved`, `NotYet`, `Unproven`, and `AlreadyHere` when the
    number is taken.
    """
    with _number_is_free(), switch_transaction(actor=actor) as session:
        subject = queries.for_staff(registration_id, actor=actor)
        check(subject, "approve", actor=actor)
        code = obstacle(subject)
        if code is not None:
            raise NotYet(code)
        if not checked and not proven(subject):
            raise Unproven
        unit_id = enter(session, _new(subject), leader_id=subject.person_id, actor=actor)
        changes = {**_decided(actor), "checked": checked, "unit_id": unit_id, "owner_id": unit_id}
        fire(subject, "approve", actor=actor, version=version, changes=changes)
        _hand_over(session, subject, unit_id)
        record(RegistrationApproved(**{**_where(subject), "owner_id": unit_id}, unit_id=unit_id), actor=actor)
        _tell(
            subject,
            N_("%(name)s is registered"),
            _WELCOME_ALONE if subject.path == "individual" else _WELCOME,
            href=f"/organisasjoner/{unit_id}",
        )
    return unit_id


def _new(subject: Registered) -> NewOrganisation:
    data = subject.data
    return NewOrganisation(
        name=subject.name,
        kind=kind_of(subject.path, subject.facts, runs_sites=subject.runs_sites),
        level=data["level"],
        place=Place(national_id=subject.national_id, regional_id=subject.regional_id),
        number=subject.number,
        municipality_number=data.get("municipality") or None,
        email=data.get("email") or "",
        phone=data.get("phone") or "",
        website=data.get("website") or "",
        purpose=data.get("purpose") or "",
        activities=data.get("activities") or [],
        facts=subject.facts,
        facts_at=subject.facts_at,
        expectations=EXPECTATIONS,
    )


def _hand_over(session: Session, subject: Registered, unit_id: int) -> None:
    if subject.mandate_id is not None:
        place = Place(subject.national_id, subject.regional_id, owner_id=unit_id)
        documents.share([subject.mandate_id], [OWN_READ.name], place=place)
    if subject.number is not None:
        session.execute(
            update(AccessRequest)
            .where(AccessRequest.number == subject.number, AccessRequest.unit_id.is_(None))
            .values(unit_id=unit_id)
        )


def _answer_those_who_asked(session: Session, subject: Registered, actor: Actor) -> None:
    """Others asked to act for the number; now nobody holds it, and they may register it themselves."""
    if subject.number is None:
        return
    asked = session.execute(
        update(AccessRequest)
        .where(
            AccessRequest.number == subject.number,
            AccessRequest.unit_id.is_(None),
            AccessRequest.state == "open",
        )
        .values(state="refused", answered_at=func.now(), answered_by=actor.person_id)
        .returning(AccessRequest.person_id)
    )
    notify(
        person_ids=[row.person_id for row in asked],
        kind="access_request",
        title_id=N_("The registration of number %(number)s was declined"),
        body_id=N_("You asked to act for it. It is not registered now, so you may register it yourself."),
        values={"number": subject.number},
        href="/registrer",
    )


@contextmanager
def _number_is_free() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        if "uq_organisation_number" not in str(error.orig):
            raise
        raise AlreadyHere("") from None


def _decided(actor: Actor) -> dict[str, Any]:
    return {"decided_at": func.now(), "decided_by": actor.person_id}


def _where(subject: Registered) -> dict[str, Any]:
    return {
        "subject_id": subject.id,
        "national_id": subject.national_id,
        "regional_id": subject.regional_id,
        "owner_id": subject.owner_id,
    }


def _tell(subject: Registered, title: str, body: str, *, href: str | None = None) -> None:
    notify(
        person_ids=[subject.person_id],
        kind="registration",
        title_id=title,
        body_id=body,
        values={"name": subject.name},
        href=href or f"/registrer/{subject.id}",
    )
