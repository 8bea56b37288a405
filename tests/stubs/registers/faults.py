"""Misbehaving on command, in the ways registers have been seen to."""

from __future__ import annotations

import gzip
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from flask import Response, request
from werkzeug.exceptions import BadRequest

Answer = Callable[[], Response]
LONGEST_SECONDS = 60.0


class Faults:
    """Which fault is in force for which number ("*": for all).

    `enhet:`, `roller:` or `frivillig:` before the number keeps the fault to that one kind of answer.
    """

    def __init__(self) -> None:
        self._by_number: dict[str, str] = {}
        self._ended = threading.Event()

    def set(self, wishes: dict[str, str]) -> None:
        """Put faults in force; an empty fault ends one. Raises `BadRequest` for an unknown fault."""
        for number, fault in wishes.items():
            if fault and fault.split(":")[0] not in FAULTS:
                raise BadRequest(f"unknown fault {fault}; known: {', '.join(sorted(FAULTS))}")
            self._by_number[number] = fault

    def reset(self) -> None:
        """Be well again, and let whoever is being kept waiting go."""
        self._by_number.clear()
        self._ended.set()
        self._ended = threading.Event()

    def answer(self, number: str, well: Answer, kind: str = "enhet") -> Response:
        """The well answer, or what the fault in force makes of it."""
        keys = (f"{kind}:{number}", f"{kind}:*", number, "*")
        fault = next((self._by_number[key] for key in keys if self._by_number.get(key)), "")
        if not fault:
            return well()
        name, _, value = fault.partition(":")
        if name == "slow":
            self._ended.wait(min(float(value or 1000) / 1000, LONGEST_SECONDS))
            return well()
        return FAULTS[name](well())


def _status(code: int, **headers: str) -> Callable[[Response], Response]:
    return lambda _well: Response('{"feilmelding": "stub"}', code, headers, mimetype="application/json")


def _text(body: str, mimetype: str = "application/json") -> Callable[[Response], Response]:
    return lambda _well: Response(body, 200, mimetype=mimetype)


def _truncated(well: Response) -> Response:
    body = well.get_data()
    return Response(body[: len(body) // 2], 200, {"Content-Type": well.headers["Content-Type"]})


def _short(well: Response) -> Response:
    body = well.get_data()

    def stream() -> Iterator[bytes]:
        yield body[: len(body) // 2]
        raise ConnectionAbortedError("the stub hangs up")

    return Response(stream(), 200, {"Content-Type": "application/json", "Content-Length": str(len(body))})


def _other(well: Response) -> Response:
    found = json.loads(well.get_data())
    found["organisasjonsnummer"] = "974760673"
    return Response(json.dumps(found), 200, mimetype="application/json")


def _without(field: str) -> Callable[[Response], Response]:
    def answer(well: Response) -> Response:
        found = json.loads(well.get_data())
        found.pop(field, None)
        return Response(json.dumps(found), 200, mimetype="application/json")

    return answer


def _drip(well: Response) -> Response:
    body = well.get_data()

    def stream() -> Iterator[bytes]:
        for byte in body:
            time.sleep(0.05)
            yield bytes([byte])

    return Response(stream(), 200, {"Content-Type": "application/json"})


def _come_back_on_a_date(_well: Response) -> Response:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    return Response("", 503, {"Retry-After": when})


def _packed(_well: Response) -> Response:
    bomb = gzip.compress(b" " * 20_000_000)
    return Response(bomb, 200, {"Content-Type": "application/json", "Content-Encoding": "gzip"})


def _connection() -> socket.socket:
    found: socket.socket = request.environ["werkzeug.socket"]
    return found


def _reset(_well: Response) -> Response:
    own = _connection()
    own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    ended, other_end = socket.socketpair()
    with ended, other_end:
        # The connection goes with a reset; the server finds an ended one in its place, and is content.
        os.dup2(ended.fileno(), own.fileno())
    raise ConnectionResetError("the stub resets the connection")


def _drip_headers(_well: Response) -> Response:
    own = _connection()
    own.sendall(b"HTTP/1.1 200 OK\r\n")
    for place in range(int(LONGEST_SECONDS / 0.1)):
        time.sleep(0.1)
        own.sendall(b"X-Part-%d: a\r\n" % place)
    raise ConnectionResetError("the stub hangs up")


FAULTS: dict[str, Callable[[Response], Response]] = {
    "slow": lambda well: well,
    "400": _status(400),
    "401": _status(401),
    "404": _status(404),
    "410": _status(410),
    "429": _status(429, **{"Retry-After": "2"}),
    "500": _status(500),
    "503": _status(503),
    "503-date": _come_back_on_a_date,
    "429-nonsense": _status(429, **{"Retry-After": "\xb2"}),
    "redirect": _status(302, Location="http://127.0.0.1:9/elsewhere"),
    "truncated": _truncated,
    "hang-up": _short,
    "drip": _drip,
    "drip-headers": _drip_headers,
    "reset": _reset,
    "packed": _packed,
    "empty": _text(""),
    "null": _text("null"),
    "wrong-json": _text('{"organisasjonsnummer": 7, "navn": []}'),
    "not-an-object": _text("[1, 2, 3]"),
    "html": _text("<html><body>Vedlikehold</body></html>", "text/html"),
    "huge": _text(json.dumps({"organisasjonsnummer": "x" * 3_000_000})),
    "other-organisation": _other,
    "without-name": _without("navn"),
    "without-form": _without("organisasjonsform"),
}
