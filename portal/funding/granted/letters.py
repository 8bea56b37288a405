"""The letter with a demand for money back (*krav om tilbakebetaling*): a decision, so it can be appealed."""

from __future__ import annotations

from portal import clock
from portal.casework.delivery.deadline import appeal_until
from portal.casework.delivery.recipients import recipient_of
from portal.documents.letters import Letter
from portal.funding.facts import ApplicationFacts
from portal.funding.granted.account_number import written
from portal.funding.granted.facts import Claim
from portal.funding.letters import SENDER
from portal.rules.citations import cited_on
from portal.web.kit.formats import day, kr
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import use_locale


def demand_letter(
    facts: ApplicationFacts,
    claim: Claim,
    *,
    signed_by: str,
) -> Letter:
    """What is sent with a demand, in the recipient's language."""
    recipient = recipient_of(facts.owner_id)
    now = clock.now()
    today = clock.oslo(now).date()
    with use_locale(recipient.language):
        until = None if recipient.by_post else appeal_until(notified_at=now)
        context = {
            "sender": f"{SENDER}, {facts.region_name}" if facts.region_name else SENDER,
            "recipient": [line for line in (recipient.name, recipient.address) if line],
            "recipient_name": recipient.name,
            "you": recipient.you,
            "reference": facts.number or "",
            "date": day(today),
            "title": facts.title,
            "refs": cited_on(today, recipient.language),
            "ground": claim.ground,
            "amount": kr(claim.amount_ore),
            "paid": kr(facts.paid_ore),
            "reasons": claim.reasons,
            "due": day(claim.due_on),
            "account": written(claim.pay_to),
            "appeal_to": facts.appeal_to,
            "appeal_until": day(until),
            "signed_by": signed_by,
        }
        title = _("Demand for money back, case %(number)s", number=facts.number or "")
    end = "nn" if recipient.language == "nn" else "nb"
    return Letter(
        template=f"funding/granted/letters/repayment_{end}.html",
        context=context,
        language=recipient.language,
        title=title,
        filename=f"tilbakebetaling-{(facts.number or '').replace('/', '-')}.pdf",
    )
