"""Applications as listeners to events read them: in a worker, where nobody asks."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from portal.access.actor import Place
from portal.access.policy import OutOfReach
from portal.database import read
from portal.funding.facts import ApplicationFacts
from portal.funding.queries import archived_application
from portal.funding.workflow import APPLICATION
from portal.units.models import Unit


class Sent(NamedTuple):
    """A sent application, the place of each site it names, and whether it still waits for a decision."""

    facts: ApplicationFacts
    places: dict[int, Place]
    waits: bool


def sent_application(case_id: int, *, scheme: str) -> Sent | None:
    """An application that is sent, with the places of its sites, the main one first.

    For jobs only: nobody's reach is asked about. None for a draft and for a case of something else.
    """
    try:
        facts = archived_application(case_id)
    except OutOfReach:
        return None
    if facts.scheme_code != scheme or facts.submitted_at is None:
        return None
    named = [unit for unit, _name in facts.sites]
    rows = read(select(Unit.id, Unit.national_id, Unit.regional_id, Unit.local_id).where(Unit.id.in_(named)))
    places = {
        row.id: Place(row.national_id, row.regional_id, row.local_id, facts.owner_id, facts.plugin)
        for row in rows
    }
    waits = APPLICATION.state(facts.state).kind in ("waiting", "returned") and facts.decided_at is None
    return Sent(facts, {unit: places[unit] for unit in named if unit in places}, waits)
