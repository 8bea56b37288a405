"""What keeps a step of an appeal from being taken: each gives the rule that says no, or None."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal import settings
from portal.access.actor import Actor
from portal.casework.appeals.rules import CANNOT_REJECT, CANNOT_TRY, CHECKED_FIRST, FRESH_EYES, ONE_YEAR
from portal.rules import Rule

YEAR = timedelta(days=365)


def others_than_the_first_time(facts: Any, actor: Actor) -> Rule | None:
    """An appeal is looked at with fresh eyes, unless UDI has set otherwise."""
    again = settings.current().appeals.fresh_eyes and actor.person_id in facts.first_hands
    return FRESH_EYES if again else None


def checked_and_proposed(facts: Any, actor: Actor) -> Rule | None:
    """Prepared by the first instance (fvl. § 33)."""
    if facts.proposed is None or not facts.checks:
        return CHECKED_FIRST
    return others_than_the_first_time(facts, actor)


def can_be_tried(facts: Any, actor: Actor) -> Rule | None:
    """In time or taken all the same, from a party, signed (fvl. §§ 28-32)."""
    rule = checked_and_proposed(facts, actor)
    if rule is not None:
        return rule
    if not facts.may_be_tried:
        return CANNOT_TRY
    # Taken though late: at most a year after (§ 31, third paragraph).
    late_now = not facts.in_time and facts.decided_at is not None
    if late_now and facts.submitted_at > facts.decided_at + YEAR:
        return ONE_YEAR
    return None


def can_be_rejected(facts: Any, actor: Actor) -> Rule | None:
    """Only what lacks a condition is turned away (*avvist*)."""
    rule = checked_and_proposed(facts, actor)
    return rule or (CANNOT_REJECT if facts.may_be_tried else None)
