"""Handing mail over: at least once, always under the same Message-ID, without the case's content."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from flask import current_app, render_template
from sqlalchemy import Row, bindparam, func, select, update

from portal.database import read_one
from portal.identity.models import Person, RegisteredContact
from portal.jobs import job, once
from portal.notifications.models import Mail, Notice
from portal.notifications.values import written
from portal.settings import Settings
from portal.web.kit.i18n import filled, use_locale
from portal.web.kit.text import mail_address

TIMEOUT_SECONDS = 20


@job("notifications.send_mail")
def send_mail(notice_id: int) -> None:
    """Send the mail of one notice, in the receiver's language; nothing when it is sent already."""
    row = read_one(_MAIL, {"notice_id": notice_id})
    to = mail_address((row.registered and row.registered_email) or row.email) if row is not None else None
    if row is None or row.sent_at is not None or to is None:
        return
    settings: Settings = current_app.extensions["settings"]
    hand_over(settings, _compose(settings, row, to))
    with once() as session:
        session.execute(update(Mail).where(Mail.notice_id == notice_id).values(sent_at=func.now()))


def _compose(settings: Settings, row: Row[Any], to: str) -> EmailMessage:
    with use_locale(row.language):
        values = written(row._mapping["values"])
        context = {
            "brand": settings.brand,
            "title": filled(row.title_id, values),
            "text": filled(row.body_id, values),
            "url": settings.base_url + row.href,
        }
        html = render_template("email/notice.html", **context)
        plain = render_template("email/notice.txt", **context)
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail.sender
    message["To"] = to
    message["Subject"] = " ".join(context["title"].split())
    message["Message-ID"] = row.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain)
    message.add_alternative(html, subtype="html")
    return message


def hand_over(settings: Settings, message: EmailMessage) -> None:
    """Give one mail to the mail server. Raises `OSError` or `smtplib.SMTPException` when it is not taken."""
    mail = settings.mail
    with smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_SECONDS) as server:
        if mail.starttls:
            server.starttls()
        if mail.username:
            server.login(mail.username, mail.password)
        server.send_message(message)


_MAIL = (
    select(
        Notice.title_id,
        Notice.body_id,
        Notice.values,
        Notice.href,
        Mail.message_id,
        Mail.sent_at,
        Mail.registered,
        RegisteredContact.email.label("registered_email"),
        Person.email,
        Person.language,
    )
    .join(Mail, Mail.notice_id == Notice.id)
    .join(Person, Person.id == Notice.person_id)
    .outerjoin(RegisteredContact, RegisteredContact.person_id == Person.id)
    .where(Notice.id == bindparam("notice_id"))
)
