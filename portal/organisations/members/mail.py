"""The mail with an invitation's link: to an address, since whoever gets it may have no account yet."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlsplit

from flask import current_app, render_template
from sqlalchemy import bindparam, select

from portal.access.roles import ROLES
from portal.database import read_one
from portal.jobs import job
from portal.notifications.mail import _hand_over as hand_over
from portal.organisations.models import Invitation, Organisation
from portal.settings import Settings
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import use_locale

_INVITATION = (
    select(
        Invitation.email,
        Invitation.role,
        Invitation.expires_at,
        Invitation.withdrawn_at,
        Invitation.accepted_at,
        Organisation.name,
        Organisation.language,
    )
    .join(Organisation, Organisation.unit_id == Invitation.unit_id)
    .where(Invitation.id == bindparam("id"))
)


@job("organisations.send_invitation")
def send_invitation(invitation_id: int, token: str) -> None:
    """Send the link in the organisation's language; nothing when it is withdrawn or used meanwhile."""
    row = read_one(_INVITATION, {"id": invitation_id})
    if row is None or row.withdrawn_at is not None or row.accepted_at is not None:
        return
    settings: Settings = current_app.extensions["settings"]
    message = EmailMessage(policy=SMTP)
    with use_locale(row.language):
        context = {
            "brand": settings.brand,
            "title": _("You are invited to act for %(organisation)s", organisation=row.name),
            "text": _(
                "Your role will be: %(role)s. Open the link, log in and accept. It works once, for 14 days.",
                role=ROLES[row.role].title,
            ),
            "url": f"{settings.base_url}/invitasjon/{token}",
        }
        message.set_content(render_template("email/notice.txt", **context))
        message.add_alternative(render_template("email/notice.html", **context), subtype="html")
    message["From"] = settings.mail.sender
    message["To"] = row.email
    message["Subject"] = " ".join(context["title"].split())
    host = urlsplit(settings.base_url).hostname or "portal"
    message["Message-ID"] = f"<invitation-{invitation_id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    hand_over(settings, message)
