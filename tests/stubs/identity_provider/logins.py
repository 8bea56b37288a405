"""What the provider remembers: codes it has handed out, and the tokens they became."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.stubs.identity_provider.personas import Persona

CODE_SECONDS = 60
PUSHED_SECONDS = 120
ACCESS_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Login:
    """One person's login for one client, from the authorization request to the tokens."""

    persona: Persona
    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    scope: str
    acr: str
    auth_time: int
    details: str = ""
    sid: str = field(default_factory=lambda: secrets.token_urlsafe(16))


class Logins:
    """Codes live 60 seconds and work once; used twice, one takes its token with it (RFC 6749 4.1.2)."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._codes: dict[str, tuple[Login, float]] = {}
        self._spent: dict[str, str] = {}
        self._tokens: dict[str, tuple[Login, float]] = {}
        self._pushed: dict[str, tuple[dict[str, str], float]] = {}

    def hand_out_code(self, login: Login) -> str:
        """Remember the login and give the code that stands for it."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = (login, self._now() + CODE_SECONDS)
        return code

    def spend(self, code: str) -> tuple[Login, str] | None:
        """Give the login behind a code and a new access token; None if unknown, used or too old."""
        with self._lock:
            found = self._codes.pop(code, None)
            if found is None:
                self._tokens.pop(self._spent.get(code, ""), None)
                return None
            login, expires = found
            if self._now() >= expires:
                return None
            token = secrets.token_urlsafe(24)
            self._spent[code] = token
            self._tokens[token] = (login, self._now() + ACCESS_SECONDS)
            return login, token

    def push(self, asked: dict[str, str]) -> str:
        """Remember a pushed request and give the address that stands for it, once (RFC 9126)."""
        reference = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(24)}"
        with self._lock:
            self._pushed[reference] = (asked, self._now() + PUSHED_SECONDS)
        return reference

    def pushed(self, reference: str, client_id: str) -> dict[str, str]:
        """The request that was pushed by that client; empty if unknown or too old."""
        with self._lock:
            asked, expires = self._pushed.get(reference, ({}, 0.0))
        return dict(asked) if asked.get("client_id") == client_id and self._now() < expires else {}

    def by_token(self, token: str) -> Login | None:
        """Give the login an access token belongs to, while the token lives."""
        with self._lock:
            login, expires = self._tokens.get(token, (None, 0.0))
            return login if self._now() < expires else None


def challenge_of(verifier: str) -> str:
    """The S256 code challenge of a PKCE verifier (RFC 7636 4.2)."""
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
