"""Where a unit stands: its places, read with its row locked while something about it is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.units.models import Unit


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's place in its tree."""

    unit_id: int
    tree: str
    level: str
    kind: str
    closed_on: date | None
    version: int
    national_id: int | None
    regional_id: int | None
    local_id: int | None

    @property
    def scope(self) -> dict[str, int | None]:
        """The scope columns of an event at this unit."""
        if self.tree == "civil":
            return {"owner_id": self.unit_id}
        return {"national_id": self.national_id, "regional_id": self.regional_id, "local_id": self.local_id}


def lock_unit(session: Session, unit_id: int) -> Standing:
    """Where the unit stands; nobody else changes anything about it until this transaction ends.

    Raises `LookupError` for no such unit.
    """
    row = session.execute(_STANDING.where(Unit.id == unit_id).with_for_update()).one_or_none()
    if row is None:
        raise LookupError(f"no unit {unit_id}")
    values: list[Any] = list(row)
    return Standing(*values)


_STANDING = select(
    Unit.id,
    Unit.tree,
    Unit.level,
    Unit.kind,
    Unit.valid_to,
    Unit.version,
    Unit.national_id,
    Unit.regional_id,
    Unit.local_id,
)
