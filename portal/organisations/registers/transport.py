"""A transport that cannot be made to wait or swallow without limit: total time and size are bounded."""

from __future__ import annotations

import time

import httpx2

LARGEST_ANSWER = 1_000_000


class BoundedTransport(httpx2.BaseTransport):
    """Reads each answer whole within `seconds` and `LARGEST_ANSWER` bytes; follows nothing.

    Raises `httpx2.ReadTimeout` past the time and `httpx2.DecodingError` past the size.
    """

    def __init__(self, seconds: float) -> None:
        self._inner = httpx2.HTTPTransport()
        self._seconds = seconds

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send `request` and read the whole answer within the limits."""
        ends = time.monotonic() + self._seconds
        response = self._inner.handle_request(request)
        try:
            body = bytearray()
            for chunk in response.iter_raw():
                body += chunk
                if time.monotonic() > ends:
                    raise httpx2.ReadTimeout("the register answers too slowly", request=request)
                if len(body) > LARGEST_ANSWER:
                    raise httpx2.DecodingError("the register's answer is too large", request=request)
        finally:
            response.close()
        if "content-encoding" in response.headers:
            raise httpx2.DecodingError("the register packed an answer it was asked not to", request=request)
        return httpx2.Response(response.status_code, headers=response.headers, content=bytes(body))

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()
