"""What a login provider says of itself, and its keys: fetched within limits, kept for minutes.

Legal shape: OpenID Connect Discovery 1.0 section 4.3 (the issuer must be the one asked), RFC 9207.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, RSAKey

from portal.identity.client_auth import Proof, proofs
from portal.identity.fetching import Busy, Places, Unreachable, get_json
from portal.identity.refusal import LoginRefused
from portal.login_settings import Provider

KEPT_SECONDS = 600
RETRY_SECONDS = 5
REFETCH_SECONDS = 10
MOST_KEYS = 100
_RSA_2048 = 342  # characters of a modulus of 256 bytes
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_PAR = "pushed_authorization_request_endpoint"
_ADDRESSES = (*_NEEDED, "userinfo_endpoint", "end_session_endpoint", _PAR)
SigningKey = RSAKey | ECKey
_Answer = TypeVar("_Answer")


class ClientUnknown(Exception):
    """The provider does not accept the proof of who we are."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """The parts of a discovery document that the portal uses."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    par_endpoint: str | None
    algorithms: frozenset[str]
    client_auth: frozenset[str]
    names_itself: bool


class KnownProvider:
    """A configured provider with what was last fetched from it. One for each process."""

    def __init__(self, profile: Provider) -> None:
        self.profile = profile
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: tuple[float, list[SigningKey]] | None = None
        self._failed_at: float | None = None
        self._proof = 0
        self._places = Places()

    @property
    def seems_down(self) -> bool:
        """True when the last question, at most half a minute ago, got no usable answer."""
        return self._failed_at is not None and now() - self._failed_at < 6 * RETRY_SECONDS

    @contextmanager
    def place(self) -> Iterator[None]:
        """One of the few places from which this provider may be asked.

        Raises `Busy` when they are taken, `LoginRefused` when it is down and is being tried already.
        """
        down = self._failed_at is not None
        with ExitStack() as held:
            try:
                held.enter_context(self._places.one(down=down))
            except Busy:
                if down:
                    raise self.refused("provider_unreachable") from None
                raise
            yield

    @property
    def kept_keys(self) -> list[SigningKey] | None:
        """The signing keys when they can be had without asking; else None."""
        if self._metadata is None or self._keys is None or now() - self._keys[0] >= KEPT_SECONDS:
            return None
        return self._keys[1]

    def metadata(self) -> Metadata:
        """The discovery document, at most ten minutes old. Raises `LoginRefused`."""
        if self._metadata is not None and now() - self._metadata[0] < KEPT_SECONDS:
            return self._metadata[1]
        document = self.fetch(f"{self.profile.issuer.rstrip('/')}/.well-known/openid-configuration")
        found = read_metadata(document, self.profile)
        self._metadata = (now(), found)
        return found

    def keys(self) -> list[SigningKey]:
        """The signing keys, at most ten minutes old. Raises `LoginRefused`."""
        if self._keys is not None and now() - self._keys[0] < KEPT_SECONDS:
            return self._keys[1]
        return self._fetch_keys()

    def newer_keys(self) -> list[SigningKey]:
        """The keys fetched anew, for a token that fits none; nothing when that was done a moment ago."""
        if self._keys is not None and now() - self._keys[0] < REFETCH_SECONDS:
            return []
        return self._fetch_keys()

    def fetch(self, url: str, *, bearer: str | None = None) -> dict[str, Any]:
        """A JSON object from the provider. Raises `LoginRefused` at once while it was just found down."""
        if self._failed_at is not None and now() - self._failed_at < RETRY_SECONDS:
            raise self.refused("provider_unreachable")
        try:
            found = get_json(url, bearer=bearer)
        except Unreachable:
            raise self.unreachable() from None
        self._failed_at = None
        return found

    def unreachable(self) -> LoginRefused:
        """Remember that the provider gave no usable answer, and give the refusal to raise."""
        self._failed_at = now()
        return self.refused("provider_unreachable")

    def refused(self, reason: str) -> LoginRefused:
        """A refusal that names this provider."""
        return LoginRefused(reason, provider=self.profile.key)

    def with_proof(self, ask: Callable[[Proof], _Answer]) -> _Answer:
        """What `ask` gives with the proof that was accepted last, or else with another one.

        So that our key can change before or after the provider knows the new one. Raises `LoginRefused`.
        """
        metadata = self.metadata()
        known = proofs(self.profile, token_endpoint=metadata.token_endpoint, listed=metadata.client_auth)
        for step in range(len(known)):
            number = (self._proof + step) % len(known)
            try:
                found = ask(known[number])
            except ClientUnknown:
                continue
            self._proof = number
            return found
        raise self.refused("client_refused")

    def _fetch_keys(self) -> list[SigningKey]:
        document = self.fetch(self.metadata().jwks_uri)
        found = read_keys(document.get("keys"))
        if not found:
            raise self.refused("key_set")
        self._keys = (now(), found)
        return found


