"""Registrations among the cases of *Mine saker*: one's own, and those of the organisations one acts for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, any_, bindparam, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from portal.access.actor import NOWHERE, Actor
from portal.access.policy import OutOfReach
from portal.casework.own import MOST, OWN_SOURCES, Bound, OwnRow
from portal.database import read, read_one
from portal.organisations.models import Registration
from portal.organisations.permissions import OWN_READ
from portal.organisations.registration.workflow import STATES
from portal.web.kit.i18n import gettext as _

_R = Registration
_LISTED: Any = (
    select(_R.created_at, _R.id, _R.receipt, _R.name, _R.state, _R.submitted_at, _R.person_id, _R.unit_id)
    .where(
        or_(
            _R.person_id == bindparam("person_id"),
            _R.unit_id == any_(bindparam("units", type_=ARRAY(BigInteger))),
        )
    )
    .order_by(_R.created_at.desc(), _R.id.desc())
    .limit(MOST)
)
_OF_UNIT = (
    select(_R.receipt, _R.name, _R.submitted_at, _R.decided_at, _R.expectations)
    .where(_R.unit_id == bindparam("unit_id"), _R.state == "approved")
    .order_by(_R.id.desc())
)


@dataclass(frozen=True, slots=True)
class Entered:
    """How an organisation came to be registered, as all its members may read it."""

    number: str | None
    name: str
    sent_at: datetime | None
    decided_at: datetime | None
    expectations: str


def registrations(actor: Actor, before: Bound | None) -> Sequence[OwnRow]:
    """The source for `OWN_SOURCES`: also of organisations that somebody else registered."""
    statement = _LISTED
    if before is not None:
        statement = statement.where(tuple_(_R.created_at, _R.id) < tuple_(*map(literal, before)))
    units = sorted(actor.reach.get(OWN_READ.name, NOWHERE).owner)
    rows = read(statement, {"person_id": actor.person_id, "units": units})
    return [_row(actor, *tuple(row)) for row in rows]


def of_unit(unit_id: int) -> Entered:
    """The registration by which an organisation, judged in reach, was let in; raises `OutOfReach`."""
    row = read_one(_OF_UNIT, {"unit_id": unit_id})
    if row is None:
        raise OutOfReach(unit_id)
    return Entered(*tuple(row))


def _row(
    actor: Actor, at: datetime, id_: int, number: str | None, name: str, state: str, sent_at: datetime | None,
    person_id: int, unit_id: int | None,
) -> OwnRow:  # fmt: skip
    mine = person_id == actor.person_id
    return OwnRow(
        at,
        id_,
        number,
        _("Registration of %(name)s", name=name) if name else _("Registration"),
        STATES[state].applicant,
        STATES[state].kind,
        f"/registrer/{id_}" if mine else f"/organisasjoner/{unit_id}/registrering",
        sent_at,
        f"/registrer/{id_}/kvittering" if mine and number else None,
    )


OWN_SOURCES["registration"] = registrations
