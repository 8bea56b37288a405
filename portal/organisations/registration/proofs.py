"""May this person represent the organisation? Three ways to show it; a caseworker judges, no machine does.

1. The person's name and birth date are those of somebody the register names. The birth date is typed for
   this alone, compared and thrown away; what is kept is the role's code.
2. The organisation says so itself, through a link sent to its address in the register.
3. A mandate (*fullmakt*) is handed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor, Place
from portal.access.policy import OutOfReach
from portal.database import db, read, read_one, transaction
from portal.documents import services as documents
from portal.identity.models import Person
from portal.notifications.services import notify
from portal.organisations.facts import role_of
from portal.organisations.links import digest, new_link
from portal.organisations.models import Confirmation, Registration
from portal.organisations.permissions import REGISTRATION_HANDLE
from portal.organisations.registration import queries
from portal.organisations.registration.confirming import send_question
from portal.organisations.registration.events import (
    MandateKept,
    OrganisationAnswered,
    OrganisationAsked,
    RoleCompared,
)
from portal.organisations.registration.queries import Registered
from portal.organisations.registration.workflow import RegistrationMoved
from portal.record import record
from portal.web.kit.i18n import N_

LIVES = timedelta(days=14)
MOST_QUESTIONS = 3
NO_MATCH = "none"


class CannotAsk(Exception):
    """The organisation cannot be asked; `code` is no_register, no_address, asked_already or too_often."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Spent(Exception):
    """A question can no longer be answered; `code` is used, expired or over."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Question:
    """A question as whoever has its link reads it."""

    id: int
    registration_id: int
    person_id: int
    person: str
    organisation: str
    state: str
    expires_at: datetime
    answer: str | None

    @property
    def spent(self) -> str | None:
        """Why it can no longer be answered: used, over (decided or withdrawn) or expired; else None."""
        if self.answer is not None:
            return "used"
        if self.state not in queries.OPEN:
            return "over"
        return "expired" if self.expires_at <= clock.now() else None


_QUESTIONS = (
    select(Confirmation.created_at, Confirmation.expires_at, Confirmation.answer, Confirmation.answered_at)
    .where(Confirmation.registration_id == bindparam("id"))
    .order_by(Confirmation.id.desc())
)


def compare(registration_id: int, birth_date: date, *, actor: Actor) -> str | None:
    """Compare the person's name and birth date with the register's roles; gives the role's code or None.

    The birth date is not kept. Raises `OutOfReach`, `RegistrationMoved`, and `CannotAsk` (no_register)
    while there is nothing to compare with.
    """
    with transaction(actor=actor) as session:
        subject = _open(registration_id, actor)
        if not subject.facts:
            raise CannotAsk("no_register")
        found = role_of(subject.facts, subject.person_name, birth_date)
        _set(session, registration_id, matched_role=found or NO_MATCH)
        record(RoleCompared(role=found or NO_MATCH, **_where(subject)), actor=actor)
    return found


def address_of(subject: Registered) -> str | None:
    """The organisation's e-mail address in the register, which the person cannot choose."""
    return str((subject.facts or {}).get("email") or "") or None


def ask(registration_id: int, *, actor: Actor) -> str:
    """Ask the organisation at its address in the register; gives the link's token, stored nowhere.

    It lives 14 days and works once. Raises `OutOfReach`, `RegistrationMoved`, `CannotAsk`.
    """
    link = new_link()
    with transaction(actor=actor) as session:
        subject = _open(registration_id, actor)
        _check_can_ask(subject)
        made: int = session.execute(
            insert(Confirmation)
            .values(
                registration_id=registration_id,
                token_digest=link.digest,
                token_seed=link.seed,
                expires_at=clock.now() + LIVES,
            )
            .returning(Confirmation.id)
        ).scalar_one()
        send_question.defer(confirmation_id=made)
        record(OrganisationAsked(**_where(subject)), actor=actor)
    return link.token


def _check_can_ask(subject: Registered) -> None:
    if not subject.facts:
        raise CannotAsk("no_register")
    if address_of(subject) is None:
        raise CannotAsk("no_address")
    # One at a time: two clicks must not be two mails.
    db.session.execute(select(Registration.id).where(Registration.id == subject.id).with_for_update())
    asked = questions(subject.id)
    if any(one.answer is not None or one.expires_at > clock.now() for one in asked):
        raise CannotAsk("asked_already")
    if len(asked) >= MOST_QUESTIONS:
        raise CannotAsk("too_often")


