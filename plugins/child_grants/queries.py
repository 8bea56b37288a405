"""Reading what reception centres have said. For cases already judged in reach."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from plugins.child_grants.models import SiteContact
from portal.pluginkit.storage import read

_OF_CASE: Any = select(
    SiteContact.unit_id, SiteContact.answer, SiteContact.answered_on, SiteContact.note
).where(SiteContact.case_id == bindparam("case_id"))


def contacts_of(case_id: int) -> dict[int, tuple[str, Any, str]]:
    """Site's unit id → (answer, day, note)."""
    return {
        row.unit_id: (row.answer, row.answered_on, row.note) for row in read(_OF_CASE, {"case_id": case_id})
    }