def known_providers() -> dict[str, KnownProvider]:
    """The running app's providers by key."""
    from flask import current_app

    found: dict[str, KnownProvider] = current_app.extensions["login_providers"]
    return found


def now() -> float:
    """Seconds on the clock by which things are kept."""
    return time.monotonic()


def read_metadata(document: dict[str, Any], profile: Provider) -> Metadata:
    """The discovery document as `Metadata`. Raises `LoginRefused` when it is another issuer's or unusable."""
    if not same_issuer(document, profile):
        raise LoginRefused("discovery_issuer", provider=profile.key)

    needed = (*_NEEDED, _PAR) if profile.par else _NEEDED
    for name in _ADDRESSES:
        if not _is_address(document.get(name), profile.issuer) and (document.get(name) or name in needed):
            raise LoginRefused("provider_metadata", provider=profile.key)
    return Metadata(
        issuer=profile.issuer,
        authorization_endpoint=document["authorization_endpoint"],
        token_endpoint=document["token_endpoint"],
        jwks_uri=document["jwks_uri"],
        userinfo_endpoint=document.get("userinfo_endpoint") or None,
        end_session_endpoint=document.get("end_session_endpoint") or None,
        par_endpoint=document.get(_PAR) or None,
        algorithms=_names(document.get("id_token_signing_alg_values_supported")),
        client_auth=_names(document.get("token_endpoint_auth_methods_supported")),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def same_issuer(document: dict[str, Any], profile: Provider) -> bool:
    """The document is the configured issuer's own, letter for letter."""
    return document.get("issuer") == profile.issuer


def read_keys(published: Any) -> list[SigningKey]:
    """The usable signing keys of a key set: RSA of 2048 bits or more, or P-256; others are passed over."""
    if not isinstance(published, list):
        return []
    found: list[SigningKey] = []
    for one in published[:MOST_KEYS]:
        if not isinstance(one, dict) or not _is_usable(one):
            continue
        try:
            key = JWKRegistry.import_key(one)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if _is_strong(key):
            found.append(key)  # type: ignore[arg-type]
    return found


def _is_usable(one: dict[str, Any]) -> bool:
    long_enough = one.get("kty") == "EC" or (one.get("kty") == "RSA" and len(str(one.get("n"))) >= _RSA_2048)
    return long_enough and one.get("use") in (None, "sig")


def _is_strong(key: Any) -> bool:
    if isinstance(key, RSAKey):
        return key.public_key.key_size >= 2048
    return isinstance(key, ECKey) and key.curve_name == "P-256"


def _is_address(value: Any, issuer: str) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        return False
    schemes = {"https", urlsplit(issuer).scheme}
    return parts.scheme in schemes and bool(parts.hostname) and parts.username is None and not parts.fragment


def _names(values: Any) -> frozenset[str]:
    items: Iterable[Any] = values if isinstance(values, list) else ()
    return frozenset(item for item in items if isinstance(item, str))
