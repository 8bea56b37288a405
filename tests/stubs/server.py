"""Serve a WSGI application on loopback, in a thread of its own or in the foreground."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Self

from werkzeug.serving import BaseWSGIServer, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

HOST = "127.0.0.1"


class Handle:
    """A running stub: `url` without a trailing slash, and `stop()`; also a context manager."""

    def __init__(self, server: BaseWSGIServer) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, daemon=True)
        self.port = server.port
        self.url = f"http://{HOST}:{self.port}"
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def bind(app: WSGIApplication, port: int = 0) -> BaseWSGIServer:
    """Bind `app` to a loopback port (0: any free one) without serving yet; `OSError` if it is taken.

    The socket is opened here because werkzeug ends the process when a port is taken.
    """
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with socket.create_server((HOST, port), backlog=128) as listening:
        return make_server(HOST, listening.getsockname()[1], app, threaded=True, fd=listening.fileno())


def wait_for_signal() -> None:
    """Return when the process is asked to end (SIGINT or SIGTERM)."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    ended.wait()
