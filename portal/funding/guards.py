"""What keeps a step of a grant application from being taken: each gives the rule that says no, or None."""

from __future__ import annotations

from typing import Any

from portal import clock
from portal.access.actor import Actor
from portal.funding.rules import (
    AFTER_DEADLINE,
    ANSWER_PERIOD,
    APPEAL_OVER,
    APPEAL_RUNS,
    DEMAND_STANDS,
    MONEY_OWED,
    NOT_REFUSED,
    NOT_REPAID,
    PAID_ALREADY,
    PROPOSAL_NEEDED,
    TO_GIVE_BACK,
)
from portal.rules import Rule


def deadline_passed_or_rolling(facts: Any, _actor: Actor) -> Rule | None:
    """Equal treatment: in a call with a common deadline nothing is decided before it."""
    return None if facts.rolling or clock.now() >= facts.closes_at else AFTER_DEADLINE


def proposal_is_written(facts: Any, _actor: Actor) -> Rule | None:
    """A case is clarified before it is decided (fvl. § 17)."""
    return None if facts.assessment is not None else PROPOSAL_NEEDED


def ready_to_decide(facts: Any, actor: Actor) -> Rule | None:
    """Proposed, and the deadline passed where it is common to all."""
    return proposal_is_written(facts, actor) or deadline_passed_or_rolling(facts, actor)


def appeal_period_is_over(facts: Any, _actor: Actor) -> Rule | None:
    """The right to appeal, and an answer to the appeal that came, stand before a tidy list (fvl. § 29)."""
    until = facts.appeal_until
    if facts.appealed:
        return APPEAL_RUNS
    return None if until is not None and clock.today() > until else APPEAL_OVER


def was_refused(facts: Any, _actor: Actor) -> Rule | None:
    """Only a refusal is turned into a grant; a grant that is too small is added to."""
    return None if facts.outcome == "refused" else NOT_REFUSED


def answer_period_is_over(facts: Any, _actor: Actor) -> Rule | None:
    """Who is asked for more has the time they were given (fvl. § 11)."""
    due = facts.request_due_on
    return ANSWER_PERIOD if due is not None and clock.today() <= due else None


def nothing_is_paid(facts: Any, _actor: Actor) -> Rule | None:
    """What is paid is reported on or paid back, not dropped."""
    return PAID_ALREADY if facts.paid_ore else None


def nothing_is_owed(facts: Any, _actor: Actor) -> Rule | None:
    """What was paid and not used comes back (forskriften § 10), or is let go, before a case is finished."""
    if facts.repaid_ore > facts.claimed_ore:
        return TO_GIVE_BACK
    gone = (facts.spent_ore or 0) + facts.repaid_ore + facts.waived_ore
    return MONEY_OWED if facts.paid_ore > gone else None


def all_is_repaid(facts: Any, _actor: Actor) -> Rule | None:
    """A demand stands until it is paid; what came and is not demanded any more, is given back first."""
    if facts.repaid_ore > facts.claimed_ore:
        return TO_GIVE_BACK
    return NOT_REPAID if facts.repaid_ore < facts.claimed_ore else None


def demand_fell_away(facts: Any, _actor: Actor) -> Rule | None:
    """Only an appeal takes a demand away."""
    return DEMAND_STANDS if facts.claimed_ore else None
