"""A mail server that delivers to nobody: it shows what would have been sent."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, Response, jsonify, render_template

from tests.stubs.server import HOST, Handle, bind


@dataclass
class Box:
    """Every delivery, in order; the same mail delivered twice stands here twice."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take one delivery (a name aiosmtpd prescribes)."""
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
        message = {
            "at": datetime.now(UTC).isoformat(),
            "to": ", ".join(envelope.rcpt_tos),
            "from": envelope.mail_from,
            "subject": str(parsed["Subject"]),
            "message_id": str(parsed["Message-ID"]),
            "text": plain.get_content() if plain else "",
            "html": html.get_content() if html else "",
        }
        with self.lock:
            self.messages.append(message)
        return "250 OK"


def build(box: Box) -> Flask:
    """The page and the list of what was delivered."""
    app = Flask(__name__)

    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.get("/")
    def page() -> str:
        return render_template("messages.html", messages=list(box.messages))

    @app.get("/messages.json")
    def messages() -> Response:
        return jsonify(list(box.messages))

    @app.delete("/messages")
    def forget() -> tuple[str, int]:
        with box.lock:
            box.messages.clear()
        return "", 204

    return app


class MailHandle:
    """A running mail catcher: `smtp_port`, `url` of its page, the `messages`, and `stop()`."""

    def __init__(self, smtp_port: int, http_port: int) -> None:
        self.box = Box()
        self.smtp_port = _checked_port(smtp_port)
        page = bind(build(self.box), http_port)
        self._smtp = Controller(self.box, hostname=HOST, port=self.smtp_port)
        self._smtp.start()
        self._http = Handle(page)
        self.url = self._http.url

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Every delivery so far."""
        return list(self.box.messages)

    def stop(self) -> None:
        """Stop both servers."""
        self._http.stop()
        self._smtp.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _checked_port(wanted: int) -> int:
    """The port, or a free one for 0; `OSError` if it is taken.

    Asked beforehand: aiosmtpd connects to the very number it was given, so it cannot be given 0,
    and leaves an open event loop behind when it cannot start.
    """
    with socket.create_server((HOST, wanted)) as found:
        port: int = found.getsockname()[1]
    return port


def start(smtp_port: int = 0, http_port: int = 0) -> MailHandle:
    """Start catching mail on loopback (0: any free port); raises `OSError` when a port is taken."""
    return MailHandle(smtp_port, http_port)
