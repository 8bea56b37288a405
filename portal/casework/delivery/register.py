"""What the contact register decides for an individual's letters: notified at its address, or on paper.

eForvaltningsforskriften § 8 (private persons are notified at the register's address) and § 9 (reservation).
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from portal.access.models import Assignment
from portal.database import read
from portal.identity import contact_register
from portal.identity.contacts import contacts_of
from portal.rules import Rule, declare
from portal.web.kit.i18n import lazy_gettext as _

REGISTERED_LETTERS = declare(
    Rule(
        name="casework.registered_letters",
        strength="must",
        text=_(
            "Private persons are notified of decisions at their address in the contact register. "
            "Who is reserved there, or has no address that may be used, gets letters on paper."
        ),
        basis="eForvaltningsforskriften §§ 8 og 9",
        valid_from=date(2014, 2, 7),
    )
)
UNREAD, USABLE = "unread", "usable"


def standing_of(unit_id: int) -> str | None:
    """How the register has it for the individual `unit_id`; None where the portal reads no register.

    As `Contact.standing`, or `unread` of somebody it was never read for. `asks_for_paper` judges it.
    """
    if not contact_register.in_use():
        return None
    found = [one.standing for one in contacts_of(_persons(unit_id))]
    for standing in ("reserved", USABLE):
        if standing in found:
            return standing
    return found[0] if found else UNREAD


def asks_for_paper(standing: str | None) -> bool:
    """True when the register, as `standing_of` gives it, says that letters must be printed and posted."""
    return standing not in (None, USABLE)


def _persons(unit_id: int) -> list[int]:
    """The individual themselves: not those who act for them."""
    rows = read(
        select(Assignment.person_id).where(
            Assignment.unit_id == unit_id,
            Assignment.role == "individual_applicant",
            Assignment.ended_at.is_(None),
            func.coalesce(Assignment.valid_to, func.now()) >= func.now(),
        )
    )
    return [row.person_id for row in rows]
