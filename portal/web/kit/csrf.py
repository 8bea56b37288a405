"""Protection against forged requests: Flask-WTF's tokens, masked anew in every response.

The secret stands in a signed cookie, so no server session is needed before login. The mask keeps a
compressed page from giving the token away (BREACH).
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Flask
from flask_wtf.csrf import CSRFProtect, generate_csrf


class MaskedCSRF(CSRFProtect):
    """CSRFProtect that takes off the mask before it checks."""

    def init_app(self, app: Flask) -> None:
        """Check every writing request of `app`; templates get `csrf_token()`."""
        app.config["WTF_CSRF_SSL_STRICT"] = False
        app.config["WTF_CSRF_TIME_LIMIT"] = None
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = masked_token
        # Flask-WTF gives templates its bare token in their context too, and a context goes before globals.
        app.context_processor(lambda: {"csrf_token": masked_token})

    def _get_csrf_token(self) -> str | None:
        masked = super()._get_csrf_token()
        return unmask(masked) if masked else None


def masked_token() -> str:
    """The visitor's token under a fresh mask, for one form or header."""
    return mask(generate_csrf())


def mask(token: str) -> str:
    """`token` combined with random bytes of its own length."""
    plain = token.encode()
    pad = secrets.token_bytes(len(plain))
    return urlsafe_b64encode(pad + bytes(a ^ b for a, b in zip(plain, pad, strict=True))).decode()


def unmask(masked: str) -> str:
    """The token under the mask; a malformed value gives an empty string, which no check accepts."""
    try:
        raw = urlsafe_b64decode(masked.encode())
    except ValueError:
        return ""
    half = len(raw) // 2
    if len(raw) != 2 * half:
        return ""
    return bytes(a ^ b for a, b in zip(raw[:half], raw[half:], strict=True)).decode("utf-8", "replace")
