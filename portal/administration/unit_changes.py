"""Closing a unit and moving a site: what hangs there is settled first, or moves along; one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor
from portal.access.assignments import shorten_at_unit
from portal.access.declared import UNIT_EDIT
from portal.access.models import Assignment
from portal.administration.locking import lock_for
from portal.casework.following import follow, open_cases
from portal.database import db, read, read_one, scalar, switch_transaction, transaction
from portal.identity.models import Person
from portal.jobs import once, periodic
from portal.notifications.services import notify
from portal.notifications.values import a_day
from portal.organisations.models import Organisation, Registration
from portal.record import record
from portal.units import closing
from portal.units.events import SiteMoved, UnitClosed
from portal.units.models import ContactPerson, CountyRegion, SiteMove, Unit
from portal.units.refusals import UnitRefused
from portal.web.kit.i18n import N_


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs at a unit now: roles by holder, and how many of everything else."""

    roles: Sequence[Row[Any]]
    cases: int
    organisations: int
    registrations: int
    sites: int
    counties: int
    contacts: int


def hanging(unit_id: int) -> Hanging:
    """What hangs at a unit. For who may change it."""
    now = clock.now()
    roles = read(
        select(Assignment.id, Person.name, Assignment.role, Assignment.valid_to)
        .join(Person, Person.id == Assignment.person_id)
        .where(
            Assignment.unit_id == unit_id,
            Assignment.ended_at.is_(None),
            or_(Assignment.valid_to.is_(None), Assignment.valid_to > now),
        )
        .order_by(Person.name, Assignment.id)
    )
    return Hanging(roles, *_counts(unit_id))


def planned_move(unit_id: int) -> Row[Any] | None:
    """The move a site waits for: to which unit, from which day, why."""
    return read_one(
        select(SiteMove.id, Unit.name, SiteMove.from_day, SiteMove.reason)
        .join(Unit, Unit.id == SiteMove.to_id)
        .where(SiteMove.unit_id == unit_id, closing.PLANNED)
    )


def close_unit(unit_id: int, day: date, *, actor: Actor) -> int:
    """Close a site or a region from `day` on; its roles end then. Gives how many roles did.

    A site's unfinished cases stay with its region; a region must have none. Raises `OutOfReach`, `Denied`,
    `UnitRefused`.
    """
    with switch_transaction(actor=actor) as session:
        unit = lock_for(session, unit_id, UNIT_EDIT, actor=actor)
        if unit.kind == "region":
            cases, organisations, registrations, *_rest = _counts(unit_id)
            if cases:
                raise UnitRefused("has_cases")
            if organisations or registrations:
                raise UnitRefused("has_organisations")
        closing.close(session, unit_id, day)
        until = max(clock.now(), clock.end_of_day(day - timedelta(days=1)))
        holders = shorten_at_unit(session, unit_id, until, actor=actor)
        event = UnitClosed(
            subject_id=unit_id, unit_id=unit_id, valid_to=day.isoformat(), roles=len(holders), **unit.scope
        )
        record(event, actor=actor)
        notify(
            person_ids=set(holders) - {actor.person_id},
            kind="units.closed",
            title_id=N_("%(unit)s closes"),
            body_id=N_("%(unit)s is closed from %(day)s. Your role there ends then."),
            values={"unit": _name(unit_id), "day": a_day(day)},
            href="/min-side/tilgang",
        )
        return len(holders)


def move_site(unit_id: int, to_id: int, day: date, reason: str, *, actor: Actor) -> None:
    """Move a site under another region or ATE: now when `day` is today, else on the day.

    The actor must edit units on both sides. Raises `OutOfReach`, `Denied`, `UnitRefused`.
    """
    with transaction(actor=actor) as session:
        lock_for(session, unit_id, UNIT_EDIT, actor=actor)
        lock_for(session, to_id, UNIT_EDIT, actor=actor)
        planned = closing.plan_move(session, unit_id, to_id, day, reason, actor=actor)
        if day <= clock.today():
            _carry_out(session, planned, actor)


def withdraw_move(unit_id: int, *, actor: Actor) -> None:
    """Take a planned move back."""
    with transaction(actor=actor) as session:
        lock_for(session, unit_id, UNIT_EDIT, actor=actor)
        closing.withdraw_move(session, unit_id, actor=actor)


@periodic("administration.move_sites", cron="2 0 * * *")
def move_sites() -> None:
    """Move the sites whose day has come; a day nobody looked is made up for on the next."""
    with once():
        for planned in closing.moves_due(db.session(), clock.today()):
            _carry_out(db.session(), planned, None)


def _carry_out(session: Session, planned: int, actor: Actor | None) -> None:
    """The site, and with it its undecided cases, in the same transaction."""
    reason = session.execute(select(SiteMove.reason).where(SiteMove.id == planned)).scalar_one()
    unit, target = closing.move(session, planned)
    cases = 0
    if unit.regional_id is not None and target.regional_id is not None:
        cases = follow(unit.unit_id, unit.regional_id, target.regional_id, reason=reason, actor=actor)
    event = SiteMoved(
        subject_id=unit.unit_id,
        unit_id=unit.unit_id,
        region_id=target.unit_id,
        cases=cases,
        national_id=target.national_id,
        regional_id=target.regional_id,
        local_id=unit.unit_id,
    )
    record(event, actor=actor)
    for side in (unit.regional_id, target.unit_id):
        notify(
            unit_id=side,
            kind="units.moved",
            title_id=N_("%(unit)s belongs to %(region)s now"),
            body_id=N_("Roles, contract and contact persons stay. Cases nobody has decided came along."),
            values={"unit": _name(unit.unit_id), "region": _name(target.unit_id)},
            href=f"/enheter/{side}",
        )


def _counts(unit_id: int) -> tuple[int, ...]:
    """Cases, organisations, registrations, sites, counties and contact persons at a unit; one statement."""
    today = clock.today()
    followed = select(func.count()).select_from(Organisation).where(Organisation.regional_id == unit_id)
    waiting = select(func.count()).where(
        Registration.regional_id == unit_id, Registration.state.in_(("submitted", "returned"))
    )
    sites = select(func.count()).where(
        Unit.parent_id == unit_id, or_(Unit.valid_to.is_(None), Unit.valid_to > today)
    )
    counties = select(func.count()).where(
        CountyRegion.region_id == unit_id, or_(CountyRegion.valid_to.is_(None), CountyRegion.valid_to > today)
    )
    contacts = select(func.count()).where(
        ContactPerson.unit_id == unit_id,
        or_(ContactPerson.valid_to.is_(None), ContactPerson.valid_to > today),
    )
    each = (open_cases(unit_id), followed, waiting, sites, counties, contacts)
    found = read_one(select(*(one.scalar_subquery() for one in each)))
    assert found is not None  # counts always give a row
    return tuple(int(one) for one in found)


def _name(unit_id: int) -> str:
    return str(scalar(select(Unit.name).where(Unit.id == unit_id)))
