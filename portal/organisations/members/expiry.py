"""Warning holder and leader 30 and 7 days before a mandate (*fullmakt*) or a role with an end runs out."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from portal.access.expiring import Ending, endings
from portal.access.roles import CIVIL
from portal.database import scalar
from portal.identity.models import Person
from portal.jobs import once, periodic
from portal.notifications.services import notify
from portal.notifications.values import a_day
from portal.organisations.members.queries import leaders
from portal.web.kit.formats import last_day
from portal.web.kit.i18n import N_

_NAME = select(Person.name).where(Person.id == bindparam("id"))
_ANEW = N_("After that day it gives no right. The leader can invite anew, with a new mandate if needed.")


@periodic("organisations.warn_of_ends", cron="50 4 * * *")
def warn_of_ends() -> None:
    """Warn of each role that runs out within 30 days, and again within 7; each once."""
    with once():
        for ending in endings(CIVIL):
            _warn(ending)


def _warn(ending: Ending) -> None:
    mandate = ending.role == "signatory"
    yours = N_("Your mandate to sign for %(organisation)s ends %(day)s")
    your_role = N_("Your role at %(organisation)s ends %(day)s")
    theirs = N_("The mandate of %(person)s to sign for %(organisation)s ends %(day)s")
    their_role = N_("The role of %(person)s at %(organisation)s ends %(day)s")
    others = [person for person in leaders(ending.unit_id) if person != ending.person_id]
    told = (
        ([ending.person_id], yours if mandate else your_role),
        (others, theirs if mandate else their_role),
    )
    name = scalar(_NAME, {"id": ending.person_id})
    day = a_day(last_day(ending.valid_to))
    for persons, title in told:
        notify(
            person_ids=persons,
            kind="role_end",
            title_id=title,
            body_id=_ANEW,
            values={"organisation": ending.unit_name, "person": name, "day": day},
            href=f"/organisasjoner/{ending.unit_id}/medlemmer" if persons is others else "/min-side/tilgang",
        )
