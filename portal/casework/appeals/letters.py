"""The letters of an appeal that are the same in every kind of case: rejected, and sent on."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal import clock
from portal.casework.appeals.facts import AppealFacts
from portal.casework.delivery.deadline import appeal_until
from portal.casework.delivery.recipients import recipient_of
from portal.documents.letters import Letter
from portal.documents.texts import core_letter
from portal.rules.citations import cited_on
from portal.web.kit.formats import day
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import use_locale

SENDER = "Utlendingsdirektoratet"


def rejected_letter(facts: AppealFacts, *, reasons: str, at: datetime, signed_by: str) -> Letter:
    """That the appeal is not tried (*avvisning*), why, and that this too can be appealed."""
    return _letter("appeal_rejected", facts, reasons, at, signed_by, {})


def forwarded_letter(
    facts: AppealFacts, *, reasons: str, at: datetime, signed_by: str, comment_until: date
) -> Letter:
    """What UDI writes to the appeal body, with a copy to the party, who may comment (fvl. § 33)."""
    recipient = recipient_of(facts.owner_id)
    with use_locale(recipient.language):
        more = {"comment_until": day(comment_until), "to": facts.appeal_to}
    return _letter("appeal_forwarded", facts, reasons, at, signed_by, more)


def _letter(
    name: str, facts: AppealFacts, reasons: str, at: datetime, signed_by: str, more: dict[str, Any]
) -> Letter:
    recipient = recipient_of(facts.owner_id)
    today = clock.oslo(at).date()
    until = None if recipient.by_post else appeal_until(notified_at=at)
    with use_locale(recipient.language):
        context = {
            "sender": f"{SENDER}, {facts.region_name}" if facts.region_name else SENDER,
            "recipient": [line for line in (recipient.name, recipient.address) if line],
            "recipient_name": recipient.name,
            "you": recipient.you,
            "reference": facts.number or "",
            "original": facts.parent_number,
            "title": facts.parent_title,
            "date": day(today),
            "decided": day(facts.decided_at),
            "sent": day(facts.submitted_at),
            "until": day(facts.appeal_until),
            "in_time": facts.in_time,
            **{name: bool(facts.checks.get(name)) for name in ("late_accepted", "party", "signed")},
            "text": facts.text,
            "comments": [text for _at, _name, text in facts.comments],
            "original_reasons": facts.decision_reasons,
            "reasons": reasons,
            "refs": cited_on(today, recipient.language),
            "appeal_to": facts.appeal_to,
            "appeal_until": day(until),
            "signed_by": signed_by,
            **more,
        }
        title = _TITLES[name](facts)
    return Letter(
        template=core_letter(name, recipient.language, today),
        context=context,
        language=recipient.language,
        title=title,
        filename=f"klage-{(facts.number or '').replace('/', '-')}.pdf",
    )


_TITLES = {
    "appeal_rejected": lambda facts: _("Appeal %(number)s is rejected", number=facts.number),
    "appeal_forwarded": lambda facts: _("Appeal %(number)s is sent on", number=facts.number),
}
