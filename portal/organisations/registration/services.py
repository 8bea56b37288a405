"""What a person does with their registration: begin, save, send, answer, take back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.access.actor import Actor, Place
from portal.casework.services import next_number
from portal.database import answer_once, db, transaction
from portal.documents import services as documents
from portal.notifications.services import notify
from portal.organisations.events import (
    N_,
    RegistrationAnswered,
    RegistrationStarted,
    RegistrationSubmitted,
    RegistrationWithdrawn,
)
from portal.organisations.facts import written_name
from portal.organisations.models import Registration
from portal.organisations.permissions import REGISTRATION_HANDLE
from portal.organisations.placing import place_of
from portal.organisations.registration import queries
from portal.organisations.registration.level_rules import ANSWER_WITHIN
from portal.organisations.registration.lookup import look_up
from portal.organisations.registration.queries import Registered
from portal.organisations.registration.workflow import RegistrationMoved, fire
from portal.organisations.vocabulary import EXPECTATIONS
from portal.record import record
from portal.rules.holding import holding

DETAILS = ("name", "email", "phone", "website", "level", "municipality", "activities", "purpose")
"""The fields of `data` that a person fills in, and that a caseworker can ask for anew."""
_NEEDED = ("name", "email", "level")


class AlreadyHere(Exception):
    """The number belongs to an organisation that is registered, or that somebody else has sent in."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class AlreadyAlone(Exception):
    """The person is registered as an individual already; `unit_id` is where."""

    def __init__(self, unit_id: int) -> None:
        super().__init__(str(unit_id))
        self.unit_id = unit_id


class Incomplete(Exception):
    """Something needed is not filled in; `fields` says what."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def start(path: str, number: str | None, *, key: UUID | None, actor: Actor) -> int:
    """Begin a registration and give its id; `path` is number, group or individual.

    The same form sent twice, or the same number begun again, gives the one that is open. The look-up is
    stored in the same transaction. Raises `AlreadyHere`, `AlreadyAlone`.
    """
    person_id = _person(actor)
    if number is not None and queries.organisation_with(number) is not None:
        raise AlreadyHere(number)
    alone = own_place(actor) if path == "individual" else None
    if alone is not None:
        raise AlreadyAlone(alone)
    with transaction(actor=actor) as session:
        # Two devices at once must not begin two: one waits for the other here.
        one_at_a_time = func.hashtextextended(f"registration of {person_id}", 0)
        session.execute(select(func.pg_advisory_xact_lock(one_at_a_time)))
        return answer_once(
            key, person_id, lambda: _open_one(path, number, person_id) or _begin(path, number, actor)
        )


def own_place(actor: Actor) -> int | None:
    """The unit where the actor stands as an individual (*enkeltperson*), or None."""
    return next((held.unit_id for held in actor.held if held.role == "individual_applicant"), None)


def _open_one(path: str, number: str | None, person_id: int) -> int | None:
    found: int | None = db.session.execute(
        select(Registration.id).where(
            Registration.person_id == person_id,
            Registration.path == path,
            Registration.number == number if number else true(),
            # Groups may be many; a number and a person are each one.
            Registration.state.in_(("draft",) if path == "group" else queries.OPEN),
        )
    ).scalar()
    return found


def _begin(path: str, number: str | None, actor: Actor) -> int:
    made: int = db.session.execute(
        insert(Registration)
        .values(
            path=path,
            number=number,
            person_id=actor.person_id,
            lookup="waiting" if number else "none",
            name=actor.name if path == "individual" else "",
            data={"name": actor.name} if path == "individual" else {},
        )
        .returning(Registration.id)
    ).scalar_one()
    record(RegistrationStarted(subject_id=made), actor=actor)
    if number:
        look_up.defer(registration_id=made)
    return made


def save(registration_id: int, typed: Mapping[str, Any], *, version: int, actor: Actor) -> None:
    """Keep what the person typed in the draft. Raises `OutOfReach`, `RegistrationMoved`."""
    with transaction(actor=actor) as session:
        subject = queries.own(registration_id, actor=actor)
        if subject.state != "draft" or subject.version != version:
            raise RegistrationMoved
        data = {**subject.data, **_details(typed, DETAILS)}
        if subject.path == "individual":
            data["level"] = "local"
        session.execute(
            update(Registration)
            .where(Registration.id == registration_id, Registration.version == version)
            .values(data=data, version=Registration.version + 1, **_lifted(subject, data))
        )


def submit(registration_id: int, *, role: str | None, version: int, actor: Actor) -> str:
    """Send the registration with the expectations accepted; gives the number of the receipt.

    A reply or a provisional answer is due within a month (fvl. § 11 a), sooner where the place says so.
    Sent already: the same number again.
    Raises `OutOfReach`, `Incomplete`, `AlreadyHere`, `RegistrationMoved`.
    """
    with _one_of_each(), transaction(actor=actor):
        subject = queries.own(registration_id, actor=actor)
        if subject.state == "submitted" and subject.receipt:
            return subject.receipt
        _check_complete(subject)
        place = place_of(subject.data["level"], subject.data.get("municipality"))
        receipt = next_number()
        changes = {
            **_scope(place),
            "data": {**subject.data, "role": role} if role else subject.data,
            "receipt": receipt,
            "submitted_at": func.now(),
            "due_on": _answer_by(place),
            "expectations": EXPECTATIONS,
        }
        fire(subject, "submit", actor=actor, version=version, changes=changes)
        _show_mandate(subject, place)
        record(
            RegistrationSubmitted(subject_id=subject.id, expectations=EXPECTATIONS, **_scope(place)),
            actor=actor,
        )
        _tell_received(subject, receipt)
    return receipt


def answer(registration_id: int, typed: Mapping[str, Any], reply: str, *, version: int, actor: Actor) -> None:
    """Answer what UDI asked: only the asked fields change. The place follows a changed level or municipality.

    Raises `OutOfReach`, `RegistrationMoved`.
    """
    with transaction(actor=actor):
        subject = queries.own(registration_id, actor=actor)
        data = {**subject.data, **_details(typed, subject.asked_fields), "reply": reply}
        place = place_of(data["level"], data.get("municipality"))
        changes = {"data": data, **_lifted(subject, data), **_scope(place)}
        fire(subject, "answer", actor=actor, version=version, changes=changes)
        _show_mandate(subject, place)
        record(RegistrationAnswered(subject_id=subject.id, **_scope(place)), actor=actor)


def withdraw(registration_id: int, *, version: int, actor: Actor) -> None:
    """Take the registration back. Raises `OutOfReach`, `RegistrationMoved`."""
    with transaction(actor=actor):
        subject = queries.own(registration_id, actor=actor)
        fire(subject, "withdraw", actor=actor, version=version)
        record(RegistrationWithdrawn(subject_id=subject.id), actor=actor)


@contextmanager
def _one_of_each() -> Iterator[None]:
    """Turn the database's refusal of a second sent registration into `AlreadyHere`."""
    try:
        yield
    except IntegrityError as error:
        if "uq_registration_sent" not in str(error.orig):
            raise
        raise AlreadyHere("") from None


