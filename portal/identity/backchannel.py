"""A logout the provider tells us of directly (OpenID Connect Back-Channel Logout 1.0).

Stored before it is answered, and answered without asking anybody anything: when the keys at hand cannot
judge a token, a job fetches newer ones and judges it then.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import clock
from portal.database import transaction
from portal.identity import events, sessions, tokens
from portal.identity.context import token_digest
from portal.identity.models import LogoutToken
from portal.identity.provider import KnownProvider, known_providers
from portal.identity.refusal import LoginRefused
from portal.identity.sealing import seal, unseal
from portal.identity.tokens import Claims, Expected
from portal.jobs import job, once
from portal.record import record
from portal.settings import current

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = frozenset({"jwt", "logout+jwt"})
KEPT = timedelta(days=1)
MOST_WAITING = 500
LONGEST = 8_000


class Full(Exception):
    """So many logouts wait to be judged that no more are taken for a while."""


@dataclass(frozen=True, slots=True)
class _Read:
    header: dict[str, Any]
    claims: Claims


def _event(claims: Claims, _expected: Expected) -> bool:
    found = claims.get("events")
    return isinstance(found, dict) and isinstance(found.get(EVENT), dict)


def _no_nonce(claims: Claims, _expected: Expected) -> bool:
    return "nonce" not in claims


def _identifier(claims: Claims, _expected: Expected) -> bool:
    return isinstance(claims.get("jti"), str) and 0 < len(claims["jti"]) <= 255


def _whom(claims: Claims, _expected: Expected) -> bool:
    named = [claims[name] for name in ("sid", "sub") if name in claims]
    return bool(named) and all(
        isinstance(one, str) and one.isprintable() and 0 < len(one) <= 255 for one in named
    )


CHECKS: dict[str, Callable[[Claims, Expected], bool]] = {
    **{name: tokens.CHECKS[name] for name in ("issuer", "audience", "expiry", "issued_at")},
    "logout_event": _event,
    "logout_nonce": _no_nonce,
    "logout_identifier": _identifier,
    "logout_whom": _whom,
}


def take(provider: KnownProvider, token: str) -> None:
    """Store a logout token, and end the sessions it names if it can be judged at once.

    Raises `LoginRefused` (recorded) when it does not hold, `Full` when too many wait.
    """
    try:
        unverified = _read(provider, token)
        claims = _judged_at_once(provider, token, unverified)
        with transaction() as session:
            waiting = token if claims is None else ""
            stored = _store(session, provider, unverified.claims["jti"], waiting)
            if claims is not None:
                _end(session, claims)
            else:
                judge_later.defer(logout_id=stored)
    except LoginRefused as refused:
        with transaction():
            record(_refusal(refused), actor=None)
        raise


@job("identity.judge_logout", awaited=True)
def judge_later(logout_id: int) -> None:
    """Judge a logout token that needed keys we did not have. Tried again while the provider is away."""
    with transaction() as session:
        row = session.execute(
            select(LogoutToken.provider, LogoutToken.waiting).where(LogoutToken.id == logout_id)
        ).first()
    known = known_providers()
    if row is None or not row.waiting or row.provider not in known:
        return
    refused: LoginRefused | None = None
    claims: Claims = {}
    try:
        claims = _verified(known[row.provider], unseal(row.waiting, current().secret_key))
    except LoginRefused as error:
        if error.reason == "provider_unreachable":
            raise
        refused = error
    with once() as session:
        session.execute(update(LogoutToken).where(LogoutToken.id == logout_id).values(waiting=""))
        if refused is not None:
            record(_refusal(refused), actor=None)
        else:
            _end(session, claims)


def forget_old(session: Session) -> None:
    """Delete what is kept to know a logout token again, when no such token could still be valid."""
    session.execute(delete(LogoutToken).where(LogoutToken.created_at < clock.now() - KEPT))


def _read(provider: KnownProvider, token: str) -> _Read:
    """The parts of a token that would hold if its signature does. Raises `LoginRefused`."""
    header = tokens.read_header(token) if len(token) <= LONGEST else None
    claims = _payload(token) if header is not None else None
    if header is None or claims is None:
        raise provider.refused("logout_token")
    if not tokens.type_allowed(header, TYPES):
        raise provider.refused("type")
    if not tokens.algorithm_allowed(header, tokens.ALGORITHMS):
        raise provider.refused("algorithm")
    _check(provider, claims)
    return _Read(header, claims)


def _judged_at_once(provider: KnownProvider, token: str, unverified: _Read) -> Claims | None:
    """The claims when a key at hand fits; None when newer keys must be asked for. Raises `LoginRefused`."""
    keys = provider.kept_keys
    if keys is None or tokens.chosen_key(keys, unverified.header) is None:
        return None
    return _check(provider, tokens.verified_claims(token, unverified.header, provider, (lambda: keys,)))


def _verified(provider: KnownProvider, token: str) -> Claims:
    header = tokens.read_header(token)
    if header is None or not tokens.algorithm_allowed(header, provider.metadata().algorithms):
        raise provider.refused("algorithm")
    return _check(provider, tokens.verified_claims(token, header, provider), late=True)


def _check(provider: KnownProvider, claims: Claims, *, late: bool = False) -> Claims:
    """The claims, when every check holds; its age was judged when it came. Raises `LoginRefused`."""
    profile = provider.profile
    expected = Expected(profile.issuer, profile.client_id, "", frozenset())
    for name, holds in CHECKS.items():
        if not (late and name in ("expiry", "issued_at")) and not holds(claims, expected):
            raise provider.refused(name)
    return claims


def _payload(token: str) -> Claims | None:
    part = token.split(".")[1]
    try:
        found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _store(session: Session, provider: KnownProvider, jti: str, waiting: str) -> int:
    """Remember the token by its identifier. Raises `LoginRefused` for one that was taken before."""
    issuer = provider.profile.issuer
    if waiting:
        queued = select(func.count()).where(LogoutToken.issuer == issuer, LogoutToken.waiting != "")
        if session.execute(queued).scalar_one() >= MOST_WAITING:
            raise Full
    made: int | None = session.execute(
        insert(LogoutToken)
        .values(
            issuer=issuer,
            provider=provider.profile.key,
            jti_digest=token_digest(jti),
            waiting=seal(waiting, current().secret_key) if waiting else "",
        )
        .on_conflict_do_nothing()
        .returning(LogoutToken.id)
    ).scalar_one_or_none()
    if made is None and REPLAYS_REFUSED:
        raise provider.refused("logout_replayed")
    return made or 0


REPLAYS_REFUSED = True


def _end(session: Session, claims: Claims) -> None:
    sessions.end_told(session, "provider", *_named(claims), by=None)


def _named(claims: Claims) -> list[ColumnElement[bool]]:
    """The sessions a token names: those of the provider's session, or else all of the person."""
    named = []
    if "sid" in claims:
        named.append(sessions.of_provider(claims["iss"], claims["sid"]))
    if "sub" in claims:
        named.append(sessions.of_subject(claims["iss"], claims["sub"]))
    return named


def _refusal(refused: LoginRefused) -> events.LogoutRefused:
    return events.LogoutRefused(subject_id=0, provider=refused.provider, reason=refused.reason)
