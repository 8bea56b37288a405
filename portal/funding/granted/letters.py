"""The letter with a demand for money back (*krav om tilbakebetaling*): a decision, so it can be appealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal import clock
from portal.casework.delivery.deadline import appeal_until
from portal.casework.delivery.recipients import Recipient, recipient_of
from portal.documents.letters import Letter
from portal.funding.facts import ApplicationFacts
from portal.funding.granted.account_number import written
from portal.funding.granted.facts import Claim, Demand
from portal.funding.letters import SENDER
from portal.rules.citations import cited_on
from portal.web.kit.formats import day, kr
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import use_locale


@dataclass(frozen=True, slots=True)
class Lowered:
    """A demand after an appeal: the sum in øre, the day to pay by, why, the appeal's number.

    `final`: the appeal body changed it.
    """

    amount_ore: int
    due_on: date
    reasons: str
    reference: str
    final: bool


def demand_letter(
    facts: ApplicationFacts,
    claim: Claim,
    *,
    signed_by: str,
) -> Letter:
    """What is sent with a demand, in the recipient's language."""
    recipient = recipient_of(facts.owner_id)
    with use_locale(recipient.language):
        context = {
            **_frame(facts, recipient),
            "reference": facts.number or "",
            "ground": claim.ground,
            "amount": kr(claim.amount_ore),
            "paid": kr(facts.paid_ore),
            "reasons": claim.reasons,
            "due": day(claim.due_on),
            "account": written(claim.pay_to),
            "signed_by": signed_by,
        }
        title = _("Demand for money back, case %(number)s", number=facts.number or "")
    return _letter("repayment", recipient, context, title)


def lowered_letter(facts: ApplicationFacts, demand: Demand, change: Lowered, *, signed_by: str) -> Letter:
    """What is sent when an appeal has lowered a demand or taken it away."""
    recipient = recipient_of(facts.owner_id)
    with use_locale(recipient.language):
        left = max(0, change.amount_ore - demand.paid_ore)
        over = max(0, demand.paid_ore - change.amount_ore)
        context = {
            **_frame(facts, recipient),
            "reference": change.reference,
            "original": facts.number or "",
            "gone": not change.amount_ore,
            "amount": kr(change.amount_ore),
            "before": kr(demand.amount_ore),
            "paid": kr(demand.paid_ore) if demand.paid_ore else "",
            "left": kr(left) if left else "",
            "over": kr(over) if over else "",
            "reasons": change.reasons,
            "due": day(change.due_on),
            "account": written(demand.pay_to),
            "final": change.final,
            "signed_by": signed_by,
        }
        title = _("Changed demand for money back, case %(number)s", number=facts.number or "")
    return _letter("repayment_changed", recipient, context, title)


def _frame(facts: ApplicationFacts, recipient: Recipient) -> dict[str, Any]:
    now = clock.now()
    today = clock.oslo(now).date()
    # On paper nobody knows yet when it arrives: the letter then says from when the weeks are counted.
    until = None if recipient.by_post else appeal_until(notified_at=now)
    return {
        "sender": f"{SENDER}, {facts.region_name}" if facts.region_name else SENDER,
        "recipient": [line for line in (recipient.name, recipient.address) if line],
        "recipient_name": recipient.name,
        "you": recipient.you,
        "date": day(today),
        "title": facts.title,
        "refs": cited_on(today, recipient.language),
        "appeal_to": facts.appeal_to,
        "appeal_until": day(until),
    }


def _letter(name: str, recipient: Recipient, context: dict[str, Any], title: str) -> Letter:
    end = "nn" if recipient.language == "nn" else "nb"
    return Letter(
        template=f"funding/granted/letters/{name}_{end}.html",
        context=context,
        language=recipient.language,
        title=title,
        filename=f"tilbakebetaling-{context['reference'].replace('/', '-')}.pdf",
    )
