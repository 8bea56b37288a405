"""Measuring in pairs: two ways of doing a thing, in turn, in one process, as a ratio."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event


@dataclass(frozen=True)
class Ratio:
    """How fast `name` is, as a share of its baseline's speed: median, lowest and highest round."""

    name: str
    median: float
    lowest: float
    highest: float
    milliseconds: float

    def __str__(self) -> str:
        spread = f"{self.lowest:.2f}-{self.highest:.2f}"
        return f"{self.name:<58} {self.median:5.2f}  ({spread}; {self.milliseconds:.2f} ms)"


def compare(
    name: str,
    measured: Callable[[], object],
    baseline: Callable[[], object],
    *,
    rounds: int = 25,
    calls: int = 20,
) -> Ratio:
    """Speed of `measured` as a ratio to `baseline`: 1.0 is as fast, 0.5 half as fast."""
    for warm in (measured, baseline):
        for _ in range(calls):
            warm()
    ratios, times = [], []
    for _ in range(rounds):
        one, other = _seconds(measured, calls), _seconds(baseline, calls)
        ratios.append(other / one)
        times.append(one / calls)
    return Ratio(name, statistics.median(ratios), min(ratios), max(ratios), statistics.median(times) * 1000)


def _seconds(function: Callable[[], object], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        function()
    return time.perf_counter() - began


def getter(app: Flask, path: str, *, cookie: str = "") -> Callable[[], bytes]:
    """A function that asks `app` for `path` through WSGI, as a server would, and gives the body.

    Raises `RuntimeError` for any answer but 200, so that an error page is never what is timed.
    """

    def get() -> bytes:
        status: list[str] = []

        def start(line: str, _headers: Any, _error: Any = None) -> Callable[[bytes], object]:
            status.append(line)
            return len

        environ = _environ(path, cookie)
        chunks = app.wsgi_app(environ, start)
        body = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close:
            close()
        if not status[0].startswith("200"):
            raise RuntimeError(f"{path}: {status[0]}")
        return body

    return get


def _environ(path: str, cookie: str) -> dict[str, Any]:
    bare, _, query = path.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": bare,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_COOKIE": cookie,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


@contextmanager
def statements(engines: list[Engine]) -> Iterator[list[str]]:
    """The statements sent on `engines` inside the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
