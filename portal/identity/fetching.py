"""Asking a login provider: bounded in time, in size, and in how many ask at once.

A provider that hangs, drips, redirects or answers with a mountain must cost one worker thread three
seconds at most, and never all threads.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import httpcore2
import httpx2

SECONDS = 3.0
LIMIT = 1_000_000
AT_ONCE = 6  # of eight threads: two are left for every other page, whatever providers do
EACH = 3
_FAILURES = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
)
_lock = threading.Lock()
_places: set[Places] = set()


class Unreachable(Exception):
    """The provider did not give a usable answer in time; the text is for logs and carries no data."""


class Busy(Exception):
    """So many logins wait for providers already that one more would endanger every other page."""


class Places:
    """The places from which one provider may be asked: few for each, and few in all.

    While it is down only one place is left to it, so that two that hang leave the third its own.
    """

    def __init__(self, each: int = EACH) -> None:
        self._each = each
        self._taken = 0

    @contextmanager
    def one(self, *, down: bool = False) -> Iterator[None]:
        """Take a place. Raises `Busy` instead of waiting."""
        if not self._take(1 if down else self._each):
            raise Busy
        try:
            yield
        finally:
            self._give_back()

    def _take(self, each: int) -> bool:
        with _lock:
            if self._taken >= each or sum(one._taken for one in _places) >= AT_ONCE:
                return False
            self._taken += 1
            _places.add(self)
            return True

    def _give_back(self) -> None:
        with _lock:
            self._taken -= 1
            if not self._taken:
                _places.discard(self)


@contextmanager
def bounded(limit: int | None = None) -> Iterator[dict[str, Any]]:
    """Arguments for an HTTP client within the limits; every failure inside becomes `Unreachable`.

    `limit`: bytes of an answer, when fewer than usual.
    """
    with Bounded(SECONDS, limit or LIMIT) as transport:
        try:
            yield {"transport": transport, "follow_redirects": False, "trust_env": False, "timeout": SECONDS}
        except _FAILURES as error:
            raise Unreachable(type(error).__name__) from error


def get_json(url: str, *, bearer: str | None = None, limit: int | None = None) -> dict[str, Any]:
    """The JSON object at `url`. Raises `Unreachable` for anything else, a redirect included."""
    headers = {"Accept": "application/json"}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    with bounded(limit) as options, httpx2.Client(**options) as client:
        return json_object(client.get(url, headers=headers))


def json_object(response: httpx2.Response, statuses: tuple[int, ...] = (200,)) -> dict[str, Any]:
    """The JSON object in an answer with one of `statuses`. Raises `Unreachable`."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.status_code not in statuses or not (kind == "application/json" or kind.endswith("+json")):
        raise Unreachable(f"status {response.status_code}, {kind or 'no type'}")
    try:
        found = response.json()
    except (ValueError, RecursionError):
        raise Unreachable("not JSON") from None
    if not isinstance(found, dict):
        raise Unreachable("not a JSON object")
    return found


def error_code(response: httpx2.Response) -> str:
    """The OAuth error in a refusal; empty when it names none."""
    try:
        found = response.json()
    except (ValueError, RecursionError):
        return ""
    code = found.get("error") if isinstance(found, dict) else None
    return code if isinstance(code, str) else ""


class Bounded(httpx2.BaseTransport):
    """One exchange at a time with a deadline for all of it, and a limit on the body's size."""

    def __init__(self, seconds: float, limit: int) -> None:
        self.limit = limit
        self._pool = httpcore2.ConnectionPool(
            ssl_context=_tls(), max_connections=1, network_backend=_Backend(time.monotonic() + seconds)
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request` and read the whole answer. Raises `Unreachable` beyond a limit."""
        # Nothing may be unpacked here: a small packed answer can be a very large one.
        request.headers["Accept-Encoding"] = "identity"
        answer = self._pool.handle_request(_raw(request))
        try:
            headers = httpx2.Headers(answer.headers)
            if headers.get("Content-Encoding", "identity").strip().lower() != "identity":
                raise Unreachable("packed answer")
            body = self._read(answer.stream)
        finally:
            answer.close()
        return httpx2.Response(answer.status, headers=headers, content=body, request=request)

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()

    def _read(self, stream: Any) -> bytes:
        body = bytearray()
        for part in stream:
            body += part
            if len(body) > self.limit:
                raise Unreachable("answer too large")
        return bytes(body)


def _raw(request: httpx2.Request) -> httpcore2.Request:
    url = request.url
    return httpcore2.Request(
        method=request.method,
        url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Backend(httpcore2.NetworkBackend):
    """Opens connections on which every operation has only what is left of the time."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        """As the plain backend's, within the deadline."""
        left = _left(self._deadline, timeout)
        return _Stream(
            self._inner.connect_tcp(host, port, left, local_address, socket_options), self._deadline
        )


class _Stream(httpcore2.NetworkStream):
    """A connection that gives up at the deadline, however slowly the other end drips."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read within the deadline."""
        return self._inner.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write within the deadline."""
        self._inner.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _Stream:
        """Shake hands within the deadline."""
        return _Stream(
            self._inner.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout)),
            self._deadline,
        )

    def get_extra_info(self, info: str) -> Any:
        """What the plain connection knows."""
        return self._inner.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time is up")
    return left if timeout is None else min(left, timeout)
