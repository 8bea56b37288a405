"""The decision letter (*tilskuddsbrev*, *avslagsbrev*): which text, and what it is filled with.

Content as økonomibestemmelsene 6.3.3 and forvaltningsloven §§ 23-27 ask: purpose, sum, payout, conditions,
report, control, reactions; reasons, appeal, access to the documents. Plain values, kept as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.casework.delivery.deadline import appeal_until
from portal.casework.delivery.recipients import Recipient, recipient_of
from portal.database import scalar
from portal.documents.letters import Letter
from portal.funding.facts import ApplicationFacts
from portal.funding.granted.dates import report_due
from portal.funding.models import CallVersion
from portal.rules.citations import cited_on
from portal.web.kit.formats import day, kr, spaced
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import use_locale

SENDER = "Utlendingsdirektoratet"


def decision_letter(
    facts: ApplicationFacts,
    *,
    outcome: str,
    amount_ore: int,
    reasons: str,
    decided_at: datetime,
    signed_by: str,
    terms: Sequence[tuple[date, int]] = (),
    added_ore: int = 0,
    after_appeal: bool = False,
    final: bool = False,
    reference: str = "",
) -> Letter:
    """The letter with a decision: what is sent, and what a preview shows before. Sums in øre.

    `terms`: (due, sum) of each payment where there is more than one. `added_ore`: what a grant that is
    accepted already gets more. `after_appeal`: it takes the place of
    an earlier decision, `final` when the appeal body made it; `reference` is then the appeal's number.
    """
    recipient = recipient_of(facts.owner_id)
    decided_on = clock.oslo(decided_at).date()
    number = reference or facts.number or ""
    with use_locale(recipient.language):
        context = {
            **letter_frame(facts, recipient, decided_at),
            **_about(facts, recipient, decided_on),
            **_result(facts, outcome, amount_ore, terms),
            "reference": number,
            "reasons": reasons,
            "added": kr(added_ore) if added_ore else "",
            "signed_by": signed_by,
            "after_appeal": after_appeal,
            "final": final,
            "original": facts.number or "",
        }
        title = _("Decision on application %(number)s", number=facts.number or "")
    return Letter(
        template=facts.scheme.letter("decision", recipient.language, decided_on),
        context=context,
        language=recipient.language,
        title=title,
        filename=f"vedtak-{number.replace('/', '-')}.pdf",
    )


def letter_frame(facts: ApplicationFacts, recipient: Recipient, at: datetime) -> dict[str, Any]:
    """What every letter with a decision says: who writes to whom and when, of what, and how to appeal."""
    written_on = clock.oslo(at).date()
    # On paper nobody knows yet when it arrives: the letter then says from when the weeks are counted.
    until = None if recipient.by_post else appeal_until(notified_at=at)
    return {
        "sender": f"{SENDER}, {facts.region_name}" if facts.region_name else SENDER,
        "recipient": [line for line in (recipient.name, recipient.address) if line],
        "recipient_name": recipient.name,
        "you": recipient.you,
        "date": day(written_on),
        "title": facts.title,
        "refs": cited_on(written_on, recipient.language),
        "appeal_to": facts.appeal_to,
        "appeal_until": day(until),
    }


def _about(facts: ApplicationFacts, recipient: Recipient, decided_on: date) -> dict[str, Any]:
    return {
        "organisation_number": spaced(recipient.number or ""),
        "call_title": facts.call_title,
        "regulation": facts.scheme.regulation,
        "submitted": day(facts.submitted_at),
        "late": facts.late,
        "use_by": day(clock.months_later(decided_on, facts.scheme.use_within_months)),
    }


def _result(
    facts: ApplicationFacts, outcome: str, amount_ore: int, terms: Sequence[tuple[date, int]]
) -> dict[str, Any]:
    scheme = facts.scheme
    return {
        "outcome": outcome,
        "amount": kr(amount_ore),
        "sought": kr(facts.amount_ore),
        "terms": [[day(due), kr(sum_ore)] for due, sum_ore in terms],
        "purpose": str(facts.find("goal") or ""),
        "sites": [name for _unit, name in facts.sites],
        "report_by": day(report_due(facts)),
        "audit": outcome != "refused" and amount_ore >= scheme.audit_from_ore,
        "audit_from": kr(scheme.audit_from_ore),
        "voted": _voted(facts),
    }


def _voted(facts: ApplicationFacts) -> bool:
    voted = scalar(
        select(CallVersion.voted).where(
            CallVersion.call_id == facts.call_id, CallVersion.version == facts.call_version
        )
    )
    return bool(voted)
