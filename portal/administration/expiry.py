"""Warning holder and administrators 30 and 7 days before a role in UDI's tree runs out."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from portal.access.actor import Place
from portal.access.declared import ASSIGNMENT_MANAGE
from portal.access.expiring import Ending, endings
from portal.access.holders import holders, nearest_holders
from portal.access.roles import AUTHORITY
from portal.database import read, scalar
from portal.identity.models import Person
from portal.jobs import once, periodic
from portal.notifications.services import notify
from portal.notifications.values import a_day
from portal.web.kit.formats import last_day
from portal.web.kit.i18n import N_

_NAME = select(Person.name).where(Person.id == bindparam("id"))
_RENEW = N_("After that day it gives no right. If it is still needed, the role must be renewed before then.")
_CONTRACT = N_(
    "It ends with the operator's contract. With a new contract, the role must be given anew before then."
)


@periodic("administration.warn_of_ends", cron="55 4 * * *")
def warn_of_ends() -> None:
    """Warn of each role that runs out within 30 days, and again within 7; each once."""
    with once():
        for ending in endings(AUTHORITY):
            _warn(ending)


def administrators(place: Place, *, but: int | None) -> list[int]:
    """Who gives roles at the place: the nearest unit's, else everybody who reaches it; never `but`."""
    near = [person for person in nearest_holders(ASSIGNMENT_MANAGE, place) if person != but]
    if near:
        return near
    return [row.person_id for row in read(holders(ASSIGNMENT_MANAGE, place)) if row.person_id != but]


def _warn(ending: Ending) -> None:
    values = {
        "person": scalar(_NAME, {"id": ending.person_id}),
        "unit": ending.unit_name,
        "day": a_day(last_day(ending.valid_to)),
    }
    told = (
        ([ending.person_id], N_("Your role at %(unit)s ends %(day)s"), "/min-side/tilgang"),
        (
            administrators(ending.place, but=ending.person_id),
            N_("The role of %(person)s at %(unit)s ends %(day)s"),
            f"/tilgang/{ending.id}",
        ),
    )
    for persons, title, href in told:
        notify(
            person_ids=persons,
            kind="role_end",
            title_id=title,
            body_id=_CONTRACT if ending.by_contract else _RENEW,
            values=values,
            href=href,
        )
