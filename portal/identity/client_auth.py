"""How the portal proves to a provider that it is the client: with a signed assertion, or a secret.

`private_key_jwt` (RFC 7523, OpenID Connect Core 1.0 section 9) is what ID-porten and Ansattporten recommend.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode

from joserfc import jwt
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from portal import clock
from portal.login_settings import Provider, private_keys

ASSERTION_SECONDS = 60
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PrivateKey = RSAKey | ECKey
Prepared = tuple[str, Any, str]
Proof = Callable[[Any, str, str, Any, Any], Prepared]
"""Adds the proof to a request, as Authlib calls it: client, method, address, headers, body."""


def proofs(profile: Provider, *, token_endpoint: str, listed: frozenset[str]) -> list[Proof]:
    """The ways to prove who we are, in the order to try them: one for each key, or one with the secret."""
    if profile.keys:
        audience = profile.issuer if profile.assertion_audience == "issuer" else token_endpoint
        return [_with_key(key, profile.client_id, audience) for key in signing_keys(profile.keys)]
    if not profile.client_secret:
        return [_in_form({"client_id": profile.client_id})]
    if "client_secret_post" in listed and "client_secret_basic" not in listed:
        return [_in_form({"client_id": profile.client_id, "client_secret": profile.client_secret})]
    return [_basic(profile.client_id, profile.client_secret)]


@lru_cache(maxsize=8)
def signing_keys(text: str) -> tuple[PrivateKey, ...]:
    """The private keys of a profile, ready to sign."""
    return tuple(JWKRegistry.import_key(one) for one in private_keys(text))  # type: ignore[misc]


def public_keys(profile: Provider) -> list[dict[str, Any]]:
    """The public halves, for a provider that fetches the portal's keys instead of being sent them."""
    return [
        {**key.as_dict(private=False), "use": "sig", "alg": _algorithm(key)}
        for key in (signing_keys(profile.keys) if profile.keys else ())
    ]


def assertion(key: PrivateKey, client_id: str, audience: str) -> str:
    """A fresh assertion that we are `client_id`, good once and for a minute."""
    now = int(clock.now().timestamp())
    header = {"alg": _algorithm(key), "kid": key.kid or "", "typ": "JWT"}
    thumbprint = key.get("x5t#S256")  # Entra ID knows a key by its certificate
    if thumbprint:
        header["x5t#S256"] = str(thumbprint)
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + ASSERTION_SECONDS,
    }
    return jwt.encode(header, claims, key)


def _algorithm(key: PrivateKey) -> str:
    return "RS256" if isinstance(key, RSAKey) else "ES256"


def _with_key(key: PrivateKey, client_id: str, audience: str) -> Proof:
    def prove(_client: Any, _method: str, uri: str, headers: Any, body: Any) -> Prepared:
        told = {
            "client_id": client_id,
            "client_assertion_type": ASSERTION,
            "client_assertion": assertion(key, client_id, audience),
        }
        return uri, headers, _joined(body, told)

    return prove


def _in_form(told: dict[str, str]) -> Proof:
    def prove(_client: Any, _method: str, uri: str, headers: Any, body: Any) -> Prepared:
        return uri, headers, _joined(body, told)

    return prove


def _basic(client_id: str, secret: str) -> Proof:
    # RFC 6749 2.3.1: both are form-encoded before they are joined.
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()

    def prove(_client: Any, _method: str, uri: str, headers: Any, body: Any) -> Prepared:
        headers["Authorization"] = f"Basic {b64encode(pair).decode()}"
        return uri, headers, _joined(body, {})

    return prove


def _joined(body: Any, told: dict[str, str]) -> str:
    plain = body.decode() if isinstance(body, bytes) else body or ""
    return urlencode([*(pair for pair in parse_qsl(plain) if pair[0] not in told), *told.items()])
