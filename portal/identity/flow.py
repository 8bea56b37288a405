"""The code flow: the address a login begins at, and what comes of the provider's answer.

OpenID Connect Core 1.0 section 3.1, PKCE (RFC 7636, S256 only), the answer's issuer (RFC 9207).
Nothing here reads or writes the database.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from portal.identity.fetching import Unreachable, bounded, json_object
from portal.identity.provider import KnownProvider, Metadata
from portal.identity.tokens import Expected, read_id_token


@dataclass(frozen=True, slots=True)
class Begun:
    """A login on its way: where to send the browser, and what its answer must match."""

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The parameters a provider sent back through the browser; None where one was absent."""

    state: str | None = None
    code: str | None = None
    iss: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who logged in, as the provider says. (issuer, subject) is the person; the rest may be empty."""

    issuer: str
    subject: str
    name: str
    email: str
    locale: str
    sid: str | None
    acr: str
    authenticated_at: datetime
    id_token: str


def begin(provider: KnownProvider, *, redirect_uri: str, language: str, again: bool = False) -> Begun:
    """Start a login at `provider`, with its pages in `language` (nb, nn or en). Raises `LoginRefused`.

    With `again` the provider is to ask anew who it is, whoever is logged in there (`prompt=login`).
    """
    metadata = provider.metadata()
    begun = Begun("", *(secrets.token_urlsafe(32) for _ in range(3)))
    wanted = {"nonce": begun.nonce, "ui_locales": language}
    if again:
        wanted["prompt"] = "login"
    if provider.profile.acr_values:
        wanted["acr_values"] = provider.profile.acr_values
    with _client(provider, metadata, redirect_uri, {}) as client:
        url, _state = client.create_authorization_url(
            metadata.authorization_endpoint, state=begun.state, code_verifier=begun.code_verifier, **wanted
        )
    return Begun(url, begun.state, begun.nonce, begun.code_verifier)


def complete(
    provider: KnownProvider, answer: Answer, *, nonce: str, code_verifier: str, redirect_uri: str
) -> Identity:
    """Turn the provider's answer into an identity. Raises `LoginRefused` with the check that failed.

    The caller has matched the answer's state with a login that this browser began.
    """
    metadata = provider.metadata()
    check_answer(answer, metadata, provider)
    tokens = _exchange(provider, metadata, answer, code_verifier, redirect_uri)
    for name, holds in TOKEN_CHECKS.items():
        if not holds(tokens):
            raise provider.refused(name)
    profile = provider.profile
    expected = Expected(metadata.issuer, profile.client_id, nonce, frozenset(profile.acr_values.split()))
    claims = read_id_token(tokens["id_token"], provider, expected)
    about = _with_userinfo(provider, metadata, tokens, claims)
    return _identity(claims, about, tokens["id_token"])


def check_answer(answer: Answer, metadata: Metadata, provider: KnownProvider) -> None:
    """Refuse an answer from somebody else, an error, and an answer without a code."""
    if not answer_issuer(answer, metadata):
        raise provider.refused("response_issuer")
    if answer.error is not None:
        raise provider.refused("cancelled" if answer.error == "access_denied" else "provider_error")
    if not answer.code:
        raise provider.refused("response_malformed")


def answer_issuer(answer: Answer, metadata: Metadata) -> bool:
    """The answer names the provider that was asked; silent only where the provider never says (RFC 9207)."""
    if answer.iss is None:
        return not metadata.names_itself
    return answer.iss == metadata.issuer


def same_subject(claims: dict[str, Any], userinfo: dict[str, Any]) -> bool:
    """Userinfo speaks of the person the ID token speaks of (OpenID Connect Core 5.3.2)."""
    return userinfo.get("sub") == claims["sub"]


def _bearer(tokens: dict[str, Any]) -> bool:
    kind = tokens.get("token_type")
    return isinstance(kind, str) and kind.lower() == "bearer"


def _has_id_token(tokens: dict[str, Any]) -> bool:
    return isinstance(tokens.get("id_token"), str) and bool(tokens["id_token"])


TOKEN_CHECKS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "token_type": _bearer,
    "id_token_missing": _has_id_token,
}


def _client(
    provider: KnownProvider, metadata: Metadata, redirect_uri: str, options: dict[str, Any]
) -> OAuth2Client:
    listed = metadata.client_auth
    in_form = "client_secret_post" in listed and "client_secret_basic" not in listed
    profile = provider.profile
    return OAuth2Client(
        client_id=profile.client_id,
        client_secret=profile.client_secret or None,
        token_endpoint_auth_method="client_secret_post" if in_form else None,
        scope=profile.scopes,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        **options,
    )


def _exchange(
    provider: KnownProvider, metadata: Metadata, answer: Answer, code_verifier: str, redirect_uri: str
) -> dict[str, Any]:
    try:
        with bounded() as options, _client(provider, metadata, redirect_uri, options) as client:
            client.register_compliance_hook("access_token_response", _only_success)
            found: dict[str, Any] = client.fetch_token(
                metadata.token_endpoint,
                grant_type="authorization_code",
                code=answer.code,
                code_verifier=code_verifier,
                redirect_uri=redirect_uri,
            )
            return dict(found)
    except Unreachable:
        raise provider.unreachable() from None
    except (OAuthError, ValueError, TypeError):
        raise provider.refused("token_response") from None


def _only_success(response: Any) -> Any:
    if response.status_code in (400, 401):
        raise OAuthError("refused")
    json_object(response)
    return response


def _with_userinfo(
    provider: KnownProvider, metadata: Metadata, tokens: dict[str, Any], claims: dict[str, Any]
) -> dict[str, Any]:
    """The claims, with the name from userinfo when the ID token has none and the provider may know it."""
    bearer = tokens.get("access_token")
    if claims.get("name") or metadata.userinfo_endpoint is None or not isinstance(bearer, str):
        return claims
    if not bearer.isascii() or not bearer.isprintable():
        raise provider.refused("token_response")
    userinfo = provider.fetch(metadata.userinfo_endpoint, bearer=bearer)
    if not same_subject(claims, userinfo):
        raise provider.refused("userinfo_subject")
    return {**userinfo, **claims}


def _identity(claims: dict[str, Any], about: dict[str, Any], id_token: str) -> Identity:
    proved_at = claims.get("auth_time", claims["iat"])
    return Identity(
        issuer=claims["iss"],
        subject=claims["sub"],
        name=_line(about.get("name"), 200),
        email=_line(about.get("email"), 254),
        locale=_line(about.get("locale"), 20),
        sid=_line(claims.get("sid"), 255) or None,
        acr=_line(claims.get("acr"), 255),
        authenticated_at=datetime.fromtimestamp(proved_at, UTC),
        id_token=id_token,
    )


def _line(value: Any, limit: int) -> str:
    """`value` as one line that can be stored: no control characters, no half characters; else empty."""
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value if c.isprintable()).strip()[:limit]
