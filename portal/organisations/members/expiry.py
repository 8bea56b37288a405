"""Warning holder and leader 30 and 7 days before a mandate (*fullmakt*) or a role with an end runs out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql

from portal import clock
from portal.access.models import Assignment
from portal.database import db, read
from portal.identity.models import Person
from portal.jobs import once, periodic
from portal.notifications.services import notify
from portal.notifications.values import a_day
from portal.organisations.members.models import RoleEndWarning
from portal.organisations.members.queries import leaders
from portal.organisations.models import Organisation
from portal.web.kit.formats import last_day
from portal.web.kit.i18n import N_

DAYS = (7, 30)
_ENDING = (
    select(
        Assignment.id,
        Assignment.person_id,
        Assignment.role,
        Assignment.unit_id,
        Assignment.valid_to,
        Organisation.name,
        Person.name.label("person"),
    )
    .join(Organisation, Organisation.unit_id == Assignment.unit_id)
    .join(Person, Person.id == Assignment.person_id)
    .where(
        Assignment.ended_at.is_(None),
        Assignment.valid_to > bindparam("now"),
        Assignment.valid_to <= bindparam("latest"),
    )
    .order_by(Assignment.id)
)
_ANEW = N_("After that day it gives no right. The leader can invite anew, with a new mandate if needed.")


@periodic("organisations.warn_of_ends", cron="50 4 * * *")
def warn_of_ends() -> None:
    """Warn of each role that runs out within 30 days, and again within 7; each once."""
    now = clock.now()
    with once():
        for row in read(_ENDING, {"now": now, "latest": now + timedelta(days=DAYS[-1])}):
            left = next(days for days in DAYS if row.valid_to <= now + timedelta(days=days))
            if _first(row.id, left):
                _warn(row)


def _first(assignment_id: int, days: int) -> bool:
    statement = postgresql.insert(RoleEndWarning).values(assignment_id=assignment_id, days=days)
    made = db.session.execute(statement.on_conflict_do_nothing().returning(RoleEndWarning.days)).first()
    return made is not None


def _warn(row: Any) -> None:
    mandate = row.role == "signatory"
    yours = N_("Your mandate to sign for %(organisation)s ends %(day)s")
    your_role = N_("Your role at %(organisation)s ends %(day)s")
    theirs = N_("The mandate of %(person)s to sign for %(organisation)s ends %(day)s")
    their_role = N_("The role of %(person)s at %(organisation)s ends %(day)s")
    others = [person for person in leaders(row.unit_id) if person != row.person_id]
    told = (([row.person_id], yours if mandate else your_role), (others, theirs if mandate else their_role))
    for persons, title in told:
        notify(
            person_ids=persons,
            kind="role_end",
            title_id=title,
            body_id=_ANEW,
            values={"organisation": row.name, "person": row.person, "day": a_day(last_day(row.valid_to))},
            href=f"/organisasjoner/{row.unit_id}/medlemmer" if persons is others else "/min-side/tilgang",
        )
