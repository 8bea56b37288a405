"""Whom a letter is to: name, address, language, and whether it goes on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from portal.casework.delivery.models import LetterChoice
from portal.casework.delivery.register import USABLE, asks_for_paper, standing_of
from portal.database import read_one
from portal.units.models import Unit


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom the letter is to, and in which *målform* (`nb` or `nn`); `by_post` when they are reserved.

    `registered`: an individual with an address in the contact register that letters are notified at.
    """

    name: str
    number: str | None
    address: str
    language: str
    by_post: bool = False
    individual: bool = False
    registered: bool = False

    @property
    def you(self) -> dict[str, str]:
        """How a letter speaks to them, one or several: subject at the beginning and inside, object."""
        return _YOU[self.language == "nn", self.individual]


_YOU = {
    (False, True): {"subject": "Du", "low": "du", "object": "deg"},
    (False, False): {"subject": "Dere", "low": "dere", "object": "dere"},
    (True, True): {"subject": "Du", "low": "du", "object": "deg"},
    (True, False): {"subject": "De", "low": "de", "object": "dykk"},
}


RecipientSource = Callable[[int], Recipient | None]
SOURCES: list[RecipientSource] = []
"""Rooms above that know more of a unit than its name put a source here; the first that knows answers."""


def recipient_of(owner_id: int) -> Recipient:
    """Name, number, address and language of a case's owner; bokmål where nothing is known."""
    row: Any = read_one(
        select(Unit.name, Unit.kind, LetterChoice.by_post, LetterChoice.address)
        .outerjoin(LetterChoice, LetterChoice.unit_id == Unit.id)
        .where(Unit.id == owner_id)
    )
    known = next((found for source in SOURCES if (found := source(owner_id)) is not None), None)
    known = known or Recipient(row.name, None, "", "nb")
    # Only individuals may reserve themselves (eForvaltningsforskriften § 9); units never.
    if row.kind != "individual":
        return known
    standing = standing_of(owner_id)
    return replace(
        known,
        by_post=bool(row.by_post) or asks_for_paper(standing),
        address=row.address or known.address,
        individual=True,
        registered=standing == USABLE,
    )
