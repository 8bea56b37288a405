"""The ID token, read strictly: who signed it, with what, for whom, when, and in answer to which login.

OpenID Connect Core 1.0 section 3.1.3.7, tightened: nothing is optional that we can demand.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError

from portal import clock
from portal.identity.provider import KnownProvider, SigningKey

ALGORITHMS = frozenset({"RS256", "ES256"})
LEEWAY_SECONDS = 10
OLDEST_SECONDS = 540
_IDENTITY_NUMBER = re.compile(r"\d{6} ?\d{5}")
ID_TOKEN_TYPES = frozenset({"jwt"})
Claims = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say to belong to this login."""

    issuer: str
    client_id: str
    nonce: str
    acr_values: frozenset[str]
    staff_roles: frozenset[str] = frozenset()
    anew_since: float | None = None


def read_id_token(token: str, provider: KnownProvider, expected: Expected) -> Claims:
    """The claims of a token that holds in every respect.

    Raises `LoginRefused`; its reason is the name of the first check that failed.
    """
    header = read_header(token)
    if header is None:
        raise provider.refused("id_token")
    if not type_allowed(header, ID_TOKEN_TYPES):
        raise provider.refused("type")
    if not algorithm_allowed(header, provider.metadata().algorithms):
        raise provider.refused("algorithm")
    claims = verified_claims(token, header, provider)
    for name, holds in CHECKS.items():
        if not holds(claims, expected):
            raise provider.refused(name)
    return claims


def type_allowed(header: dict[str, Any], types: frozenset[str]) -> bool:
    """The token is of the kind asked for: one kind must not pass for another (RFC 8725 section 3.11)."""
    kind = header.get("typ")
    return kind is None or (isinstance(kind, str) and kind.lower() in types)


def algorithm_allowed(header: dict[str, Any], listed: frozenset[str]) -> bool:
    """The algorithm is one of ours and one the provider says it uses. Never `none`, never a shared secret."""
    return header.get("alg") in ALGORITHMS & listed


def verified_claims(
    token: str,
    header: dict[str, Any],
    provider: KnownProvider,
    sources: Iterable[Callable[[], list[SigningKey]]] | None = None,
) -> Claims:
    """The claims under a signature that holds. Keys are fetched once more when none fits.

    `sources`: where to look for keys instead, in order.
    """
    reason = "key_unknown"
    for keys in sources or (provider.keys, provider.newer_keys):
        key = chosen_key(keys(), header)
        if key is None:
            continue
        try:
            return dict(jwt.decode(token, key, algorithms=[header["alg"]]).claims)
        except BadSignatureError:
            reason = "signature"
        except (JoseError, ValueError, RecursionError):
            raise provider.refused("id_token") from None
    raise provider.refused(reason)


def chosen_key(keys: list[SigningKey], header: dict[str, Any]) -> SigningKey | None:
    """The published key the header names; without a name only a key that stands alone."""
    kind = "RSA" if header["alg"] == "RS256" else "EC"
    fitting = [k for k in keys if k.key_type == kind and k.get("alg") in (None, header["alg"])]
    if header.get("kid") is None:
        return fitting[0] if len(fitting) == 1 else None
    return next((k for k in fitting if k.get("kid") == header["kid"]), None)


def read_header(token: str) -> dict[str, Any] | None:
    """The header of a token in three parts; None when it has none that names an algorithm."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        header = json.loads(urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) and isinstance(header.get("alg"), str) else None


def _is_moment(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12


def _now() -> float:
    return clock.now().timestamp()


def _issuer(claims: Claims, expected: Expected) -> bool:
    return claims.get("iss") == expected.issuer


def _subject(claims: Claims, _expected: Expected) -> bool:
    # A provider that gives a national identity number as subject is misconfigured: we must not keep one.
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.isascii() or not subject.isprintable():
        return False
    return 0 < len(subject.strip()) <= 255 and not _IDENTITY_NUMBER.fullmatch(subject.strip())


def _audience(claims: Claims, expected: Expected) -> bool:
    return claims.get("aud") in (expected.client_id, [expected.client_id])


def _authorised_party(claims: Claims, expected: Expected) -> bool:
    return claims.get("azp", expected.client_id) == expected.client_id


def _expiry(claims: Claims, _expected: Expected) -> bool:
    return _is_moment(claims.get("exp")) and _now() < claims["exp"] + LEEWAY_SECONDS


def _issued_at(claims: Claims, _expected: Expected) -> bool:
    if not _is_moment(claims.get("iat")):
        return False
    age = _now() - float(claims["iat"])
    return -LEEWAY_SECONDS <= age <= OLDEST_SECONDS + LEEWAY_SECONDS


def _not_before(claims: Claims, _expected: Expected) -> bool:
    start = claims.get("nbf", 0)
    return _is_moment(start) and bool(start <= _now() + LEEWAY_SECONDS)


def _auth_time(claims: Claims, _expected: Expected) -> bool:
    moment = claims.get("auth_time", 0)
    return _is_moment(moment) and bool(moment <= _now() + LEEWAY_SECONDS)


def _nonce(claims: Claims, expected: Expected) -> bool:
    return claims.get("nonce") == expected.nonce


def _acr(claims: Claims, expected: Expected) -> bool:
    level = claims.get("acr")
    return not expected.acr_values or (isinstance(level, str) and level in expected.acr_values)


def _staff(claims: Claims, expected: Expected) -> bool:
    """App roles say that somebody works in UDI, and nothing more: no right here follows from one."""
    roles = claims.get("roles")
    named = {one for one in roles if isinstance(one, str)} if isinstance(roles, list) else set()
    return not expected.staff_roles or bool(named & expected.staff_roles)


def _anew(claims: Claims, expected: Expected) -> bool:
    """A login asked for anew was made after we asked, and says so itself."""
    moment: Any = claims.get("auth_time")
    since = expected.anew_since
    return since is None or (_is_moment(moment) and bool(moment >= since - LEEWAY_SECONDS))


def access_token_hash(claims: Claims, access_token: Any) -> bool:
    """The access token is the one this ID token came with, when it says (OpenID Connect Core 3.1.3.8)."""
    told = claims.get("at_hash")
    if told is None:
        return True
    if not isinstance(access_token, str):
        return False
    digest = hashlib.sha256(access_token.encode("utf-8", "replace")).digest()[:16]
    return bool(told == urlsafe_b64encode(digest).decode().rstrip("="))


CHECKS: dict[str, Callable[[Claims, Expected], bool]] = {
    "issuer": _issuer,
    "subject": _subject,
    "audience": _audience,
    "authorised_party": _authorised_party,
    "expiry": _expiry,
    "issued_at": _issued_at,
    "not_before": _not_before,
    "auth_time": _auth_time,
    "nonce": _nonce,
    "acr": _acr,
    "not_staff": _staff,
    "not_anew": _anew,
}
