"""The code flow: the address a login begins at, and what comes of the provider's answer.

OpenID Connect Core 1.0 section 3.1, PKCE (RFC 7636, S256 only), pushed requests (RFC 9126), the answer's
issuer (RFC 9207), authorization details (RFC 9396). Nothing here reads or writes the database.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from portal.identity import represented
from portal.identity.client_auth import Proof
from portal.identity.fetching import Unreachable, bounded, error_code, json_object
from portal.identity.provider import ClientUnknown, KnownProvider, Metadata
from portal.identity.represented import Represented
from portal.identity.tokens import Expected, access_token_hash, read_id_token
from portal.login_settings import Provider

# Eleven digits alone or as six and five: a national identity number, which must not be kept.
_IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{6} ?\d{5}(?!\d)")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a login is asked for: the pages' language, and whether it must be proved anew for a grave act."""

    redirect_uri: str
    language: str = "nb"
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Begun:
    """A login on its way: where to send the browser, and what its answer must match."""

    url: str
    state: str
    nonce: str
    code_verifier: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the answer must match: from the login that this browser began."""

    nonce: str
    code_verifier: str
    redirect_uri: str
    anew_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The parameters a provider sent back through the browser; None where one was absent."""

    state: str | None = None
    code: str | None = None
    iss: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who logged in, as the provider says. (issuer, subject) is the person; the rest may be empty.

    `access_token` opens the contact register for a moment, and is never stored, logged or shown.
    """

    issuer: str
    subject: str
    name: str
    email: str
    locale: str
    sid: str | None
    acr: str
    authenticated_at: datetime
    id_token: str
    represents: Represented | None = None
    access_token: str = field(default="", repr=False)


def begin(provider: KnownProvider, wish: Wish) -> Begun:
    """Start a login at `provider`. Raises `LoginRefused`."""
    metadata = provider.metadata()
    begun = Begun("", *(secrets.token_urlsafe(32) for _ in range(3)))
    with OAuth2Client(
        client_id=provider.profile.client_id,
        scope=provider.profile.scopes_asked,
        redirect_uri=wish.redirect_uri,
        code_challenge_method="S256",
    ) as client:
        url, _state = client.create_authorization_url(
            metadata.authorization_endpoint,
            state=begun.state,
            code_verifier=begun.code_verifier,
            nonce=begun.nonce,
            **_wanted(provider.profile, wish),
        )
    if provider.profile.par:
        url = _pushed(provider, metadata, url)
    return Begun(url, begun.state, begun.nonce, begun.code_verifier)


def levels_asked(profile: Provider, *, anew: bool) -> str:
    """The levels of assurance to ask for, separated by blanks; empty: any."""
    return (profile.step_up_acr if anew else "") or profile.acr_values


def complete(provider: KnownProvider, answer: Answer, asked: Asked) -> Identity:
    """Turn the provider's answer into an identity. Raises `LoginRefused` with the check that failed.

    The caller has matched the answer's state with a login that this browser began.
    """
    metadata = provider.metadata()
    check_answer(answer, metadata, provider)
    tokens = _exchange(provider, metadata, answer, asked)
    for name, holds in TOKEN_CHECKS.items():
        if not holds(tokens):
            raise provider.refused(name)
    claims = read_id_token(tokens["id_token"], provider, _expected(provider.profile, asked))
    if not access_token_hash(claims, tokens.get("access_token")):
        raise provider.refused("access_token_hash")
    about = _with_userinfo(provider, metadata, tokens, claims)
    found = _identity(claims, about, tokens["id_token"], _represented(provider, claims, tokens))
    return replace(found, access_token=_register_token(provider.profile, tokens))


_ERRORS = {"access_denied": "cancelled", "unmet_authentication_requirements": "acr_unmet"}


def check_answer(answer: Answer, metadata: Metadata, provider: KnownProvider) -> None:
    """Refuse an answer from somebody else, an error, and an answer without a code."""
    if not answer_issuer(answer, metadata):
        raise provider.refused("response_issuer")
    if answer.error is not None:
        raise provider.refused(_ERRORS.get(answer.error, "provider_error"))
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


def _wanted(profile: Provider, wish: Wish) -> dict[str, str]:
    """What a request holds besides what every request holds."""
    found = {"acr_values": levels_asked(profile, anew=wish.anew)}
    if wish.language in profile.ui_locales:
        found["ui_locales"] = wish.language
    if wish.anew:
        found |= {"prompt": "login", "max_age": "0"}
    if profile.authorization_details:
        found["authorization_details"] = json.dumps(profile.authorization_details, separators=(",", ":"))
    return {name: value for name, value in found.items() if value}


def _pushed(provider: KnownProvider, metadata: Metadata, url: str) -> str:
    """The address that stands for the request in `url`, which only the provider has seen (RFC 9126)."""
    request = dict(parse_qsl(urlsplit(url).query))

    def push(proof: Proof) -> dict[str, Any]:
        return _post(provider, metadata.par_endpoint or "", request, proof, statuses=(200, 201))

    reference = provider.with_proof(push).get("request_uri")
    if not isinstance(reference, str) or not reference.isascii() or not 0 < len(reference) <= 1000:
        raise provider.refused("pushed_request")
    told = urlencode({"client_id": provider.profile.client_id, "request_uri": reference})
    parts = urlsplit(metadata.authorization_endpoint)
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, told) if part)))


def _exchange(provider: KnownProvider, metadata: Metadata, answer: Answer, asked: Asked) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": answer.code or "",
        "code_verifier": asked.code_verifier,
        "redirect_uri": asked.redirect_uri,
    }

    def exchange(proof: Proof) -> dict[str, Any]:
        return _post(provider, metadata.token_endpoint, form, proof)

    found = provider.with_proof(exchange)
    if "error" in found:
        raise provider.refused("token_response")
    return found


def _post(
    provider: KnownProvider, url: str, form: dict[str, str], proof: Proof, statuses: tuple[int, ...] = (200,)
) -> dict[str, Any]:
    """The JSON object that a form sent with the proof of who we are is answered with."""
    try:
        with (
            bounded() as options,
            OAuth2Client(client_id=provider.profile.client_id, **options) as client,
        ):
            client.register_client_auth_method(("portal", proof))
            auth = client.client_auth("portal")
            response = client.post(url, data=form, auth=auth)
            if response.status_code in (400, 401):
                if error_code(response) == "invalid_client":
                    raise ClientUnknown
                raise provider.refused("token_response")
            return json_object(response, statuses)
    except Unreachable:
        raise provider.unreachable() from None
    except (OAuthError, ValueError):
        raise provider.refused("token_response") from None


def _expected(profile: Provider, asked: Asked) -> Expected:
    anew = asked.anew_since is not None
    return Expected(
        issuer=profile.issuer,
        client_id=profile.client_id,
        nonce=asked.nonce,
        acr_values=profile.accepted(levels_asked(profile, anew=anew)),
        staff_roles=frozenset(profile.staff_roles),
        anew_since=asked.anew_since.timestamp() if asked.anew_since else None,
    )


def _represented(
    provider: KnownProvider, claims: dict[str, Any], tokens: dict[str, Any]
) -> Represented | None:
    """The organisation that was chosen: from the signed token, or else beside it."""
    details = claims.get("authorization_details", tokens.get("authorization_details"))
    try:
        return represented.chosen(provider.profile, details)
    except represented.Malformed:
        raise provider.refused("authorization_details") from None


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


def _register_token(profile: Provider, tokens: dict[str, Any]) -> str:
    """The access token where a register is read with it; else empty."""
    bearer = tokens.get("access_token")
    if profile.contact_register is None or not isinstance(bearer, str):
        return ""
    return bearer if bearer.isascii() and bearer.isprintable() else ""


def _identity(
    claims: dict[str, Any], about: dict[str, Any], id_token: str, represents: Represented | None
) -> Identity:
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
        represents=represents,
    )


def _line(value: Any, limit: int) -> str:
    """`value` as one line that can be stored: no control characters, no identity number; else empty."""
    if not isinstance(value, str):
        return ""
    kept = "".join(c for c in value if c.isprintable())
    return _IDENTITY_NUMBER.sub("", kept).strip()[:limit]
