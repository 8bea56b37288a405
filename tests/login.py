"""A browser and a provider for login tests: the portal's test client, and the stub over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from portal import create_app
from portal.database import db, transaction
from portal.login_settings import Provider
from portal.settings import Settings
from portal.web.shell.dispatch import SESSION_COOKIE
from tests.stubs import identity_provider
from tests.stubs.identity_provider import Steps, read_personas

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Portal:
    """A portal whose only provider is a stub that is running."""

    app: Flask
    steps: Steps
    url: str

    def browser(self) -> Browser:
        """A new browser, with no cookies."""
        return Browser(self.app.test_client())

    # No application context is left open: requests would share its `g`, which they never do outside tests.
    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement, committed."""
        with self.app.app_context(), transaction() as session:
            result = session.execute(text(statement), values)
            return [tuple(row) for row in result] if result.returns_rows else []

    def refusals(self) -> list[str]:
        """The reasons of every login refused so far, in the audit trail."""
        rows = self.rows(
            "SELECT data->>'reason' FROM audit_entry WHERE name = 'identity.login_refused' ORDER BY id"
        )
        return [row[0] for row in rows]

    def count(self, table: str) -> int:
        """Rows in a table."""
        return int(self.rows(f'SELECT count(*) FROM "{table}"')[0][0])

    def names(self) -> list[str]:
        """The names of all events so far, in order."""
        return [row[0] for row in self.rows("SELECT name FROM audit_entry ORDER BY id")]


class Browser:
    """Goes through a login step by step, as a person's browser would."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def token(self, page: str = "/logg-inn") -> str:
        """A form's CSRF token from a page."""
        found = _CSRF.search(self.client.get(page).text)
        assert found, f"{page} has no form"
        return found[1]

    def start(self, *, going: str = "", key: str = "stub") -> TestResponse:
        """Press the button on the login page."""
        form = {"csrf_token": self.token(), "next": going}
        return self.client.post(f"/logg-inn/start/{key}", data=form)

    def pick(self, started: TestResponse, persona: str = "kari") -> str:
        """Choose a person at the provider; gives the portal's path and query one is sent back to."""
        assert started.status_code == 303, started.text
        answered = httpx2.get(started.headers["Location"], params=_with(started, persona=persona))
        assert answered.status_code == 303, answered.text
        parts = urlsplit(answered.headers["Location"])
        return f"{parts.path}?{parts.query}"

    def log_in(self, persona: str = "kari", *, going: str = "", key: str = "stub") -> TestResponse:
        """The whole way; gives the portal's answer to the callback."""
        return self.client.get(self.pick(self.start(going=going, key=key), persona))

    @property
    def session(self) -> str | None:
        """The token in the session cookie."""
        cookie = self.client.get_cookie(SESSION_COOKIE)
        return cookie.value if cookie else None

    def is_in(self) -> bool:
        """True when Min side opens."""
        return self.client.get("/min-side").status_code == 200

    def post(self, path: str, form: Mapping[str, str] | None = None) -> TestResponse:
        """Send a form with a valid CSRF token."""
        return self.client.post(path, data={"csrf_token": self.token("/logg-ut"), **(form or {})})


def _with(started: TestResponse, **more: str) -> dict[str, str]:
    return {**dict(parse_qsl(urlsplit(started.headers["Location"]).query)), **more}


@contextmanager
def portal(
    settings: Settings, steps: Steps | None = None, *others: Mapping[str, object], **profile: object
) -> Iterator[Portal]:
    """A portal with a running provider; `profile` changes how the portal is registered there.

    Each of `others` is one more profile at the same provider, told by what differs.
    """
    steps = steps or Steps(read_personas())
    with identity_provider.start(steps=steps) as handle:
        told = settings.providers[0].model_dump() | {"issuer": handle.url} | profile
        known = tuple(Provider.model_validate(told | other) for other in ({}, *others))
        app = create_app(settings.model_copy(update={"providers": known}))
        yield Portal(app, steps, handle.url)
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


def without_check(patch: pytest.MonkeyPatch, room: ModuleType, table: str, name: str) -> None:
    """Take one check out of a room's table, in its order: what is put back in a dict comes last."""
    checks = getattr(room, table)
    assert name in checks
    patch.setattr(room, table, {key: check for key, check in checks.items() if key != name})
