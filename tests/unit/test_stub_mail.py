"""The mail catcher must show every delivery, or "one mail" proves nothing."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage

import httpx2
import pytest

from tests.stubs import mail
from tests.stubs.mail import MailHandle
from tests.stubs.server import HOST


@pytest.fixture
def catcher() -> Iterator[MailHandle]:
    with mail.start() as handle:
        yield handle


def send(catcher: MailHandle, text: str = "Søknaden er mottatt.") -> None:
    """Deliver one mail, always under the same Message-ID."""
    message = EmailMessage()
    message["Subject"], message["Message-ID"] = "Kvittering på søknad", "<kvittering-1@example.no>"
    message["From"], message["To"] = "portal@example.no", "kari.solbakken@example.no"
    message.set_content(text)
    with smtplib.SMTP(HOST, catcher.smtp_port, timeout=5) as server:
        server.send_message(message)


def test_a_mail_delivered_twice_is_shown_twice(catcher: MailHandle) -> None:
    assert httpx2.get(f"{catcher.url}/messages.json").json() == []
    send(catcher)
    send(catcher)
    first, second = httpx2.get(f"{catcher.url}/messages.json").json()
    assert first["message_id"] == second["message_id"] == "<kvittering-1@example.no>"
    assert first["to"] == "kari.solbakken@example.no"
    assert first["subject"] == "Kvittering på søknad"
    assert "Søknaden er mottatt." in first["text"]
    assert len(catcher.messages) == 2


def test_the_page_shows_mail_as_text_and_forgets_when_told(catcher: MailHandle) -> None:
    send(catcher, "<script>alert(1)</script>")
    page = httpx2.get(catcher.url).text
    assert "Kvittering på søknad" in page
    assert "<script" not in page
    assert httpx2.delete(f"{catcher.url}/messages").status_code == 204
    assert catcher.messages == []
    assert "Ingen ennå" in httpx2.get(catcher.url).text


def test_a_taken_port_is_said_and_the_other_one_let_go(catcher: MailHandle) -> None:
    taken = int(catcher.url.rsplit(":", 1)[1])
    with socket.create_server((HOST, 0)) as found:
        free = found.getsockname()[1]
    with pytest.raises(OSError, match="in use"):
        mail.start(free, taken)
    with pytest.raises(OSError, match="in use"):
        mail.start(catcher.smtp_port, free)
    mail.start(free, 0).stop()
