"""Use cases that end sessions: by the person, by an administrator, by the provider."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode, urlsplit, urlunsplit

from portal.access.actor import Actor
from portal.access.policy import OutOfReach
from portal.database import transaction
from portal.identity import events, sessions
from portal.identity.context import session_of
from portal.identity.fetching import Busy
from portal.identity.provider import KnownProvider
from portal.identity.refusal import LoginRefused
from portal.identity.sessions import Hint
from portal.record import record


def log_out(token: str) -> Hint | None:
    """End the session of a cookie; gives what its provider needs to end its own, or None."""
    with transaction() as session:
        found = sessions.of_token(session, token)
        if found is None:
            return None
        ended, hint, was_open = found
        sessions.end(session, "logout", sessions.with_id(ended.id))
        if was_open:
            record(events.LoggedOut(subject_id=ended.id), actor=Actor(person_id=ended.person_id))
    return hint


def provider_logout_url(provider: KnownProvider, hint: Hint, *, back: str) -> str | None:
    """Where the browser goes to log out at the provider too, and come back; None if it cannot be had now."""
    try:
        with provider.place():
            endpoint = provider.metadata().end_session_endpoint
    except (LoginRefused, Busy):
        return None
    if endpoint is None or not hint.id_token:
        return None
    parts = urlsplit(endpoint)
    told = {
        "id_token_hint": hint.id_token,
        "client_id": provider.profile.client_id,
        "post_logout_redirect_uri": back,
        "state": secrets.token_urlsafe(8),
    }
    query = "&".join(part for part in (parts.query, urlencode(told)) if part)
    return urlunsplit(parts._replace(query=query))


def end_session(session_id: int, *, actor: Actor) -> None:
    """End one of the actor's own sessions. Raises `OutOfReach` when it is not theirs or has ended."""
    if actor.person_id is None:
        raise OutOfReach
    with transaction() as session:
        theirs = sessions.of_person(actor.person_id)
        mine = (sessions.with_id(session_id), theirs)
        if not sessions.end_told(session, "owner", *mine, by=actor.person_id):
            raise OutOfReach


def end_other_sessions(*, actor: Actor) -> int:
    """End all the actor's sessions but the one they are in; gives their number."""
    here = session_of(actor)
    if actor.person_id is None or here is None:
        return 0
    with transaction() as session:
        others = sessions.of_person(actor.person_id, but=here.id)
        return len(sessions.end_told(session, "owner", others, by=actor.person_id))


def end_all_sessions(person_id: int, *, actor: Actor) -> int:
    """End every session of a person, for an administrator whose right the caller has checked."""
    with transaction(actor=actor) as session:
        theirs = sessions.of_person(person_id)
        return len(sessions.end_told(session, "administrator", theirs, by=actor.person_id))


def end_provider_session(provider: KnownProvider, sid: str) -> int:
    """End the sessions begun in a provider's session, because it was ended there; gives their number."""
    with transaction() as session:
        begun = sessions.of_provider(provider.profile.issuer, sid)
        return len(sessions.end_told(session, "provider", begun, by=None))
