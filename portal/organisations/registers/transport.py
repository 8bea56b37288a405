"""A transport that cannot be made to wait or swallow without limit: total time and size are bounded."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Mapping
from typing import Any

import httpx2

LARGEST_ANSWER = 1_000_000
_CONNECTED = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class BoundedTransport(httpx2.BaseTransport):
    """Reads each answer whole within `seconds` and `LARGEST_ANSWER` bytes; follows nothing.

    Raises `httpx2.ReadTimeout` past the time and `httpx2.DecodingError` past the size.
    """

    def __init__(self, seconds: float) -> None:
        self._inner = httpx2.HTTPTransport()
        self._seconds = seconds
        self._socket: socket.socket | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request` and read the whole answer within the limits."""
        request.extensions = {**request.extensions, "trace": self._note_connection}
        ends = time.monotonic() + self._seconds
        # The library's own time-out begins anew at each byte, headers too: a cut connection does not.
        watch = threading.Timer(self._seconds, self._cut)
        watch.daemon = True
        watch.start()
        try:
            answer = self._read(request)
        except httpx2.TransportError as error:
            if time.monotonic() < ends:
                raise
            raise httpx2.ReadTimeout("the register answers too slowly", request=request) from error
        finally:
            watch.cancel()
        if time.monotonic() >= ends:  # an answer without a length looks whole when it is cut
            raise httpx2.ReadTimeout("the register answers too slowly", request=request)
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def _read(self, request: httpx2.Request) -> httpx2.Response:
        response = self._inner.handle_request(request)
        try:
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise httpx2.DecodingError("the register's answer is too large", request=request)
        finally:
            response.close()
        if "content-encoding" in response.headers:
            raise httpx2.DecodingError("the register packed an answer it was asked not to", request=request)
        return httpx2.Response(response.status_code, headers=response.headers, content=bytes(body))

    def _note_connection(self, event: str, details: Mapping[str, Any]) -> None:
        if event in _CONNECTED:
            self._socket = details["return_value"].get_extra_info("socket")

    def _cut(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # Not the method of an SSL socket: that would take the layer away under a reader's feet.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
