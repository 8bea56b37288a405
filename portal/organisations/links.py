"""Links that are mailed: made of a seed in the table and the portal's secret key; no token is stored.

Neither the table (seed and digest) nor a job's arguments (an id) is enough to open a link.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from flask import current_app

from portal.settings import Settings


@dataclass(frozen=True, slots=True)
class Link:
    """A link just made: what is stored of it, and the token for whoever is shown it now."""

    seed: bytes
    digest: bytes
    token: str


class LinkLost(Exception):
    """The token can no longer be made: the portal's secret key is another than when the link was made."""


def new_link() -> Link:
    """A link with a seed of its own."""
    seed = secrets.token_bytes(24)
    token = _token(seed)
    return Link(seed, digest(token), token)


def token_of(seed: bytes, stored: bytes) -> str:
    """The token of a stored link, to be mailed; raises `LinkLost`."""
    token = _token(seed)
    if not hmac.compare_digest(digest(token), stored):
        raise LinkLost
    return token


def digest(token: str) -> bytes:
    """What is stored of a token."""
    return sha256(token.encode()).digest()


def _token(seed: bytes) -> str:
    settings: Settings = current_app.extensions["settings"]
    made = hmac.digest(settings.secret_key.encode(), b"organisations.link:" + seed, "sha256")
    return urlsafe_b64encode(made[:24]).decode()
