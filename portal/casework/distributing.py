"""Who has a case: give it to a caseworker or a substitute (fvl. § 9), pass it to another region."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select, update

from portal.access.actor import Actor, Place
from portal.access.holders import holders, nearest_holders
from portal.access.models import Assignment
from portal.access.policy import require
from portal.casework.entries import tell
from portal.casework.events import CaseGiven
from portal.casework.firing import CaseChanged
from portal.casework.impartiality import barred
from portal.casework.models import Case, CaseParticipation
from portal.casework.passing import passed_on, tell_former
from portal.casework.permissions import CASE_DISTRIBUTE
from portal.casework.rules import NOT_A_SUBSTITUTE, REASON_NEEDED, Refused
from portal.casework.staff import StaffCase, get_case
from portal.casework.standing import disqualified, reports_to_disqualified
from portal.casework.subject import where_of
from portal.casework.workflow import WORKFLOWS
from portal.database import db, read, transaction
from portal.identity.models import Person
from portal.notifications.services import notify
from portal.record import record
from portal.units.models import Unit
from portal.web.kit.i18n import N_


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie somebody declared; with `corrected_at`, declared by mistake, and why."""

    person_id: int
    name: str
    ground: str
    reason: str
    corrected: str
    corrected_at: datetime | None


def candidates(case: StaffCase) -> list[tuple[int, str]]:
    """(person id, name) of those who can have the case: by role, and impartial as far as is known.

    Neither who has it now, parties, the disqualified nor who reports to one of them.
    """
    permission = WORKFLOWS[case.kind].handles
    if permission is None:
        return []
    member = exists().where(
        Assignment.person_id == Person.id,
        Assignment.unit_id == case.owner_id,
        Assignment.ended_at.is_(None),
        or_(Assignment.valid_to.is_(None), Assignment.valid_to > func.now()),
    )
    statement: Any = (
        select(Person.id, Person.name)
        .join(Case, Case.id == case.id)
        .where(
            Person.id.in_(holders(permission, case)),
            Person.id.is_distinct_from(Case.handler_id),
            ~member,
            ~disqualified(Person.id),
            ~reports_to_disqualified(Person.id).correlate(Case, Person),
        )
        .order_by(Person.name, Person.id)
    )
    return [(person, name) for person, name in map(tuple, read(statement))]


def other_regions(case: StaffCase, *, actor: Actor) -> list[tuple[int, str]]:
    """(unit id, name) of the regional units a case can be passed to: in operation, with its plugin on."""
    statement: Any = (
        select(Unit.id, Unit.name)
        .where(
            Unit.tree == "authority",
            Unit.level == "regional",
            Unit.id.is_distinct_from(case.regional_id),
            or_(Unit.valid_to.is_(None), Unit.valid_to >= func.current_date()),
        )
        .order_by(Unit.sort_key, Unit.id)
    )
    off = actor.switches.off_at
    return [
        (unit, name)
        for unit, name in map(tuple, read(statement))
        if case.plugin is None or not off(case.plugin, Place(regional_id=unit))
    ]


def ties_in(case_id: int) -> list[Tie]:
    """Every tie declared in a case, also those corrected since. For a case already judged in reach."""
    statement: Any = (
        select(
            CaseParticipation.person_id,
            Person.name,
            CaseParticipation.ground,
            CaseParticipation.reason,
            CaseParticipation.ended_why,
            CaseParticipation.ended_at,
        )
        .join(Person, Person.id == CaseParticipation.person_id)
        .where(CaseParticipation.case_id == case_id, CaseParticipation.part == "disqualified")
        .order_by(CaseParticipation.id)
    )
    return [Tie(*tuple(row)) for row in read(statement)]


def give(case_id: int, person_id: int, *, reason: str, version: int, actor: Actor) -> None:
    """Give a case to one of its `candidates`, from whoever has it. Both are told.

    Raises `OutOfReach`, `Denied`, `CaseChanged`, and `Refused` where the actor is barred themselves or the
    person cannot have it.
    """
    with transaction(actor=actor):
        case = _to_distribute(case_id, version, actor)
        if person_id not in {person for person, _name in candidates(case)}:
            raise Refused(NOT_A_SUBSTITUTE)
        _change(case, handler_id=person_id)
        tell(case, "reassigned" if case.handler_id else "assigned", actor=actor, reason=reason)
        record(CaseGiven(number=case.number, person_id=person_id, **where_of(case)), actor=actor)
        notify(
            person_ids=[person_id],
            kind="casework.given",
            title_id=N_("Case %(number)s is given to you"),
            body_id=N_("You are the caseworker in case %(number)s."),
            values={"number": case.number},
            href=f"/sak/{case.id}",
        )
        tell_former(case, actor=actor, href=f"/sak/{case.id}")


def pass_on(case_id: int, region_id: int, *, reason: str, version: int, actor: Actor) -> None:
    """Pass a case to another region, which distributes it there; its files go with it. Both sides are told.

    Raises as `give`, and `Refused` without a reason.
    """
    with transaction(actor=actor):
        case = _to_distribute(case_id, version, actor)
        if not reason.strip():
            raise Refused(REASON_NEEDED)
        if region_id not in {unit for unit, _name in other_regions(case, actor=actor)}:
            raise Refused(NOT_A_SUBSTITUTE)
        _change(case, regional_id=region_id, handler_id=None)
        passed_on(case, region_id, reason=reason, actor=actor)
        there = Place(case.national_id, region_id, case.local_id, case.owner_id, case.plugin)
        for title, people in (
            (N_("Case %(number)s is passed to your region"), nearest_holders(CASE_DISTRIBUTE, there)),
            (N_("Case %(number)s is passed to another region"), nearest_holders(CASE_DISTRIBUTE, case)),
        ):
            notify(
                person_ids=set(people) - {actor.person_id},
                kind="casework.passed_on",
                title_id=title,
                body_id=N_("Case %(number)s is handled by another region from now on."),
                values={"number": case.number},
                href=f"/sak/{case.id}/fordeling",
            )
        tell_former(case, actor=actor, href=f"/sak/{case.id}")


def _to_distribute(case_id: int, version: int, actor: Actor) -> StaffCase:
    case = get_case(case_id, actor=actor)
    require(actor, CASE_DISTRIBUTE, case)
    rule = barred(case, actor, case.parts)
    if rule is not None:
        raise Refused(rule)
    if case.version != version or case.state_kind == "closed":
        raise CaseChanged
    return case


def _change(case: StaffCase, **values: Any) -> None:
    changed = db.session.execute(
        update(Case)
        .where(Case.id == case.id, Case.version == case.version)
        .values(version=Case.version + 1, **values)
        .returning(Case.id)
    ).first()
    if changed is None:
        raise CaseChanged
