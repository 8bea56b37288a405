"""Use cases of rules with levels: who may say what where, then the word, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.access.declared import RULE_SET
from portal.administration.locking import lock_for
from portal.database import transaction
from portal.rules import LevelRule, saying
from portal.rules.saying import Speaker

# Every use case raises `OutOfReach`, `Denied`, or `RuleRefused` with the reason.


def tighten(unit_id: int, about: LevelRule, number: int, reason: str, *, actor: Actor) -> None:
    """Ask for more (or fewer) days than what holds from above."""
    _speak(unit_id, actor, lambda s, unit: saying.tighten(s, about, unit, number, reason, actor=actor))


def switch_on(unit_id: int, about: LevelRule, reason: str, *, actor: Actor) -> None:
    """Make something a duty at the unit and below, or take up again what was left."""
    _speak(unit_id, actor, lambda s, unit: saying.switch_on(s, about, unit, reason, actor=actor))


def add_point(unit_id: int, about: LevelRule, point: str, reason: str, *, actor: Actor) -> None:
    """Add a point to a list."""
    _speak(unit_id, actor, lambda s, unit: saying.add_point(s, about, unit, point, reason, actor=actor))


def leave(unit_id: int, about: LevelRule, reason: str, *, actor: Actor) -> None:
    """Let ATE leave an inherited duty, with the reason."""
    _speak(unit_id, actor, lambda s, unit: saying.leave(s, about, unit, reason, actor=actor))


def take_back(unit_id: int, about: LevelRule, said_id: int, *, actor: Actor) -> None:
    """Take back one of the unit's own words."""
    _speak(unit_id, actor, lambda s, unit: saying.take_back(s, about, unit, said_id, actor=actor))


def _speak(unit_id: int, actor: Actor, say: Callable[[Session, Speaker], object]) -> None:
    """Lock the unit, judge the actor there, and let it speak."""
    with transaction(actor=actor) as session:
        say(session, lock_for(session, unit_id, RULE_SET, actor=actor))
