"""Sites (*innkvarteringssteder*) and facts about units. Runs inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.record import record
from portal.record.services import Recorded
from portal.units.contacts import Contact, add_contact
from portal.units.events import SiteOpened, UnitChanged
from portal.units.models import Municipality, Site, SiteType, Unit
from portal.units.ordering import sort_key
from portal.units.refusals import UnitRefused
from portal.units.standing import Standing, lock_unit


@dataclass(frozen=True, kw_only=True)
class SiteFacts:
    """What is known of a site: name, type, where it is, how many places."""

    name: str
    type_code: str
    municipality: str
    places: int | None = None


def open_site(
    session: Session, parent_id: int, facts: SiteFacts, contact: Contact, *, actor: Recorded | None
) -> int:
    """Put a site under a region or ATE, with its first contact person; gives the unit's id.

    Raises `UnitRefused`.
    """
    parent = lock_unit(session, parent_id)
    if parent.kind not in ("region", "ate") or parent.closed_on is not None:
        raise UnitRefused("not_a_site_parent")
    _check(session, facts)
    made = _insert_unit(session, parent, facts.name)
    session.execute(
        insert(Site).values(
            unit_id=made,
            type_code=facts.type_code,
            municipality_number=facts.municipality,
            places=facts.places,
        )
    )
    event = SiteOpened(
        subject_id=made,
        type_code=facts.type_code,
        national_id=parent.national_id,
        regional_id=parent.regional_id,
        local_id=made,
    )
    record(event, actor=actor)
    add_contact(session, made, contact, actor=actor)
    return made


def change_site(
    session: Session, unit_id: int, facts: SiteFacts, version: int, *, actor: Recorded | None
) -> None:
    """Change a site seen in `version`. Raises `UnitRefused`: stale, or a choice is unknown."""
    unit = lock_unit(session, unit_id)
    _check(session, facts)
    _rename(session, unit, facts.name, version)
    session.execute(
        update(Site)
        .where(Site.unit_id == unit_id)
        .values(type_code=facts.type_code, municipality_number=facts.municipality, places=facts.places)
    )
    event = UnitChanged(subject_id=unit_id, fields="name, type, municipality, places", **unit.scope)
    record(event, actor=actor)


def rename_unit(session: Session, unit_id: int, name: str, version: int, *, actor: Recorded | None) -> None:
    """Give a unit that is no site another name, seen in `version`. Raises `UnitRefused`."""
    unit = lock_unit(session, unit_id)
    _rename(session, unit, name, version)
    record(UnitChanged(subject_id=unit_id, fields="name", **unit.scope), actor=actor)


def _rename(session: Session, unit: Standing, name: str, version: int) -> None:
    if unit.version != version:
        raise UnitRefused("stale")
    session.execute(
        update(Unit)
        .where(Unit.id == unit.unit_id)
        .values(name=name, sort_key=sort_key(name), version=version + 1)
    )


def _insert_unit(session: Session, parent: Standing, name: str) -> int:
    made: int = session.execute(
        insert(Unit)
        .values(
            tree="authority",
            level="local",
            kind="site",
            name=name,
            sort_key=sort_key(name),
            parent_id=parent.unit_id,
            national_id=parent.national_id,
            regional_id=parent.regional_id,
            valid_from=clock.today(),
        )
        .returning(Unit.id)
    ).scalar_one()
    session.execute(update(Unit).where(Unit.id == made).values(local_id=made))
    return made


def _check(session: Session, facts: SiteFacts) -> None:
    if session.execute(select(SiteType.code).where(SiteType.code == facts.type_code)).first() is None:
        raise UnitRefused("unknown_type")
    known = select(Municipality.number).where(Municipality.number == facts.municipality)
    if session.execute(known).first() is None:
        raise UnitRefused("unknown_municipality")
