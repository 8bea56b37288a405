"""Whom letters to an organisation are to."""

from __future__ import annotations

from sqlalchemy import select

from portal.casework.delivery.recipients import Recipient
from portal.database import read_one
from portal.organisations.models import Organisation

_KNOWN = select(Organisation.name, Organisation.number, Organisation.address, Organisation.language)


def recipient(unit_id: int) -> Recipient | None:
    """Name, number, address and language as the organisation keeps them; None for other units."""
    row = read_one(_KNOWN.where(Organisation.unit_id == unit_id))
    if row is None:
        return None
    return Recipient(row.name, row.number, row.address, "nn" if row.language == "nn" else "nb")
