"""The demand for money back as a decision (*vedtak*): who prepared it, how it is stored with its letter."""

from __future__ import annotations

from sqlalchemy import insert

from portal import clock
from portal.access.actor import Actor
from portal.casework.decisions import ABOUT, About, write_decision
from portal.casework.delivery.deadline import appeal_until
from portal.casework.delivery.services import send_letter
from portal.casework.firing import Refused
from portal.casework.rules import SEPARATION
from portal.database import db
from portal.funding.granted.facts import Claim, Grant
from portal.funding.granted.letters import demand_letter
from portal.funding.granted.models import Repayment
from portal.funding.granted.rules import ADVANCE_NOTICE, DEMAND_PREPARED
from portal.funding.permissions import APPLICATION_READ
from portal.web.kit.i18n import lazy_gettext as _

DEMAND = "repayment"
"""What a demand is about, among the decisions of a case."""
ABOUT[DEMAND] = About(_("Demand for money back"), "Klage på krav om tilbakebetaling")


def prepared_by(grant: Grant, ground: str, *, actor: Actor) -> int:
    """Who prepared a demand: wrote the control of the report, or told the recipient of the breach.

    Raises `Refused`: nobody has, the recipient has time to comment left, or it was the actor's own work.
    """
    notice, report = grant.notice, grant.report
    if ground == "breach":
        if notice is None or not notice.time_is_over:
            raise Refused(ADVANCE_NOTICE)
        who: int | None = notice.sent_by
    else:
        who = report.reviewed_by if report is not None else None
    if who is None:
        raise Refused(DEMAND_PREPARED)
    if who == actor.person_id:
        raise Refused(SEPARATION)
    return who


def write_demand(grant: Grant, claim: Claim, prepared: int, *, actor: Actor) -> int:
    """Store a demand as a decision, with its letter, in the current transaction; gives the demand's id.

    What is not paid of the grant is noted as released with it.
    """
    facts, now = grant.application, clock.now()
    decision_id = write_decision(
        facts.id,
        about=DEMAND,
        outcome="demanded",
        reasons=claim.reasons.strip(),
        prepared_by=prepared,
        decided_by=actor.person_id,
        decided_at=now,
        appeal_to=facts.appeal_to,
        appeal_until=appeal_until(notified_at=now),
    )
    made: int = db.session.execute(
        insert(Repayment)
        .values(
            case_id=facts.id,
            decision_id=decision_id,
            ground=claim.ground,
            demanded_ore=claim.amount_ore,
            amount_ore=claim.amount_ore,
            released_ore=max(0, grant.unpaid_ore),
            reasons=claim.reasons.strip(),
            due_on=claim.due_on,
            pay_to=claim.pay_to,
            claimed_by=actor.person_id,
            claimed_at=now,
        )
        .returning(Repayment.id)
    ).scalar_one()
    letter = demand_letter(facts, claim, signed_by=actor.name)
    send_letter(
        facts, letter, read_permissions=(APPLICATION_READ.name,), decision_id=decision_id, actor=actor
    )
    return made
