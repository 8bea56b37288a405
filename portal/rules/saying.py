"""A unit says its word on a rule: stricter, one point more, left, or taken back.

Every function runs inside the caller's transaction, which has checked that the actor may and has the unit's
row locked.
"""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from portal import clock
from portal.record import record
from portal.record.services import Recorded
from portal.rules.events import DutyLeft, RuleTakenBack, RuleTightened
from portal.rules.holding import Placed, said_at
from portal.rules.levels import LEAVING_KINDS, Holding, LevelRule, Said, resolve
from portal.rules.models import UnitRule
from portal.rules.refusals import RuleRefused


class Speaker(Placed, Protocol):
    """The unit that speaks, where it stands; `scope`: the scope columns of an event there."""

    @property
    def unit_id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def scope(self) -> dict[str, int | None]: ...


def inherited(about: LevelRule, speaker: Speaker) -> Holding:
    """What would hold at the unit if it had said nothing itself."""
    said = [one for one in said_at(speaker, about.name) if one.unit_id != speaker.unit_id]
    return resolve(about, said)


def tighten(
    session: Session, about: LevelRule, speaker: Speaker, number: int, reason: str, *, actor: Recorded | None
) -> int:
    """Say a number of days, in place of the unit's own before; gives the word's id.

    Raises `RuleRefused`: out of bounds, or not stricter than what comes from above.
    """
    if not about.least <= number <= about.most:
        raise RuleRefused("out_of_bounds", least=about.least, most=about.most)
    above = inherited(about, speaker)
    if not about.stricter(number, above.number):
        code = "not_more" if about.kind == "at_least" else "not_fewer"
        raise RuleRefused(code, number=above.number)
    _end_own(session, about, speaker, actor)
    return _say(session, about, speaker, {"number": number}, reason, actor)


def switch_on(
    session: Session, about: LevelRule, speaker: Speaker, reason: str, *, actor: Recorded | None
) -> int:
    """Make it a duty here and below. Raises `RuleRefused` where it is one already."""
    on_above = inherited(about, speaker).on
    if on_above and not _own(about, speaker):
        raise RuleRefused("on_already")
    _end_own(session, about, speaker, actor)
    if on_above:
        return 0  # only the leaving was taken back: what holds above holds here again
    return _say(session, about, speaker, {"number": 1}, reason, actor)


def add_point(
    session: Session, about: LevelRule, speaker: Speaker, point: str, reason: str, *, actor: Recorded | None
) -> int:
    """Add a point to a list. Raises `RuleRefused` when it is empty or stands there already."""
    if not point.strip():
        raise RuleRefused("point_missing")
    if point.strip() in resolve(about, said_at(speaker, about.name)).points:
        raise RuleRefused("point_known")
    return _say(session, about, speaker, {"point": point.strip()}, reason, actor)


def leave(
    session: Session, about: LevelRule, speaker: Speaker, reason: str, *, actor: Recorded | None
) -> int:
    """Leave an inherited duty, with the reason. Raises `RuleRefused`: no own branch, or no such duty."""
    if not about.leavable or speaker.kind not in LEAVING_KINDS:
        raise RuleRefused("not_leavable")
    if not inherited(about, speaker).on:
        raise RuleRefused("nothing_to_leave")
    if not reason.strip():
        raise RuleRefused("reason_missing")
    if any(one.left for one in _own(about, speaker)):
        raise RuleRefused("left_already")
    _end_own(session, about, speaker, actor)
    return _say(session, about, speaker, {"left": True}, reason, actor)


def take_back(
    session: Session, about: LevelRule, speaker: Speaker, said_id: int, *, actor: Recorded | None
) -> None:
    """Take back one of the unit's own words: what holds above holds again. Raises `RuleRefused`."""
    if said_id not in {one.id for one in _own(about, speaker)}:
        raise RuleRefused("taken_back_already")
    _end(session, about, speaker, [said_id], actor)


def _own(about: LevelRule, speaker: Speaker) -> list[Said]:
    return [one for one in said_at(speaker, about.name) if one.unit_id == speaker.unit_id]


def _end_own(session: Session, about: LevelRule, speaker: Speaker, actor: Recorded | None) -> None:
    _end(session, about, speaker, [one.id for one in _own(about, speaker)], actor)


def _end(
    session: Session, about: LevelRule, speaker: Speaker, ids: list[int], actor: Recorded | None
) -> None:
    ended = session.execute(
        update(UnitRule)
        .where(UnitRule.id.in_(ids), UnitRule.ended_at.is_(None))
        .values(ended_at=clock.now(), ended_by=actor.person_id if actor else None)
        .returning(UnitRule.id)
    ).scalars()
    for one in ended.all():
        event = RuleTakenBack(subject_id=one, unit_id=speaker.unit_id, rule=about.name, **speaker.scope)
        record(event, actor=actor)


def _say(
    session: Session,
    about: LevelRule,
    speaker: Speaker,
    values: dict[str, Any],
    reason: str,
    actor: Recorded | None,
) -> int:
    if not reason.strip():
        raise RuleRefused("reason_missing")
    made: int = session.execute(
        insert(UnitRule)
        .values(
            unit_id=speaker.unit_id,
            name=about.name,
            reason=reason.strip(),
            said_by=actor.person_id if actor else None,
            said_at=clock.now(),
            **values,
        )
        .returning(UnitRule.id)
    ).scalar_one()
    where: dict[str, Any] = {
        "subject_id": made,
        "unit_id": speaker.unit_id,
        "rule": about.name,
        **speaker.scope,
    }
    event = DutyLeft(**where) if values.get("left") else RuleTightened(number=values.get("number"), **where)
    record(event, actor=actor)
    return made
