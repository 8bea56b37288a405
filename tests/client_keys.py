"""Keys for a portal that proves itself with a signed assertion."""

from __future__ import annotations

import json
from typing import Any

from joserfc.jwk import RSAKey


def key(kid: str) -> dict[str, Any]:
    """A new private key under that name."""
    return dict(RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}, private=True).as_dict(private=True))


def key_set(*keys: dict[str, Any]) -> str:
    """The keys as the setting has them."""
    return json.dumps({"keys": keys})


def public(one: dict[str, Any]) -> dict[str, Any]:
    """What a provider is told of a key."""
    return {name: one[name] for name in ("kty", "kid", "use", "n", "e")}
