"""Use cases of calls: drafting, publishing, changing afterwards, closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access.actor import Actor, Place
from portal.access.policy import OutOfReach, require
from portal.casework.models import Case
from portal.database import scalar, transaction
from portal.funding.events import CallClosed, CallPublished
from portal.funding.models import Application, Call, CallFrame, CallVersion
from portal.funding.paths import Paths
from portal.funding.permissions import CALL_MANAGE
from portal.funding.scheme import SCHEMES, Scheme
from portal.notifications.services import notify
from portal.record import record
from portal.units.models import Unit
from portal.web.kit.i18n import N_


class CallRefused(ValueError):
    """A call cannot stand so; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTerms:
    """What a call says. `frame_ore` in øre; times aware; `texts` {language: {"title", "intro", ...}}.

    `distribution` maps county numbers, or `SEVERAL`, to regional units (see `distribution.place_for`).
    """

    scheme: str
    year: int
    texts: Mapping[str, Mapping[str, str]]
    frame_ore: int
    opens_at: datetime
    closes_at: datetime
    rolling: bool = False
    voted: bool = True
    goals: tuple[str, ...] = ()
    applicants: tuple[str, ...] = ()
    register_strength: str = "must"
    distribution: Mapping[str, int] = field(default_factory=dict)
    appeal_to: str = ""
    appeal_confirmed: bool = False


def keep_draft(terms: CallTerms, *, call_id: int | None = None, actor: Actor) -> int:
    """Keep a call that nobody outside sees yet, new or in place of what the draft said, and give its id.

    Raises `Denied`, `OutOfReach` where no draft stands, and `CallRefused` with `frame`, `period` or `title`.
    """
    scheme = _possible(terms)
    with transaction(actor=actor) as session:
        require(actor, CALL_MANAGE, place_of(scheme))
        if call_id is None:
            return _insert(session, "draft", terms, scheme, actor)
        _drafted(session, call_id, scheme)
        session.execute(update(Call).where(Call.id == call_id).values(year=terms.year))
        session.execute(delete(CallVersion).where(CallVersion.call_id == call_id))
        session.execute(
            update(CallFrame).where(CallFrame.call_id == call_id).values(frame_ore=terms.frame_ore)
        )
        _write_version(session, call_id, 1, terms, scheme, actor)
    return call_id


def drop_draft(scheme: Scheme, call_id: int, *, actor: Actor) -> None:
    """Throw a draft away. Raises `Denied`, and `OutOfReach` where no draft stands."""
    with transaction(actor=actor) as session:
        require(actor, CALL_MANAGE, place_of(scheme))
        _drafted(session, call_id, scheme)
        session.execute(delete(CallVersion).where(CallVersion.call_id == call_id))
        session.execute(delete(CallFrame).where(CallFrame.call_id == call_id))
        session.execute(delete(Call).where(Call.id == call_id))


def publish_draft(scheme: Scheme, call_id: int, *, actor: Actor) -> None:
    """Announce a drafted call (*lyse ut*, økonomibestemmelsene 6.3.1).

    Raises `Denied`, `OutOfReach` where no draft stands, and `CallRefused` with `no_goal`, `unbound_goal`
    or `over` when its deadline has passed.
    """
    with transaction(actor=actor) as session:
        require(actor, CALL_MANAGE, place_of(scheme))
        _drafted(session, call_id, scheme)
        said: Any = session.execute(
            select(CallVersion.goals, CallVersion.frame_ore, CallVersion.closes_at).where(
                CallVersion.call_id == call_id
            )
        ).one()
        _ready(scheme, said.goals)
        if said.closes_at <= clock.now():
            raise CallRefused("over")
        session.execute(
            update(Call)
            .where(Call.id == call_id)
            .values(state="published", published_at=clock.now(), published_by=actor.person_id)
        )
        _tell_published(call_id, 1, said.frame_ore, scheme, actor)


def publish_call(terms: CallTerms, *, actor: Actor) -> int:
    """Publish a call at once (*utlysning*, økonomibestemmelsene 6.3.1) and give its id.

    Raises `Denied`, and `CallRefused` with `unbound_goal`, `no_goal`, `frame`, `period` or `title`.
    """
    scheme = _possible(terms)
    _ready(scheme, terms.goals)
    with transaction(actor=actor) as session:
        require(actor, CALL_MANAGE, place_of(scheme))
        call_id = _insert(session, "published", terms, scheme, actor)
        _tell_published(call_id, 1, terms.frame_ore, scheme, actor)
    return call_id


def change_call(call_id: int, terms: CallTerms, *, base: int | None = None, actor: Actor) -> int:
    """Publish a new version of a call, tell everybody with a draft, and give the version's number.

    `base` is the version somebody looked at. The frame cannot go below what decisions have bound:
    `CallRefused("frame")`; `CallRefused("moved")` when somebody else changed it since `base`. Otherwise
    raises like `publish_call`, and `OutOfReach`.
    """
    scheme = _possible(terms)
    _ready(scheme, terms.goals)
    with transaction(actor=actor) as session:
        require(actor, CALL_MANAGE, place_of(scheme))
        version = _next_version(session, call_id, scheme, base)
        framed = session.execute(
            update(CallFrame)
            .where(CallFrame.call_id == call_id, CallFrame.committed_ore <= terms.frame_ore)
            .values(frame_ore=terms.frame_ore)
            .returning(CallFrame.call_id)
        ).first()
        if framed is None:
            raise CallRefused("frame")
        _write_version(session, call_id, version, terms, scheme, actor)
        _tell_published(call_id, version, terms.frame_ore, scheme, actor)
        _move_drafts(session, call_id, version, terms, scheme)
    return version


