"""What an authorization or logout request must hold before anything is answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class Refused(Exception):
    """The request is refused: `code` is an OAuth error code, the text tells a developer why."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def is_loopback(address: str) -> bool:
    """True for an absolute http(s) address on this machine, any port, without user or fragment."""
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  (raises for a port that is no number)
    except ValueError:
        return False
    plain = not parts.fragment and parts.username is None
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK and plain


def check_client(asked: Mapping[str, str], clients: Mapping[str, str]) -> None:
    """Check who asks and where the answer goes. `Refused` here must be shown, never redirected."""
    if asked.get("client_id") not in clients:
        raise Refused("invalid_client", "client_id er ukjent.")
    if not is_loopback(asked.get("redirect_uri", "")):
        raise Refused("invalid_request", "redirect_uri må være en adresse på denne maskinen.")


def check_authorization(asked: Mapping[str, str]) -> None:
    """Check the rest of the request: code flow, openid, PKCE S256, state and nonce. Raises `Refused`."""
    if asked.get("response_type") != "code":
        raise Refused("unsupported_response_type", "response_type must be code")
    if "openid" not in asked.get("scope", "").split():
        raise Refused("invalid_scope", "scope must hold openid")
    for name in ("state", "nonce"):
        if not asked.get(name):
            raise Refused("invalid_request", f"{name} is required")
    if asked.get("code_challenge_method") != "S256":
        raise Refused("invalid_request", "code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(asked.get("code_challenge", "")):
        raise Refused("invalid_request", "code_challenge is missing or malformed")
    if asked.get("response_mode", "query") != "query":
        raise Refused("invalid_request", "response_mode must be query")


def with_parameters(address: str, parameters: Mapping[str, str]) -> str:
    """Add query parameters to an address, keeping those it has."""
    parts = urlsplit(address)
    query = parse_qsl(parts.query, keep_blank_values=True) + list(parameters.items())
    return urlunsplit(parts._replace(query=urlencode(query)))
