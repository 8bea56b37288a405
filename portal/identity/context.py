"""Who is asking: one statement loads session, person, assignments, switches and their generation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import text

from portal import clock
from portal.access.actor import Actor, Held, Switches, reach_of
from portal.database import read_one

SESSION_COOKIE = "__Host-session"

_SESSION = """
      SELECT s.id AS session_id, s.person_id, s.acting_for, s.seen_at, s.authenticated_at, s.acr,
             s.provider, s.represents
        FROM user_session s
       WHERE s.token_digest = :digest AND s.ended_at IS NULL AND s.expires_at > now()
         AND s.seen_at > now() - make_interval(mins => CASE WHEN s.staff THEN :staff_idle ELSE :idle END)
"""
_PERSON = """
      SELECT CAST(NULL AS bigint) AS session_id, CAST(:person_id AS bigint) AS person_id,
             CAST(NULL AS bigint) AS acting_for, CAST(NULL AS timestamptz) AS seen_at,
             CAST(NULL AS timestamptz) AS authenticated_at, CAST('' AS text) AS acr,
             CAST('' AS text) AS provider, CAST('' AS text) AS represents
"""
_CONTEXT = """
    WITH session AS ({source})
    SELECT (SELECT value FROM switch_generation) AS generation,
           (SELECT coalesce(json_agg(json_build_array(plugin, unit_id)), '[]')
              FROM plugin_switch WHERE NOT enabled) AS off,
           session.session_id, session.person_id, session.acting_for, session.seen_at,
           session.authenticated_at, session.acr, session.provider, session.represents,
           person.name, person.language,
           (SELECT coalesce(json_agg(json_build_array(
                     a.id, a.role, u.id, u.name, u.tree, u.level,
                     CASE WHEN u.kind = 'directorate'
                          THEN (SELECT json_agg(t.id) FROM unit t
                                 WHERE t.tree = 'authority' AND t.level = 'national')
                          ELSE json_build_array(u.id) END,
                     a.valid_to) ORDER BY a.id), '[]')
              FROM assignment a JOIN unit u ON u.id = a.unit_id
             WHERE a.person_id = session.person_id AND a.ended_at IS NULL
               AND a.valid_from <= now() AND (a.valid_to IS NULL OR a.valid_to > now())
               AND (u.valid_to IS NULL OR u.valid_to > (now() AT TIME ZONE 'Europe/Oslo')::date)) AS held
      FROM (SELECT 1) AS always
      LEFT JOIN session ON true
      LEFT JOIN person ON person.id = session.person_id
"""
_BY_SESSION = text(_CONTEXT.format(source=_SESSION))
_BY_PERSON = text(_CONTEXT.format(source=_PERSON))


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """The session a request came in: when and how strongly the person proved who they are."""

    id: int
    seen_at: datetime
    authenticated_at: datetime
    acr: str
    provider: str = ""
    represents: str = ""


@dataclass(frozen=True, slots=True)
class SessionActor(Actor):
    """An actor who came with a login session, and not through a job or a command."""

    session: SessionFacts | None = None


def token_digest(token: str) -> bytes:
    """What is stored of a session's token."""
    return sha256(token.encode()).digest()


@dataclass(frozen=True, slots=True)
class Freshness:
    """When a login is good enough for a grave act: how old it may be, and how strong it must be."""

    minutes: int
    levels: Mapping[str, frozenset[str]]

    def holds(self, facts: SessionFacts) -> bool:
        """True when the session was proved lately, at a level its provider's profile asks of grave acts."""
        levels = self.levels.get(facts.provider)
        young = clock.now() - facts.authenticated_at <= timedelta(minutes=self.minutes)
        return young and (not levels or facts.acr in levels)


def load_actor(
    token: str | None,
    *,
    idle_minutes: int,
    staff_idle_minutes: int | None = None,
    freshness: Freshness | None = None,
) -> Actor:
    """The actor of a session cookie: the person with every right they have now, or an anonymous visitor.

    `staff_idle_minutes` is for sessions begun at UDI's own door. Without `freshness` no proof is too old.
    """
    digest = token_digest(token) if token else b""
    limits = {"idle": idle_minutes, "staff_idle": staff_idle_minutes or idle_minutes}
    return _actor(read_one(_BY_SESSION, {"digest": digest, **limits}), freshness)


def actor_of(person_id: int) -> Actor:
    """The actor a person is right now, without a session: for jobs, commands and tests."""
    return _actor(read_one(_BY_PERSON, {"person_id": person_id}))


def switches_now() -> Switches:
    """Which plugins are off where, for jobs that nobody asks for."""
    return load_actor(None, idle_minutes=0).switches


def session_of(actor: Actor) -> SessionFacts | None:
    """The session the actor came with; None for visitors, jobs and commands."""
    return actor.session if isinstance(actor, SessionActor) else None


def fresh_login(actor: Actor, max_age: timedelta) -> bool:
    """True when the person proved who they are at most `max_age` ago, by the provider's own time."""
    session = session_of(actor)
    return session is not None and clock.now() - session.authenticated_at <= max_age


def _actor(row: Any, freshness: Freshness | None = None) -> Actor:
    switches = Switches(frozenset((plugin, unit) for plugin, unit in row.off))
    if row.person_id is None or row.name is None:
        return Actor(generation=row.generation, switches=switches)
    held = tuple(Held(*[*one[:6], tuple(one[6]), one[7]]) for one in row.held)
    facts = None
    if row.session_id is not None:
        facts = SessionFacts(
            row.session_id, row.seen_at, row.authenticated_at, row.acr, row.provider, row.represents
        )
    return SessionActor(
        person_id=row.person_id,
        name=row.name,
        held=held,
        acting_for=_acting_for(row.acting_for, held),
        generation=row.generation,
        switches=switches,
        language=row.language,
        reach=reach_of(held),
        session=facts,
        proof_is_old=facts is not None and freshness is not None and not freshness.holds(facts),
    )


def _acting_for(chosen: int | None, held: Iterable[Held]) -> int | None:
    """The unit that was chosen while it is still theirs; otherwise the only one they have, if it is one."""
    units = {one.unit_id for one in held}
    if chosen in units:
        return chosen
    return units.pop() if len(units) == 1 else None