def close_call(scheme: Scheme, call_id: int, *, actor: Actor) -> None:
    """Take no more applications, late ones neither. Raises `Denied`, `OutOfReach`, `CallRefused("open")`.

    Only after the deadline: before it, a call that should end is changed to an earlier one.
    """
    with transaction(actor=actor) as session:
        require(actor, CALL_MANAGE, place_of(scheme))
        closes_at = session.execute(
            select(CallVersion.closes_at)
            .join(Call, (Call.id == CallVersion.call_id) & (Call.current_version == CallVersion.version))
            .where(Call.id == call_id, Call.scheme == scheme.code, Call.state == "published")
            .with_for_update(of=Call)
        ).scalar()
        if closes_at is None:
            raise OutOfReach(f"call {call_id}")
        if closes_at > clock.now():
            raise CallRefused("open")
        session.execute(update(Call).where(Call.id == call_id).values(state="closed"))
        event = CallClosed(subject_id=call_id, national_id=place_of(scheme).national_id, scheme=scheme.code)
        record(event, actor=actor)


def place_of(scheme: Scheme) -> Place:
    """Where a scheme's calls stand: at the national unit that announces them."""
    return Place(
        national_id=scalar(select(Unit.id).where(Unit.code == scheme.national_unit)), plugin=scheme.plugin
    )


def _possible(terms: CallTerms) -> Scheme:
    if terms.frame_ore <= 0:
        raise CallRefused("frame")
    if terms.opens_at >= terms.closes_at:
        raise CallRefused("period")
    if not terms.texts.get("nb", {}).get("title"):
        raise CallRefused("title")
    return SCHEMES[terms.scheme]


def _ready(scheme: Scheme, goals: Any) -> None:
    if not goals:
        raise CallRefused("no_goal")
    if not scheme.bound_goals().issuperset(goals):
        raise CallRefused("unbound_goal")


def _drafted(session: Session, call_id: int, scheme: Scheme) -> None:
    found = session.execute(
        select(Call.id)
        .where(Call.id == call_id, Call.scheme == scheme.code, Call.state == "draft")
        .with_for_update()
    ).scalar()
    if found is None:
        raise OutOfReach(f"call {call_id}")


def _next_version(session: Session, call_id: int, scheme: Scheme, base: int | None) -> int:
    now = session.execute(
        select(Call.current_version)
        .where(Call.id == call_id, Call.scheme == scheme.code, Call.state == "published")
        .with_for_update()
    ).scalar()
    if now is None:
        raise OutOfReach(f"call {call_id}")
    if base is not None and base != now:
        raise CallRefused("moved")
    session.execute(update(Call).where(Call.id == call_id).values(current_version=now + 1))
    return int(now) + 1


def _insert(session: Session, state: str, terms: CallTerms, scheme: Scheme, actor: Actor) -> int:
    call_id: int = session.execute(
        insert(Call)
        .values(
            scheme=scheme.code,
            year=terms.year,
            state=state,
            current_version=1,
            published_at=clock.now() if state == "published" else None,
            published_by=actor.person_id if state == "published" else None,
        )
        .returning(Call.id)
    ).scalar_one()
    session.execute(insert(CallFrame).values(call_id=call_id, frame_ore=terms.frame_ore))
    _write_version(session, call_id, 1, terms, scheme, actor)
    return call_id


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
            voted=terms.voted,
            applicants=list(terms.applicants),
            register_strength=terms.register_strength,
            distribution=dict(terms.distribution),
            appeal_to=terms.appeal_to or scheme.appeal_to,
            appeal_confirmed=terms.appeal_confirmed,
            written_by=actor.person_id,
            written_at=clock.now(),
        )
    )


def _tell_published(call_id: int, version: int, frame_ore: int, scheme: Scheme, actor: Actor) -> None:
    event = CallPublished(
        subject_id=call_id,
        national_id=place_of(scheme).national_id,
        scheme=scheme.code,
        version=version,
        frame_ore=frame_ore,
    )
    record(event, actor=actor)


def _move_drafts(session: Session, call_id: int, version: int, terms: CallTerms, scheme: Scheme) -> None:
    drafts: Any = session.execute(
        update(Application)
        .where(Application.call_id == call_id, Application.case_id == Case.id, Case.state == "draft")
        .values(call_version=version)
        .returning(Case.owner_id)
    ).all()
    for (owner_id,) in drafts:
        notify(
            unit_id=owner_id,
            kind="funding.call_changed",
            title_id=N_("The call has changed"),
            body_id=N_("“%(call)s”, where you have a draft, has changed. See what is new before you send."),
            values={"call": terms.texts["nb"]["title"]},
            href=f"{Paths(scheme.prefix).call(call_id)}#endringer",
        )
