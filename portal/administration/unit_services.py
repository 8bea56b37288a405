"""Use cases of the register of units: who may change what, then the change, in one transaction."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor, Place
from portal.access.assignments import shorten_to_contract
from portal.access.declared import CONTACT_EDIT, UNIT_EDIT
from portal.access.policy import OutOfReach, require
from portal.administration.locking import lock_for
from portal.database import answer_once, switch_transaction, transaction
from portal.units import contacts, contracts, geography, sites
from portal.units.contacts import Contact
from portal.units.contracts import Contract
from portal.units.models import ContactPerson, OperatorContract, Unit
from portal.units.sites import SiteFacts

# Every use case raises `OutOfReach`, `Denied`, or `UnitRefused` with the reason.


def open_site(
    parent_id: int, facts: SiteFacts, contact: Contact, *, actor: Actor, key: UUID | None = None
) -> int:
    """Register a site under a region or ATE, with its first contact person; gives the unit's id."""
    with transaction(actor=actor) as session:
        lock_for(session, parent_id, UNIT_EDIT, actor=actor)
        return answer_once(
            key, actor.person_id, lambda: sites.open_site(session, parent_id, facts, contact, actor=actor)
        )


def change_site(unit_id: int, facts: SiteFacts, version: int, *, actor: Actor) -> None:
    """Change a site's name, type, municipality and places."""
    with transaction(actor=actor) as session:
        lock_for(session, unit_id, UNIT_EDIT, actor=actor)
        sites.change_site(session, unit_id, facts, version, actor=actor)


def rename_unit(unit_id: int, name: str, version: int, *, actor: Actor) -> None:
    """Give a unit another name."""
    with transaction(actor=actor) as session:
        lock_for(session, unit_id, UNIT_EDIT, actor=actor)
        sites.rename_unit(session, unit_id, name, version, actor=actor)


def add_contact(unit_id: int, contact: Contact, *, actor: Actor, key: UUID | None = None) -> int:
    """Give a unit one more contact person or deputy; gives the id."""
    with transaction(actor=actor) as session:
        lock_for(session, unit_id, CONTACT_EDIT, actor=actor)
        return answer_once(
            key, actor.person_id, lambda: contacts.add_contact(session, unit_id, contact, actor=actor)
        )


def change_contact(contact_id: int, contact: Contact, version: int, *, actor: Actor) -> None:
    """Change a contact person."""
    with transaction(actor=actor) as session:
        lock_for(session, _unit_of_contact(session, contact_id), CONTACT_EDIT, actor=actor)
        contacts.change_contact(session, contact_id, contact, version, actor=actor)


def end_contact(contact_id: int, *, actor: Actor) -> None:
    """Take a contact person away; refused for the last one."""
    with transaction(actor=actor) as session:
        lock_for(session, _unit_of_contact(session, contact_id), CONTACT_EDIT, actor=actor)
        contacts.end_contact(session, contact_id, actor=actor)


def enter_contract(site_id: int, contract: Contract, *, actor: Actor, key: UUID | None = None) -> int:
    """Register a contract to run a site; gives the id."""
    with transaction(actor=actor) as session:
        lock_for(session, site_id, UNIT_EDIT, actor=actor)
        return answer_once(
            key, actor.person_id, lambda: contracts.enter_contract(session, site_id, contract, actor=actor)
        )


def change_contract(
    contract_id: int, valid_to: date | None, notice_given_on: date | None, *, actor: Actor
) -> int:
    """Change a contract's last day; roles held for the operator end with it. Gives how many did."""
    with switch_transaction(actor=actor) as session:
        site_id = session.execute(
            select(OperatorContract.site_id).where(OperatorContract.id == contract_id)
        ).scalar_one_or_none()
        lock_for(session, site_id, UNIT_EDIT, actor=actor)
        contracts.change_contract(session, contract_id, valid_to, notice_given_on, actor=actor)
        if valid_to is None:
            return 0
        return shorten_to_contract(session, contract_id, clock.end_of_day(valid_to), actor=actor)


def move_county(number: str, region_id: int, valid_from: date, *, actor: Actor) -> int:
    """Let a county belong to another region from a day on. Only who edits the directorate's units may."""
    with transaction(actor=actor) as session:
        directorate = session.execute(select(Unit.id).where(Unit.kind == "directorate")).scalar_one()
        require(actor, UNIT_EDIT, Place(national_id=directorate))
        try:
            return geography.move_county(session, number, region_id, valid_from, actor=actor)
        except LookupError:
            raise OutOfReach from None


def _unit_of_contact(session: Session, contact_id: int) -> int | None:
    return session.execute(
        select(ContactPerson.unit_id).where(ContactPerson.id == contact_id)
    ).scalar_one_or_none()
