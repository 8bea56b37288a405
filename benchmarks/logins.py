"""Logins a second, with the ID token's signature verified; and what session and context cost a request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import structlog
from joserfc import jwt
from joserfc.jwk import RSAKey

from benchmarks.baseline import baseline_app
from benchmarks.measuring import compare, getter
from benchmarks.portals import Portal
from portal import create_app
from portal.database import db
from portal.identity.context import load_actor
from portal.identity.tokens import Expected, read_id_token
from portal.login_settings import Provider
from tests.login import Browser
from tests.stubs import identity_provider
from tests.stubs.identity_provider import Steps, read_personas
from tests.stubs.identity_provider.logins import Login

SECONDS = 2.0
ROUNDS, CALLS = 9, 5
LOGOUT = "/logg-ut/fra-leverandor"


def logins(portal: Portal) -> None:
    """Whole logins and tokens verified a second, and the request's own statement against one raw read."""
    print(f"\nID tokens verified a second (RS256, every check): {_a_second():.0f}")
    token = next(iter(portal.log_in({"amina"}).values())).partition("=")[2]
    app, pool = baseline_app(portal.conninfo, b"x")
    with pool:
        bare = getter(app, "/")
        with portal.app.app_context():
            name = "session and context, against a Flask view with one raw read"
            print(compare(name, lambda: load_actor(token, idle_minutes=60), bare))
        _whole(portal, bare)


def _whole(portal: Portal, bare: Callable[[], bytes]) -> None:
    """A login from the button to the session; and the answer alone, which holds all the cryptography."""
    many = {"rounds": ROUNDS, "calls": CALLS}
    with _with_provider(portal) as (browser, provider):
        whole = compare("a whole login", lambda: _in(browser, _answer(browser)), bare, **many)
        ready = iter([_answer(browser) for _ in range(CALLS * (ROUNDS + 1))])
        name = "its answer: code exchanged, RS256 verified, session begun"
        answer = compare(name, lambda: _in(browser, next(ready)), bare, **many)
        storm = iter([provider.logout_token(provider.last) for _ in range(CALLS * (ROUNDS + 1))])
        name = "a logout told by the provider's server, until it is answered"
        told = compare(name, lambda: _told(browser, next(storm)), bare, **many)
    for one in (whole, answer, told):
        a_second, longer = 1000 / one.milliseconds, 1 / one.median
        print(f"{one}; {a_second:.0f} a second, one after another; {longer:.0f} times as long")


def _answer(browser: Browser) -> str:
    """Press the button, choose a person at the provider, and give the address one is sent back to."""
    return browser.pick(browser.start())


def _in(browser: Browser, address: str) -> None:
    """Come back with the answer, and forget the session. Raises `RuntimeError` when nobody is logged in."""
    status = browser.client.get(address).status_code
    if status != 303 or browser.session is None:
        raise RuntimeError(f"the login ended with {status}")
    browser.client.delete_cookie("__Host-session")


def _told(browser: Browser, token: str) -> None:
    """Tell of a logout as the provider does. Raises `RuntimeError` when it is refused."""
    status = browser.client.post(f"{LOGOUT}/stub", data={"logout_token": token}).status_code
    if status != 200:
        raise RuntimeError(f"the logout was answered with {status}")


class _Provider(Steps):
    """A provider that remembers whom it logged in last, to tell of their logout."""

    last: Login

    def token_answer(self, login: Login, access_token: str) -> dict[str, Any]:
        """As always."""
        self.last = login
        return super().token_answer(login, access_token)


@contextmanager
def _with_provider(portal: Portal) -> Iterator[tuple[Browser, _Provider]]:
    """A browser at the portal, with a provider that is asked over HTTP; it runs in this process too."""
    steps = _Provider(read_personas())
    settings = portal.app.extensions["settings"]
    with identity_provider.start(steps=steps) as handle:
        told = settings.providers[0].model_dump() | {"issuer": handle.url}
        app = create_app(settings.model_copy(update={"providers": (Provider.model_validate(told),)}))
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        yield Browser(app.test_client()), steps
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


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
