"""Entering an organisation, and what its members change themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor, Place
from portal.access.assignments import appoint
from portal.access.policy import require
from portal.database import transaction
from portal.organisations import queries
from portal.organisations.events import ContactChanged, OrganisationEntered
from portal.organisations.facts import language_of, register_status
from portal.organisations.models import Organisation
from portal.organisations.permissions import OWN_EDIT
from portal.organisations.searching import words
from portal.record import record
from portal.units.models import Unit
from portal.units.ordering import sort_key

CONTACT = ("email", "phone", "website", "address", "purpose", "language")


class Changed(Exception):
    """Somebody else changed the organisation meanwhile; look at it again."""


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What an organisation is entered with; `facts` as the register gave them, or None."""

    name: str
    kind: str
    level: str
    place: Place
    number: str | None = None
    municipality_number: str | None = None
    email: str = ""
    phone: str = ""
    website: str = ""
    purpose: str = ""
    activities: list[str] = field(default_factory=list)
    facts: Mapping[str, Any] | None = None
    facts_at: datetime | None = None
    expectations: str = ""


def enter(session: Session, new: NewOrganisation, *, leader_id: int, actor: Actor | None) -> int:
    """Make the civil unit, the organisation and its first leader; gives the unit's id.

    An individual (*enkeltperson*) leads nobody: they act for themselves alone, with a role of its own.

    Called inside `switch_transaction`: it gives a role. The database refuses a number that is here already.
    """
    unit_id = _civil_unit(session, new)
    session.execute(insert(Organisation).values(**_columns(new), unit_id=unit_id, owner_id=unit_id))
    granted_by = actor.person_id if actor and actor.person_id != leader_id else None
    role = "individual_applicant" if new.kind == "individual" else "leader"
    appoint(session, leader_id, role, unit_id, clock.now(), None, "", granted_by=granted_by, actor=actor)
    record(
        OrganisationEntered(
            subject_id=unit_id,
            national_id=new.place.national_id,
            regional_id=new.place.regional_id,
            owner_id=unit_id,
            leader_id=leader_id,
        ),
        actor=actor,
    )
    return unit_id


def _civil_unit(session: Session, new: NewOrganisation) -> int:
    made: int = session.execute(
        insert(Unit)
        .values(
            tree="civil",
            level=new.level,
            kind="individual" if new.kind == "individual" else "organisation",
            name=new.name,
            sort_key=sort_key(new.name),
            valid_from=clock.today(),
        )
        .returning(Unit.id)
    ).scalar_one()
    session.execute(update(Unit).where(Unit.id == made).values(**{f"{new.level}_id": made}))
    return made


def _columns(new: NewOrganisation) -> dict[str, Any]:
    facts = dict(new.facts) if new.facts else None
    return {
        "number": new.number,
        "kind": new.kind,
        "legal_form": (facts or {}).get("legal_form") or "",
        "name": new.name,
        "sort_key": sort_key(new.name),
        "words": words(new.name),
        "level": new.level,
        "language": language_of(facts),
        "email": new.email,
        "phone": new.phone,
        "website": new.website,
        "purpose": new.purpose,
        "municipality_number": new.municipality_number,
        "activities": new.activities,
        "national_id": new.place.national_id,
        "regional_id": new.place.regional_id,
        "facts": facts,
        "facts_at": new.facts_at,
        "register_status": register_status(facts),
        "expectations": new.expectations,
    }


def change_contact(unit_id: int, typed: Mapping[str, str], *, version: int, actor: Actor) -> None:
    """Change an organisation's own contact details. Raises `OutOfReach`, `Denied`, `Changed`."""
    with transaction(actor=actor) as session:
        subject = queries.get(unit_id, actor=actor)
        require(actor, OWN_EDIT, subject)
        values = {name: typed[name] for name in CONTACT if name in typed}
        moved = session.execute(
            update(Organisation)
            .where(Organisation.unit_id == unit_id, Organisation.version == version)
            .values(version=Organisation.version + 1, **values)
            .returning(Organisation.unit_id)
        ).first()
        if moved is None:
            raise Changed
        changed = sorted(name for name, value in values.items() if getattr(subject, name) != value)
        record(
            ContactChanged(
                subject_id=unit_id,
                national_id=subject.national_id,
                regional_id=subject.regional_id,
                owner_id=unit_id,
                fields=", ".join(changed),
            ),
            actor=actor,
        )