def questions(registration_id: int) -> Sequence[Any]:
    """(asked, works until, answer, answered) of a registration judged in reach, newest first."""
    return read(_QUESTIONS, {"id": registration_id})


def question(token: str) -> Question:
    """The question a link stands for; raises `OutOfReach` for any other text."""
    row = read_one(_QUESTION, {"digest": digest(token)})
    if row is None:
        raise OutOfReach
    return Question(*tuple(row))


def answer(token: str, said: str) -> None:
    """Answer `yes` or `no` for the organisation: whoever reads its mail. Raises `OutOfReach`, `Spent`."""
    if said not in ("yes", "no"):
        raise ValueError(said)
    with transaction() as session:
        asked = question(token)
        if asked.spent is not None:
            raise Spent(asked.spent)
        first = session.execute(
            update(Confirmation)
            .where(Confirmation.id == asked.id, Confirmation.answer.is_(None))
            .values(answer=said, answered_at=func.now())
            .returning(Confirmation.id)
        ).first()
        if first is None:
            raise Spent("used")
        place = read_one(_PLACE, {"id": asked.registration_id})
        scope = dict(place._mapping) if place else {}
        record(OrganisationAnswered(subject_id=asked.registration_id, answer=said, **scope), actor=None)
        yes = N_("%(organisation)s says that you may represent it")
        no = N_("%(organisation)s says that you may not represent it")
        notify(
            person_ids=[asked.person_id],
            kind="registration",
            title_id=yes if said == "yes" else no,
            body_id=N_("UDI sees the answer together with your registration, and decides."),
            values={"organisation": asked.organisation},
            href=f"/registrer/{asked.registration_id}",
        )


def keep_mandate(registration_id: int, content: bytes, filename: str, *, actor: Actor) -> int:
    """Hand in a mandate (*fullmakt*); a new one takes the place of the last. Gives the document's id.

    UDI reads it once the registration is sent. Raises `OutOfReach`, `RegistrationMoved`, `UploadRefused`.
    """
    with transaction(actor=actor) as session:
        subject = _open(registration_id, actor)
        sent = subject.submitted_at is not None
        document_id = documents.store(
            content=content,
            filename=filename,
            place=Place(subject.national_id, subject.regional_id),
            read_permissions=[REGISTRATION_HANDLE.name] if sent else [],
            actor=actor,
        )
        _set(session, registration_id, mandate_id=document_id)
        if subject.mandate_id is not None and not sent:
            documents.remove(subject.mandate_id)
        record(MandateKept(document_id=document_id, **_where(subject)), actor=actor)
    return document_id


def proven(subject: Registered) -> bool:
    """True when one of the three shows it, or nobody is represented. The organisation's no goes first."""
    if subject.path != "number":
        return True
    answers = [one.answer for one in questions(subject.id)]
    if "no" in answers:
        return False
    return matched(subject) is not None or subject.mandate_id is not None or "yes" in answers


def matched(subject: Registered) -> str | None:
    """The code of the role in the register that the person seems to hold, or None."""
    return subject.matched_role if subject.matched_role not in ("", NO_MATCH) else None


def _open(registration_id: int, actor: Actor) -> Registered:
    subject = queries.own(registration_id, actor=actor)
    if subject.state not in queries.OPEN or subject.path != "number":
        raise RegistrationMoved
    return subject


def _set(session: Session, registration_id: int, **values: Any) -> None:
    # Beside the version: showing more never makes the page somebody else has open an old one.
    session.execute(update(Registration).where(Registration.id == registration_id).values(**values))


def _where(subject: Registered) -> dict[str, Any]:
    return {
        "subject_id": subject.id,
        "national_id": subject.national_id,
        "regional_id": subject.regional_id,
    }


_PLACE = select(Registration.national_id, Registration.regional_id).where(Registration.id == bindparam("id"))
_QUESTION = (
    select(
        Confirmation.id,
        Confirmation.registration_id,
        Registration.person_id,
        Person.name,
        Registration.name.label("organisation"),
        Registration.state,
        Confirmation.expires_at,
        Confirmation.answer,
    )
    .join(Registration, Registration.id == Confirmation.registration_id)
    .join(Person, Person.id == Registration.person_id)
    .where(Confirmation.token_digest == bindparam("digest"))
)
