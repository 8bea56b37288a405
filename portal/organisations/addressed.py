"""Mail to an address, since whoever reads it may have no account: an invitation, a question."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from flask import current_app, render_template

from portal.notifications.mail import hand_over
from portal.settings import Settings
from portal.web.kit.text import mail_address


@dataclass(frozen=True, slots=True)
class Addressed:
    """A mail with one link; texts in the language it is sent in. `name` makes its Message-ID stable."""

    name: str
    to: str
    title: str
    text: str
    path: str


def send(mail: Addressed) -> None:
    """Hand the mail over; called in a job, inside `use_locale`. Nothing goes to what is not one address."""
    to = mail_address(mail.to)
    if to is None:
        return
    settings: Settings = current_app.extensions["settings"]
    message = EmailMessage(policy=SMTP)
    context = {
        "brand": settings.brand,
        "title": mail.title,
        "text": mail.text,
        "url": f"{settings.base_url}{mail.path}",
    }
    message.set_content(render_template("email/notice.txt", **context))
    message.add_alternative(render_template("email/notice.html", **context), subtype="html")
    message["From"] = settings.mail.sender
    message["To"] = to
    message["Subject"] = " ".join(mail.title.split())
    host = urlsplit(settings.base_url).hostname or "portal"
    message["Message-ID"] = f"<{mail.name}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    hand_over(settings, message)