def _check_complete(subject: Registered) -> None:
    if subject.number and queries.organisation_with(subject.number) is not None:
        raise AlreadyHere(subject.number)
    if subject.lookup in ("unknown", "removed"):
        raise Incomplete(["number"])
    missing = [
        field for field in _NEEDED if not (subject.data.get(field) or (field == "name" and subject.name))
    ]
    if subject.data.get("level") != "national" and not subject.data.get("municipality"):
        missing.append("municipality")
    if missing:
        raise Incomplete(missing)


def _details(typed: Mapping[str, Any], allowed: tuple[str, ...] | list[str]) -> dict[str, Any]:
    return {field: typed[field] for field in DETAILS if field in allowed and field in typed}


def _lifted(subject: Registered, data: Mapping[str, Any]) -> dict[str, Any]:
    name = written_name(subject.facts, data.get("name")) or subject.name
    return {"name": name, "level": data.get("level")}


def _scope(place: Place) -> dict[str, Any]:
    return {"national_id": place.national_id, "regional_id": place.regional_id}


def _show_mandate(subject: Registered, place: Place) -> None:
    """Let whoever handles the registration read the mandate (*fullmakt*), and nobody before it is sent."""
    if subject.mandate_id is not None:
        added = [] if subject.submitted_at else [REGISTRATION_HANDLE.name]
        documents.share([subject.mandate_id], added, place=place)


def _answer_by(place: Place) -> date:
    """Within a month (fvl. § 11 a), or sooner where the place says so."""
    today = clock.today()
    return min(clock.months_later(today, 1), today + timedelta(days=holding(ANSWER_WITHIN, place).number))


def _person(actor: Actor) -> int:
    if actor.person_id is None:
        raise ValueError("an anonymous visitor cannot register")
    return actor.person_id


def _tell_received(subject: Registered, receipt: str) -> None:
    notify(
        person_ids=[subject.person_id],
        kind="registration",
        title_id=N_("We have received the registration (%(number)s)"),
        body_id=N_("UDI looks at it and answers within a month. You can follow it in the portal."),
        values={"number": receipt},
        href=f"/registrer/{subject.id}",
    )
