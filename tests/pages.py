"""A person at a page in a test: reads it, fills in its form, sends it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal.database import db

_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'name="idempotency_key" value="([^"]+)"')
_VERSION = re.compile(r'name="version"[^>]*value="([^"]*)"')


class Reader:
    """One person's browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path)

    def text(self, path: str) -> str:
        """A page as text without marks; fails when it does not open."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return plain(answer)

    def send(
        self, path: str, form: Mapping[str, object] | None = None, *, seen: str | None = None
    ) -> TestResponse:
        """Send a form as the page at `seen` (or `path`) has it: with its token, key and version."""
        page = self.client.get(seen or path).get_data(as_text=True)
        hidden = {
            name: found.group(1)
            for name, pattern in (("csrf_token", _CSRF), ("idempotency_key", _KEY), ("version", _VERSION))
            if (found := pattern.search(page))
        }
        return self.client.post(path, data={**hidden, **(form or {})})


def plain(answer: TestResponse) -> str:
    """The words of a page."""
    html = re.sub(r"<(script|style|head)\b.*?</\1>", " ", answer.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL sent inside the block by the app of the current context."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
