"""Use cases of login: begin, complete, refuse; choose whom one acts for; keep a session alive."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.access.policy import OutOfReach
from portal.database import transaction
from portal.identity import attempts, backchannel, contacts, events, flow, held, persons, sessions
from portal.identity.attempts import LINK, STEP_UP, Attempt, Going
from portal.identity.context import session_of
from portal.identity.flow import Answer, Asked, Begun, Identity, Wish
from portal.identity.provider import KnownProvider
from portal.identity.refusal import LoginRefused
from portal.jobs import once, periodic
from portal.login_settings import Session as Limits
from portal.record import record

NOBODY = 0


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser a login is completed in: its login cookie, its old session, what kind it is."""

    token: str
    old_session: str | None
    device: str


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A completed login: the new cookie's token, what it was for, where the person was going.

    `alone`: they came through a door for organisations and chose none.
    """

    token: str
    going: Going
    alone: bool


def begin_login(provider: KnownProvider, wish: Wish, *, browser: str, going: Going) -> Begun:
    """Begin a login and remember it. Raises `LoginRefused` (recorded) and `Busy`."""
    try:
        with provider.place():
            begun = flow.begin(provider, wish)
    except LoginRefused as refused:
        record_refusal(refused)
        raise
    with transaction() as session:
        attempts.remember(session, begun, provider=provider.profile.key, browser=browser, going=going)
    return begun


def complete_login(
    provider: KnownProvider, answer: Answer, *, redirect_uri: str, browser: Browser, limits: Limits
) -> LoggedIn:
    """Complete a login with the provider's answer. Raises `LoginRefused` (recorded) and `Busy`."""
    attempt: Attempt | None = None
    try:
        with provider.place():  # before the attempt is used up, so that a reload works when all are taken
            attempt = _take_attempt(provider, answer, browser)
            anew = attempt.begun_at if attempt.going.purpose == STEP_UP else None
            asked = Asked(attempt.nonce, attempt.code_verifier, redirect_uri, anew)
            identity = flow.complete(provider, answer, asked)
        person_id, token = _start_session(provider, identity, browser, attempt.going, limits)
    except LoginRefused as refused:
        refused.next_path = attempt.going.next_path if attempt else ""
        record_refusal(refused)
        raise
    contacts.read_at_login(person_id, provider=provider.profile.key, access_token=identity.access_token)
    alone = bool(provider.profile.authorization_details) and identity.represents is None
    return LoggedIn(token, attempt.going, alone)


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


def _start_session(
    provider: KnownProvider, identity: Identity, browser: Browser, going: Going, limits: Limits
) -> tuple[int, str]:
    """(person, the new cookie's token). Raises `LoginRefused`."""
    profile = provider.profile
    with transaction() as session:
        old = sessions.of_token(session, browser.old_session) if browser.old_session else None
        inside = old[0].person_id if old is not None and old[2] else None
        person_id = _who(session, provider, identity, going, inside)
        if old is not None:
            sessions.end_told(session, "new_login", sessions.with_id(old[0].id), by=person_id)
        session_id, token = sessions.create(
            session, person_id, identity, profile=profile, device=browser.device, limits=limits
        )
        record(
            events.LoggedIn(subject_id=session_id, provider=profile.key, acr=identity.acr),
            actor=Actor(person_id=person_id),
        )
    return person_id, token


def _who(
    session: Session, provider: KnownProvider, identity: Identity, going: Going, inside: int | None
) -> int:
    """The person behind a login, and the one it was begun for. Raises `LoginRefused`."""
    key = provider.profile.key
    if going.purpose == LINK:
        # Both doors in one session: whoever began this is still logged in, in this very browser.
        if inside is None or inside != going.person_id:
            raise provider.refused("session_gone")
        try:
            return persons.join(session, identity, inside, provider=key)
        except persons.InUse:
            raise provider.refused("account_in_use") from None
    if going.purpose == STEP_UP and persons.find(session, identity) != going.person_id:
        raise provider.refused("other_person")
    return persons.find_or_create(session, identity, provider=key)


def record_refusal(refused: LoginRefused) -> None:
    """Write down that a login was refused, and why."""
    event = events.LoginRefused(subject_id=NOBODY, provider=refused.provider, reason=refused.reason)
    with transaction():
        record(event, actor=None)


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
    """Clean up after logins that were never completed, sessions long dead, and forms nobody came back for."""
    with once() as session:
        attempts.forget_old(session)
        sessions.forget_old(session)
        held.forget_old(session)
        backchannel.forget_old(session)
