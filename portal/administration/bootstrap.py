"""The first access administrator: appointed once, from the command line, on record."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import clock
from portal.access.assignments import appoint
from portal.access.events import Bootstrapped
from portal.access.models import Assignment
from portal.database import switch_transaction
from portal.identity.models import Login, Person
from portal.record import record
from portal.units.models import Unit

ROLE = "access_administrator"


class BootstrapRefused(Exception):
    """Why the first administrator cannot be appointed, in a sentence for whoever types the command."""


def bootstrap_by_email(email: str) -> int:
    """Appoint the person with that e-mail, who has logged in once. Gives the assignment's id."""
    with switch_transaction() as session:
        found = (
            session.execute(select(Person.id).where(func.lower(Person.email) == email.strip().lower()))
            .scalars()
            .all()
        )
        if not found:
            raise BootstrapRefused("Nobody with that e-mail address has logged in. Let them log in first.")
        if len(found) > 1:
            raise BootstrapRefused(
                "More than one person has that e-mail address. Use --issuer and --subject."
            )
        return _appoint(session, found[0])


def bootstrap_by_login(issuer: str, subject: str, name: str = "") -> int:
    """Appoint whoever logs in as `subject` at `issuer`, now or later. Gives the assignment's id."""
    with switch_transaction() as session:
        known = select(Login.person_id).where(Login.issuer == issuer, Login.subject == subject)
        person_id = session.execute(known).scalar_one_or_none()
        if person_id is None:
            person_id = _create(session, issuer, subject, name)
        return _appoint(session, person_id)


def _create(session: Session, issuer: str, subject: str, name: str) -> int:
    made: int = session.execute(insert(Person).values(name=name or subject).returning(Person.id)).scalar_one()
    session.execute(insert(Login).values(person_id=made, issuer=issuer, subject=subject))
    return made


def _appoint(session: Session, person_id: int) -> int:
    directorate = session.execute(
        select(Unit.id, Unit.national_id).where(Unit.kind == "directorate")
    ).one_or_none()
    if directorate is None:
        raise BootstrapRefused("The register of units is empty. Load the reference data first.")
    earlier = select(Assignment.id).where(Assignment.role == ROLE, Assignment.unit_id == directorate.id)
    if session.execute(earlier.limit(1)).first() is not None:
        raise BootstrapRefused(
            "There is, or has been, an access administrator already. Ask them to grant roles."
        )
    made = appoint(
        session,
        person_id,
        ROLE,
        directorate.id,
        clock.now(),
        None,
        "bootstrap",
        granted_by=None,
        actor=None,
    )
    event = Bootstrapped(subject_id=made, person_id=person_id, national_id=directorate.national_id)
    record(event, actor=None)
    return made
