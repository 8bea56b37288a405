"""A case as any staff may see it before they declare: number, applicant, places, age; never its content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal import clock
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import OutOfReach, visible
from portal.casework.impartiality import check_open
from portal.casework.models import Case
from portal.casework.permissions import CASE_READ
from portal.casework.standing import READER, STANDING, parts_in
from portal.database import read_one
from portal.identity.models import Person
from portal.units.models import Unit

_Owner = aliased(Unit)
_Region = aliased(Unit)
_Handler = aliased(Person)
_CASE: Any = (
    select(
        Case.id,
        Case.number,
        Case.kind,
        Case.title,
        Case.state,
        Case.state_kind,
        Case.version,
        Case.plugin,
        Case.national_id,
        Case.regional_id,
        Case.local_id,
        Case.owner_id,
        Case.handler_id,
        Case.submitted_at,
        Case.udisak_reference,
        Case.journalled,
        Case.journalled_at,
        _Owner.name.label("owner_name"),
        _Region.name.label("region_name"),
        _Handler.name.label("handler_name"),
        STANDING.label("parts"),
    )
    .select_from(Case)
    .join(_Owner, _Owner.id == Case.owner_id)
    .outerjoin(_Region, _Region.id == Case.regional_id)
    .outerjoin(_Handler, _Handler.id == Case.handler_id)
    .where(Case.submitted_at.is_not(None))
)


@dataclass(frozen=True, slots=True)
class StaffCase:
    """A sent case, whatever it is about. `parts` is what the reader is in it. Satisfies `Subject`."""

    id: int
    number: str
    kind: str
    title: str
    state: str
    state_kind: str
    version: int
    plugin: str | None
    national_id: int | None
    regional_id: int | None
    local_id: int | None
    owner_id: int
    handler_id: int | None
    submitted_at: datetime
    udisak_reference: str | None
    journalled: bool
    journalled_at: datetime | None
    owner_name: str
    region_name: str | None
    handler_name: str | None
    parts: frozenset[str]

    @property
    def age_days(self) -> int:
        """Whole days since it was sent."""
        return (clock.now() - self.submitted_at).days


def get_case(case_id: int, *, actor: Actor, permission: Permission = CASE_READ) -> StaffCase:
    """A sent case in the actor's reach by `permission`. Raises `OutOfReach`."""
    row = read_one(
        _CASE.where(Case.id == case_id, visible(actor, permission, Case)), {READER: actor.person_id}
    )
    if row is None:
        raise OutOfReach(f"case {case_id}")
    values = dict(row._mapping)
    return StaffCase(**values | {"parts": parts_in(values["parts"])})


def get_open_case(case_id: int, *, actor: Actor, permission: Permission = CASE_READ) -> StaffCase:
    """As `get_case`, for what shows its content. Raises `Undeclared` where that is closed to the actor."""
    case = get_case(case_id, actor=actor, permission=permission)
    check_open(case, actor, case.parts)
    return case
