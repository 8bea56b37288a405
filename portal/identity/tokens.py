"""The ID token, read strictly: who signed it, with what, for whom, when, and in answer to which login.

OpenID Connect Core 1.0 section 3.1.3.7, tightened: nothing is optional that we can demand.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from stdnum.no import fodselsnummer

from portal import clock
from portal.identity.provider import KnownProvider, SigningKey

ALGORITHMS = frozenset({"RS256", "ES256"})
LEEWAY_SECONDS = 10
OLDEST_SECONDS = 540
Claims = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say to belong to this login."""

    issuer: str
    client_id: str
    nonce: str
    acr_values: frozenset[str]


def read_id_token(token: str, provider: KnownProvider, expected: Expected) -> Claims:
    """The claims of a token that holds in every respect.

    Raises `LoginRefused`; its reason is the name of the first check that failed.
    """
    header = _header(token)
    if header is None:
        raise provider.refused("id_token")
    if not algorithm_allowed(header, provider.metadata().algorithms):
        raise provider.refused("algorithm")
    claims = verified_claims(token, header, provider)
    for name, holds in CHECKS.items():
        if not holds(claims, expected):
            raise provider.refused(name)
    return claims


def algorithm_allowed(header: dict[str, Any], listed: frozenset[str]) -> bool:
    """The algorithm is one of ours and one the provider says it uses. Never `none`, never a shared secret."""
    return header.get("alg") in ALGORITHMS & listed


def verified_claims(token: str, header: dict[str, Any], provider: KnownProvider) -> Claims:
    """The claims under a signature that holds. Keys are fetched once more when none fits."""
    reason = "key_unknown"
    for keys in (provider.keys, provider.newer_keys):
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


def _header(token: str) -> dict[str, Any] | None:
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
    return 0 < len(subject.strip()) <= 255 and not fodselsnummer.is_valid(subject)


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
    return not expected.acr_values or claims.get("acr") in expected.acr_values


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
}
