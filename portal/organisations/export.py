"""The staff list as a file that a spreadsheet opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal import clock
from portal.access.actor import NOWHERE, Actor
from portal.database import transaction
from portal.organisations import queries
from portal.organisations.events import OrganisationsExported
from portal.organisations.permissions import ORGANISATION_READ
from portal.organisations.searching import Wish
from portal.record import record
from portal.web.kit.sheets import MARK, as_csv, inert

__all__ = ["MARK", "TooMany", "as_csv", "export", "file_name", "inert"]


class TooMany(Exception):
    """The list is longer than a file may be; `limit` says how long that is."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def export(wish: Wish, *, actor: Actor) -> Sequence[Any]:
    """The rows of the list for a file, and an entry in the audit trail of who took them out. `TooMany`."""
    reach = actor.reach.get(ORGANISATION_READ.name, NOWHERE)
    with transaction(actor=actor):
        rows = queries.exported(actor, wish)
        if len(rows) > queries.EXPORT_LIMIT:
            raise TooMany(queries.EXPORT_LIMIT)
        record(
            OrganisationsExported(
                subject_id=actor.person_id or 0,
                national_id=min(reach.national, default=None),
                regional_id=min(reach.regional, default=None),
                rows=len(rows),
                wish=wish.codes(),
            ),
            actor=actor,
        )
    return rows


def file_name() -> str:
    """What the file is called: with the day, in ASCII."""
    return f"organisasjoner-{clock.today().isoformat()}.csv"
