"""Logins a second, with the ID token's signature verified; and what session and context cost a request."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from joserfc import jwt
from joserfc.jwk import RSAKey

from benchmarks.baseline import baseline_app
from benchmarks.measuring import compare, getter
from benchmarks.portals import Portal
from portal.identity.context import load_actor
from portal.identity.tokens import Expected, read_id_token

SECONDS = 2.0


def logins(portal: Portal) -> None:
    """Tokens verified a second, and the request's own statement against one raw read."""
    print(f"\nID tokens verified a second (RS256, every check): {_a_second():.0f}")
    cookie = next(iter(portal.log_in({"amina"}).values()))
    token = cookie.partition("=")[2]
    app, pool = baseline_app(portal.conninfo, b"x")
    with pool, portal.app.app_context():
        name = "session and context, against a Flask view with one raw read"
        print(compare(name, lambda: load_actor(token, idle_minutes=60), getter(app, "/")))


def _a_second() -> float:
    key = RSAKey.generate_key(2048, {"kid": "x", "use": "sig", "alg": "RS256"}, private=True)
    public = RSAKey.import_key(key.as_dict(private=False))
    now = int(time.time())
    claims: dict[str, Any] = {"iss": "https://x.example", "sub": "somebody", "aud": "portal", "nonce": "n"}
    claims |= {"iat": now, "exp": now + 300}
    token = jwt.encode({"alg": "RS256", "kid": "x"}, claims, key)
    metadata = SimpleNamespace(algorithms=frozenset({"RS256"}))
    provider: Any = SimpleNamespace(metadata=lambda: metadata, keys=lambda: [public], newer_keys=list)
    expected = Expected("https://x.example", "portal", "n", frozenset())
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        read_id_token(token, provider, expected)
        done += 1
    return done / (time.perf_counter() - began)
