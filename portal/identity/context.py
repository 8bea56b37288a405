"""Who is asking: one statement loads session, person, assignments, switches and their generation."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from sqlalchemy import text

from portal.access.actor import Actor, Held, Switches, reach_of
from portal.database import read_one

_SESSION = """
      SELECT s.person_id, s.acting_for
        FROM user_session s
       WHERE s.token_digest = :digest AND s.ended_at IS NULL AND s.expires_at > now()
         AND s.seen_at > now() - make_interval(mins => :idle)
"""
_PERSON = "SELECT CAST(:person_id AS bigint) AS person_id, CAST(NULL AS bigint) AS acting_for"
_CONTEXT = """
    WITH session AS ({source})
    SELECT (SELECT value FROM switch_generation) AS generation,
           (SELECT coalesce(json_agg(json_build_array(plugin, unit_id)), '[]')
              FROM plugin_switch WHERE NOT enabled) AS off,
           session.person_id, session.acting_for, person.name, person.language,
           (SELECT coalesce(json_agg(json_build_array(
                     a.id, a.role, u.id, u.name, u.tree, u.level,
                     CASE WHEN u.kind = 'directorate'
                          THEN (SELECT json_agg(t.id) FROM unit t
                                 WHERE t.tree = 'authority' AND t.level = 'national')
                          ELSE json_build_array(u.id) END,
                     a.valid_to) ORDER BY a.id), '[]')
              FROM assignment a JOIN unit u ON u.id = a.unit_id
             WHERE a.person_id = session.person_id AND a.ended_at IS NULL
               AND a.valid_from <= now() AND (a.valid_to IS NULL OR a.valid_to > now())) AS held
      FROM (SELECT 1) AS always
      LEFT JOIN session ON true
      LEFT JOIN person ON person.id = session.person_id
"""
_BY_SESSION = text(_CONTEXT.format(source=_SESSION))
_BY_PERSON = text(_CONTEXT.format(source=_PERSON))


def token_digest(token: str) -> bytes:
    """What is stored of a session's token."""
    return sha256(token.encode()).digest()


def load_actor(token: str | None, *, idle_minutes: int) -> Actor:
    """The actor of a session cookie: the person with every right they have now, or an anonymous visitor."""
    digest = token_digest(token) if token else b""
    return _actor(read_one(_BY_SESSION, {"digest": digest, "idle": idle_minutes}))


def actor_of(person_id: int) -> Actor:
    """The actor a person is right now, without a session: for jobs, commands and tests."""
    return _actor(read_one(_BY_PERSON, {"person_id": person_id}))


def _actor(row: Any) -> Actor:
    switches = Switches(frozenset((plugin, unit) for plugin, unit in row.off))
    if row.person_id is None or row.name is None:
        return Actor(generation=row.generation, switches=switches)
    held = tuple(Held(*one[:6], tuple(one[6]), one[7]) for one in row.held)
    return Actor(
        person_id=row.person_id,
        name=row.name,
        held=held,
        acting_for=row.acting_for,
        generation=row.generation,
        switches=switches,
        language=row.language,
        reach=reach_of(held),
    )
