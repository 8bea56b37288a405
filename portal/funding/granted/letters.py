"""The letter with a demand for money back (*krav om tilbakebetaling*): a decision, so it can be appealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal import clock
from portal.casework.delivery.recipients import Recipient, recipient_of
from portal.documents.letters import Letter
from portal.funding.facts import ApplicationFacts
from portal.funding.granted.account_number import written
from portal.funding.granted.facts import Claim, Demand
from portal.funding.letters import letter_frame
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
            **letter_frame(facts, recipient, clock.now()),
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
            **letter_frame(facts, recipient, clock.now()),
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


def _letter(name: str, recipient: Recipient, context: dict[str, Any], title: str) -> Letter:
    end = "nn" if recipient.language == "nn" else "nb"
    return Letter(
        template=f"funding/granted/letters/{name}_{end}.html",
        context=context,
        language=recipient.language,
        title=title,
        filename=f"tilbakebetaling-{context['reference'].replace('/', '-')}.pdf",
    )
