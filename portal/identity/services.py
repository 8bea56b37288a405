"""Use cases of login: begin, complete, refuse, log out, end sessions, choose whom one acts for."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from portal.access.actor import Actor
from portal.access.policy import OutOfReach
from portal.database import transaction
from portal.identity import attempts, events, flow, sessions
from portal.identity.attempts import Attempt
from portal.identity.context import session_of
from portal.identity.fetching import Busy, slot
from portal.identity.flow import Answer, Begun
from portal.identity.persons import find_or_create_person
from portal.identity.provider import KnownProvider
from portal.identity.refusal import LoginRefused
from portal.identity.sessions import Ended, Hint
from portal.jobs import once, periodic
from portal.record import record
from portal.settings import Session as Limits

NOBODY = 0


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser a login is completed in: its login cookie, its old session, what kind it is."""

    token: str
    old_session: str | None
    device: str


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A completed login: the new cookie's token, and where the person was going."""

    token: str
    next_path: str


def begin_login(
    provider: KnownProvider,
    *,
    redirect_uri: str,
    language: str,
    browser: str,
    next_path: str,
    again: bool = False,
) -> Begun:
    """Begin a login and remember it; with `again` the provider asks also whom it knows already.

    Raises `LoginRefused` (recorded) and `Busy`.
    """
    try:
        with slot():
            begun = flow.begin(provider, redirect_uri=redirect_uri, language=language, again=again)
    except LoginRefused as refused:
        record_refusal(refused)
        raise
    with transaction() as session:
        attempts.remember(session, begun, provider=provider.profile.key, browser=browser, next_path=next_path)
    return begun


def complete_login(
    provider: KnownProvider, answer: Answer, *, redirect_uri: str, browser: Browser, limits: Limits
) -> LoggedIn:
    """Complete a login with the provider's answer. Raises `LoginRefused` (recorded) and `Busy`."""
    try:
        with slot():  # before the attempt is used up, so that a reload works when all slots are taken
            attempt = _take_attempt(provider, answer, browser)
            identity = flow.complete(
                provider,
                answer,
                nonce=attempt.nonce,
                code_verifier=attempt.code_verifier,
                redirect_uri=redirect_uri,
            )
    except LoginRefused as refused:
        record_refusal(refused)
        raise
    return LoggedIn(_start_session(provider, identity, browser, limits), attempt.next_path)


def _take_attempt(provider: KnownProvider, answer: Answer, browser: Browser) -> Attempt:
    """The login this answer belongs to, used up by asking. Raises `LoginRefused`."""
    if not answer.state:
        raise provider.refused("state_unknown")
    with transaction() as session:
        attempt = attempts.take(session, answer.state, browser=browser.token)
    if attempt is None:
        raise provider.refused("state_unknown")
    for name, holds in ATTEMPT_CHECKS.items():
        if not holds(attempt, provider):
            raise provider.refused(name)
    return attempt


ATTEMPT_CHECKS = {
    "browser_other": lambda attempt, _provider: attempt.same_browser,
    "attempt_expired": lambda attempt, _provider: not attempt.expired,
    "provider_other": lambda attempt, provider: attempt.provider == provider.profile.key,
}


def _start_session(provider: KnownProvider, identity: flow.Identity, browser: Browser, limits: Limits) -> str:
    key = provider.profile.key
    with transaction() as session:
        person_id = find_or_create_person(session, identity, provider=key)
        if browser.old_session is not None:
            old = sessions.of_token(session, browser.old_session)
            if old is not None:
                _tell(sessions.end(session, sessions.with_id(old[0].id)), "new_login", person_id)
        session_id, token = sessions.create(
            session, person_id, identity, provider=key, device=browser.device, limits=limits
        )
        record(
            events.LoggedIn(subject_id=session_id, provider=key, acr=identity.acr),
            actor=Actor(person_id=person_id),
        )
    return token


def record_refusal(refused: LoginRefused) -> None:
    """Write down that a login was refused, and why."""
    event = events.LoginRefused(subject_id=NOBODY, provider=refused.provider, reason=refused.reason)
    with transaction():
        record(event, actor=None)


def log_out(token: str) -> Hint | None:
    """End the session of a cookie; gives what its provider needs to end its own, or None."""
    with transaction() as session:
        found = sessions.of_token(session, token)
        if found is None:
            return None
        ended, hint, was_open = found
        sessions.end(session, sessions.with_id(ended.id))
        if was_open:
            record(events.LoggedOut(subject_id=ended.id), actor=Actor(person_id=ended.person_id))
    return hint


def provider_logout_url(provider: KnownProvider, hint: Hint, *, back: str) -> str | None:
    """Where the browser goes to log out at the provider too, and come back; None if it cannot be had now."""
    try:
        with slot():
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
    }
    query = "&".join(part for part in (parts.query, urlencode(told)) if part)
    return urlunsplit(parts._replace(query=query))


def end_session(session_id: int, *, actor: Actor) -> None:
    """End one of the actor's own sessions. Raises `OutOfReach` when it is not theirs or has ended."""
    if actor.person_id is None:
        raise OutOfReach
    with transaction() as session:
        theirs = sessions.of_person(actor.person_id)
        ended = sessions.end(session, sessions.with_id(session_id), theirs)
        if not ended:
            raise OutOfReach
        _tell(ended, "owner", actor.person_id)


def end_other_sessions(*, actor: Actor) -> int:
    """End all the actor's sessions but the one they are in; gives their number."""
    here = session_of(actor)
    if actor.person_id is None or here is None:
        return 0
    with transaction() as session:
        ended = sessions.end(session, sessions.of_person(actor.person_id, but=here.id))
        _tell(ended, "owner", actor.person_id)
    return len(ended)


def end_all_sessions(person_id: int, *, actor: Actor) -> int:
    """End every session of a person, for an administrator whose right the caller has checked."""
    with transaction(actor=actor) as session:
        ended = sessions.end(session, sessions.of_person(person_id))
        _tell(ended, "administrator", actor.person_id)
    return len(ended)


def end_provider_session(provider: KnownProvider, sid: str) -> int:
    """End the sessions begun in a provider's session, because it was ended there; gives their number."""
    with transaction() as session:
        ended = sessions.end(session, sessions.of_provider(provider.profile.issuer, sid))
        _tell(ended, "provider", None)
    return len(ended)


def _tell(ended: list[Ended], cause: str, by: int | None) -> None:
    for one in ended:
        event = events.SessionEnded(subject_id=one.id, cause=cause)
        record(event, actor=None if by is None else Actor(person_id=by))


def act_for(unit_id: int, *, actor: Actor) -> None:
    """Act for that unit from now on in this session. Raises `OutOfReach` without a role there."""
    here = session_of(actor)
    if here is None or all(held.unit_id != unit_id for held in actor.held):
        raise OutOfReach
    with transaction(actor=actor) as session:
        sessions.act_for(session, here.id, unit_id)


def touch(actor: Actor) -> None:
    """Keep the actor's session alive; writes at most once a minute."""
    here = session_of(actor)
    if here is None or not sessions.is_stale(here.seen_at):
        return
    with transaction() as session:
        sessions.touch(session, here.id)


@periodic("identity.forget", cron="*/10 * * * *")
def forget() -> None:
    """Clean up after logins that were never completed and sessions long dead."""
    with once() as session:
        attempts.forget_old(session)
        sessions.forget_old(session)
