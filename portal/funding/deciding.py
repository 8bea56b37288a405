"""The decision (*vedtak*): within the frame, by somebody who did not prepare it, with letter and notice.

The frame is one row that each award locks and adds to in one statement, so decisions made at the same
moment stand in line and the last one over is refused. The database's own check stands behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, literal, select, update

from portal import clock
from portal.access.actor import Actor, scope_of
from portal.casework.decisions import write_decision
from portal.casework.delivery.deadline import appeal_until
from portal.casework.delivery.services import send_letter
from portal.casework.firing import Refused, fire
from portal.database import db, transaction
from portal.funding.assessing import checked_amount, current, outcome_of
from portal.funding.events import ApplicationDecided
from portal.funding.facts import ApplicationFacts, AssessmentFacts
from portal.funding.granted import deadlines
from portal.funding.granted.dates import accept_by
from portal.funding.letters import decision_letter
from portal.funding.models import AwardEntry, CallFrame
from portal.funding.permissions import APPLICATION_READ
from portal.funding.rules import FRESH_LOGIN, PROPOSAL_NEEDED, REASONED_DEVIATION, RELEASE_BOUND, WITHIN_FRAME
from portal.funding.scheme import Scheme
from portal.record import record

"""How old a login may be when one signs with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the decision maker says: yes or no, how much in øre, why, and why not as proposed."""

    granted: bool
    amount_ore: int
    reasons: str
    deviation: str = ""


def decide(scheme: Scheme, case_id: int, verdict: Verdict, *, version: int, actor: Actor) -> str:
    """Decide an application and give the outcome: `granted`, `partly` or `refused`.

    Binds the sum in the call's frame, stores the decision with its appeal deadline, orders the letter and
    tells the organisation, all or nothing. Raises `OutOfReach`, `Denied`, `CaseChanged`, `AmountRefused`,
    and `Refused` with the rule: own preparation, party, before the deadline, over the frame, deviation
    without a reason, a login that is too old to sign with.
    """
    require_fresh_login(actor)
    with transaction(actor=actor):
        facts = current(scheme, case_id, version, actor)
        sought = facts.amount_ore or 0
        amount = checked_amount("granted" if verdict.granted else "refused", verdict.amount_ore, sought)
        outcome = outcome_of(verdict.granted, amount, sought)
        proposal = facts.assessment
        if proposal is None:
            raise Refused(PROPOSAL_NEEDED)
        deviates = (outcome, amount) != (proposal.outcome, proposal.proposed_ore)
        if deviates and not verdict.deviation.strip():
            raise Refused(REASONED_DEVIATION)
        decided_at = clock.now()
        fire(
            facts,
            "grant" if verdict.granted else "refuse",
            actor=actor,
            reason=verdict.deviation,
            changes={"decided_at": decided_at},
        )
        if amount:
            bind_award(facts.call_id, case_id, amount, actor=actor)
            deadlines.expect(case_id, deadlines.ACCEPT, accept_by(facts, decided_at))
        decision_id = _write(facts, proposal, outcome, verdict.reasons, decided_at, actor)
        letter = decision_letter(
            facts,
            outcome=outcome,
            amount_ore=amount,
            reasons=verdict.reasons,
            decided_at=decided_at,
            signed_by=actor.name,
        )
        send_letter(
            facts, letter, read_permissions=(APPLICATION_READ.name,), decision_id=decision_id, actor=actor
        )
        _tell(facts, outcome, amount, deviates, actor)
    return outcome


def require_fresh_login(actor: Actor) -> None:
    """Raise `Refused(FRESH_LOGIN)` for somebody whose login is too old or too weak to sign with.

    Jobs and commands have no login: they sign nothing for anybody.
    """
    if actor.proof_is_old:
        raise Refused(FRESH_LOGIN)


def bind_award(call_id: int, case_id: int, amount_ore: int, *, actor: Actor) -> None:
    """Bind `amount_ore` of the call's frame to a case, in the current transaction.

    Raises `Refused(WITHIN_FRAME)` when there is not that much left; nothing is stored then.
    """
    bound = db.session.execute(
        update(CallFrame)
        .where(CallFrame.call_id == call_id, CallFrame.committed_ore + amount_ore <= CallFrame.frame_ore)
        .values(committed_ore=CallFrame.committed_ore + amount_ore)
        .returning(CallFrame.call_id)
    ).first()
    if bound is None:
        raise Refused(WITHIN_FRAME)
    db.session.execute(
        insert(AwardEntry).values(
            call_id=call_id, case_id=case_id, kind="award", amount_ore=amount_ore, person_id=actor.person_id
        )
    )


def release_award(call_id: int, case_id: int, amount_ore: int, *, actor: Actor) -> None:
    """Give `amount_ore` of what a case has bound back to the call's frame, in the current transaction.

    For a grant that is declined, lapses or is changed to less. Raises `Refused(RELEASE_BOUND)` when the case
    has not that much bound; nothing is stored then. `amount_ore` is positive.
    """
    released = db.session.execute(
        update(CallFrame)
        .where(CallFrame.call_id == call_id, literal(amount_ore) > 0, CallFrame.committed_ore >= amount_ore)
        .values(committed_ore=CallFrame.committed_ore - amount_ore)
        .returning(CallFrame.call_id)
    ).first()
    # The frame's row is locked by now: nobody else writes in the ledger of this call before we are done.
    if released is None or _bound_to(case_id) < amount_ore:
        raise Refused(RELEASE_BOUND)
    db.session.execute(
        insert(AwardEntry).values(
            call_id=call_id,
            case_id=case_id,
            kind="release",
            amount_ore=-amount_ore,
            person_id=actor.person_id,
        )
    )


def _bound_to(case_id: int) -> int:
    entries = select(func.coalesce(func.sum(AwardEntry.amount_ore), 0)).where(AwardEntry.case_id == case_id)
    return int(db.session.execute(entries).scalar_one())


def _write(
    facts: ApplicationFacts,
    proposal: AssessmentFacts,
    outcome: str,
    reasons: str,
    decided_at: datetime,
    actor: Actor,
) -> int:
    return write_decision(
        facts.id,
        outcome=outcome,
        reasons=reasons,
        prepared_by=proposal.author_id,
        decided_by=actor.person_id,
        decided_at=decided_at,
        appeal_to=facts.appeal_to,
        appeal_until=appeal_until(notified_at=decided_at),
    )


def _tell(facts: ApplicationFacts, outcome: str, amount_ore: int, deviates: bool, actor: Actor) -> None:
    event = ApplicationDecided(
        subject_id=facts.id,
        **scope_of(facts),
        call_id=facts.call_id,
        number=facts.number or "",
        outcome=outcome,
        amount_ore=amount_ore,
        deviates=deviates,
    )
    record(event, actor=actor)
