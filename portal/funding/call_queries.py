"""Reading calls: what is announced is for everybody, drafts for those who manage the scheme's calls."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import OutOfReach, allowed
from portal.casework.models import Case
from portal.database import read, read_one
from portal.funding.calls import place_of
from portal.funding.facts import CallFacts
from portal.funding.models import Application, Call, CallFrame, CallVersion
from portal.funding.permissions import CALL_MANAGE

_CALL_COLUMNS = (
    Call.id,
    Call.scheme,
    Call.year,
    Call.state,
    CallVersion.version,
    CallVersion.texts,
    CallVersion.goals,
    CallVersion.frame_ore,
    CallVersion.opens_at,
    CallVersion.closes_at,
    CallVersion.rolling,
    CallVersion.distribution,
    CallVersion.appeal_to,
    CallFrame.committed_ore,
    CallVersion.voted,
    CallVersion.applicants,
    CallVersion.register_strength,
    CallVersion.appeal_confirmed,
    Call.published_at,
    CallVersion.written_at,
)
_VERSIONS: Any = (
    select(*_CALL_COLUMNS)
    .join(CallVersion, CallVersion.call_id == Call.id)
    .join(CallFrame, CallFrame.call_id == Call.id)
)
_CALL: Any = _VERSIONS.where(CallVersion.version == Call.current_version)
_OPEN = _CALL.where(
    Call.state == "published",
    CallVersion.opens_at <= bindparam("now"),
    CallVersion.closes_at > bindparam("now"),
).order_by(CallVersion.closes_at, Call.id)


def open_calls(scheme: str | None = None) -> list[CallFacts]:
    """Calls one can apply in now, the one that closes first on top; of one scheme, or of all."""
    statement = _OPEN if scheme is None else _OPEN.where(Call.scheme == scheme)
    return [CallFacts(*tuple(row)) for row in read(statement, {"now": clock.now()})]


def announced_calls(scheme: str) -> list[CallFacts]:
    """Calls of a scheme whose deadline has not passed, open or to come, the earliest deadline first."""
    statement = _CALL.where(
        Call.scheme == scheme, Call.state == "published", CallVersion.closes_at > clock.now()
    ).order_by(CallVersion.closes_at, Call.id)
    return [CallFacts(*tuple(row)) for row in read(statement)]


def get_call(
    call_id: int, *, scheme: str, version: int | None = None, actor: Actor | None = None
) -> CallFacts:
    """A published call, open or not, in its current version or an earlier one. Public.

    A draft is there for an `actor` who manages the scheme's calls alone. Raises `OutOfReach`.
    """
    statement = _CALL if version is None else _VERSIONS.where(CallVersion.version == version)
    row = read_one(statement.where(Call.id == call_id, Call.scheme == scheme))
    if row is None:
        raise OutOfReach(f"call {call_id}")
    found = CallFacts(*tuple(row))
    if found.state == "draft" and not (actor and allowed(actor, CALL_MANAGE, place_of(found.scheme))):
        raise OutOfReach(f"call {call_id}")
    return found


def versions_of(call_id: int) -> list[CallFacts]:
    """Every version of a published call, newest first. Public."""
    statement = _VERSIONS.where(Call.id == call_id, Call.state != "draft")
    return [CallFacts(*tuple(row)) for row in read(statement.order_by(CallVersion.version.desc()))]


def calls_of(scheme: str) -> list[tuple[CallFacts, int]]:
    """Every call of a scheme, newest first, with how many applications are sent. For managers of calls."""
    sent = (
        select(func.count())
        .select_from(Application)
        .join(Case, Case.id == Application.case_id)
        .where(Application.call_id == Call.id, Case.submitted_at.is_not(None))
        .correlate(Call)
        .scalar_subquery()
    )
    statement = _CALL.add_columns(sent).where(Call.scheme == scheme)
    rows = read(statement.order_by(Call.year.desc(), Call.id.desc()))
    return [(CallFacts(*values), count) for *values, count in map(tuple, rows)]
