"""What a decision letter (*tilskuddsbrev*, *avslagsbrev*) is filled with: plain values, kept as they were.

Content as økonomibestemmelsene 6.3.3 and forvaltningsloven §§ 23-27 ask: purpose, sum, payout, conditions,
report, control, reactions; reasons, appeal, access to the documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.database import read_one
from portal.funding.facts import ApplicationFacts
from portal.organisations.models import Organisation
from portal.units.models import Unit
from portal.web.kit.formats import day, kr
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import use_locale

SENDER = "Utlendingsdirektoratet"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom the letter is to, and in which *målform* (`nb` or `nn`)."""

    name: str
    number: str | None
    address: str
    language: str


def recipient_of(owner_id: int) -> Recipient:
    """Name, number, address and language of a case's owner; bokmål where nothing is known."""
    row: Any = read_one(
        select(Unit.name, Organisation.number, Organisation.address, Organisation.language)
        .outerjoin(Organisation, Organisation.unit_id == Unit.id)
        .where(Unit.id == owner_id)
    )
    name, number, address, language = tuple(row)
    return Recipient(name, number, address or "", "nn" if language == "nn" else "nb")


def letter_title(facts: ApplicationFacts, language: str) -> str:
    """What the letter is called in lists, in the recipient's language."""
    with use_locale(language):
        return _("Decision on application %(number)s", number=facts.number or "")


def letter_context(
    facts: ApplicationFacts,
    recipient: Recipient,
    *,
    outcome: str,
    amount_ore: int,
    reasons: str,
    decided_at: datetime,
    appeal_until: date,
    signed_by: str,
) -> dict[str, Any]:
    """The letter's values, written out in the recipient's language. JSON only; sums given in øre."""
    scheme = facts.scheme
    decided_on = clock.oslo(decided_at).date()
    month, day_of_month = scheme.report_by
    with use_locale(recipient.language):
        return {
            "sender": f"{SENDER}, {facts.region_name}" if facts.region_name else SENDER,
            "recipient": [line for line in (recipient.name, recipient.address) if line],
            "recipient_name": recipient.name,
            "organisation_number": recipient.number or "",
            "reference": facts.number or "",
            "date": day(decided_on),
            "title": facts.title,
            "call_title": facts.call_title,
            "outcome": outcome,
            "amount": kr(amount_ore),
            "sought": kr(facts.amount_ore),
            "purpose": str(facts.find("goal") or ""),
            "sites": [name for _unit, name in facts.sites],
            "reasons": reasons,
            "report_by": day(date(facts.call_year + 1, month, day_of_month)),
            "audit": outcome != "refused" and amount_ore >= scheme.audit_from_ore,
            "audit_from": kr(scheme.audit_from_ore),
            "use_by": day(_months_later(decided_on, scheme.use_within_months)),
            "appeal_to": facts.appeal_to,
            "appeal_until": day(appeal_until),
            "submitted": day(facts.submitted_at),
            "late": facts.late,
            "signed_by": signed_by,
        }


def _months_later(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    last = 28 if month == 1 else 30
    return date(start.year + years, month + 1, min(start.day, last))
