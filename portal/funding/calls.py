"""Use cases of calls: publishing one, and changing it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.access.actor import Actor, Place
from portal.access.policy import require
from portal.casework.models import Case
from portal.database import scalar, transaction
from portal.funding.events import CallPublished
from portal.funding.models import Application, Call, CallFrame, CallVersion
from portal.funding.permissions import CALL_MANAGE
from portal.funding.scheme import SCHEMES, Scheme
from portal.notifications.services import notify
from portal.record import record
from portal.units.models import Unit
from portal.web.kit.i18n import N_


class CallRefused(ValueError):
    """A call cannot be published so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTerms:
    """What a call says. `frame_ore` in øre; times aware; `texts` {language: {"title", "intro"}}."""

    scheme: str
    year: int
    texts: Mapping[str, Mapping[str, str]]
    frame_ore: int
    opens_at: datetime
    closes_at: datetime
    rolling: bool = False
    goals: tuple[str, ...] = ()
    distribution: Mapping[str, int] = field(default_factory=dict)
    appeal_to: str = ""


def publish_call(terms: CallTerms, *, actor: Actor) -> int:
    """Publish a call (*utlysning*, økonomibestemmelsene 6.3.1) and give its id.

    Raises `Denied`, and `CallRefused` with `unbound_goal`, `no_goal`, `frame`, `period` or `title`.
    """
    scheme = _checked(terms)
    with transaction(actor=actor) as session:
        place = _place(scheme)
        require(actor, CALL_MANAGE, place)
        call_id: int = session.execute(
            insert(Call)
            .values(scheme=scheme.code, year=terms.year, state="published", current_version=1)
            .returning(Call.id)
        ).scalar_one()
        session.execute(insert(CallFrame).values(call_id=call_id, frame_ore=terms.frame_ore))
        _write_version(session, call_id, 1, terms, scheme, actor)
    return call_id


def change_call(call_id: int, terms: CallTerms, *, actor: Actor) -> int:
    """Publish a new version of a call, tell everybody with a draft, and give the version's number.

    The frame cannot go below what decisions have bound: `CallRefused("frame")`. Raises like `publish_call`.
    """
    scheme = _checked(terms)
    with transaction(actor=actor) as session:
        require(actor, CALL_MANAGE, _place(scheme))
        version = session.execute(
            update(Call)
            .where(Call.id == call_id, Call.scheme == scheme.code)
            .values(current_version=Call.current_version + 1)
            .returning(Call.current_version)
        ).scalar_one()
        framed = session.execute(
            update(CallFrame)
            .where(CallFrame.call_id == call_id, CallFrame.committed_ore <= terms.frame_ore)
            .values(frame_ore=terms.frame_ore)
            .returning(CallFrame.call_id)
        ).first()
        if framed is None:
            raise CallRefused("frame")
        _write_version(session, call_id, version, terms, scheme, actor)
        _move_drafts(session, call_id, version, terms, scheme)
    return int(version)


def _checked(terms: CallTerms) -> Scheme:
    scheme = SCHEMES[terms.scheme]
    known = {goal.code for goal in scheme.goals}
    if not terms.goals:
        raise CallRefused("no_goal")
    if not known.issuperset(terms.goals):
        raise CallRefused("unbound_goal")
    if terms.frame_ore <= 0:
        raise CallRefused("frame")
    if terms.opens_at >= terms.closes_at:
        raise CallRefused("period")
    if not terms.texts.get("nb", {}).get("title"):
        raise CallRefused("title")
    return scheme


def _place(scheme: Scheme) -> Place:
    return Place(
        national_id=scalar(select(Unit.id).where(Unit.code == scheme.national_unit)), plugin=scheme.plugin
    )


def _write_version(
    session: Session, call_id: int, version: int, terms: CallTerms, scheme: Scheme, actor: Actor
) -> None:
    session.execute(
        insert(CallVersion).values(
            call_id=call_id,
            version=version,
            texts={language: dict(texts) for language, texts in terms.texts.items()},
            goals=list(terms.goals),
            frame_ore=terms.frame_ore,
            opens_at=terms.opens_at,
            closes_at=terms.closes_at,
            rolling=terms.rolling,
            distribution=dict(terms.distribution),
            appeal_to=terms.appeal_to or scheme.appeal_to,
            published_by=actor.person_id,
        )
    )
    event = CallPublished(
        subject_id=call_id,
        national_id=_place(scheme).national_id,
        scheme=scheme.code,
        version=version,
        frame_ore=terms.frame_ore,
    )
    record(event, actor=actor)


def _move_drafts(session: Session, call_id: int, version: int, terms: CallTerms, scheme: Scheme) -> None:
    drafts: Any = session.execute(
        update(Application)
        .where(Application.call_id == call_id, Application.case_id == Case.id, Case.state == "draft")
        .values(call_version=version)
        .returning(Case.id, Case.owner_id)
    ).all()
    for case_id, owner_id in drafts:
        notify(
            unit_id=owner_id,
            kind="funding.call_changed",
            title_id=N_("The call has changed"),
            body_id=N_("“%(call)s”, where you have a draft, has changed. See what is new before you send."),
            values={"call": terms.texts["nb"]["title"]},
            href=scheme.case_path(case_id),
        )
