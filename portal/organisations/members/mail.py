"""The mail with an invitation's link."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from portal.access.roles import ROLES
from portal.database import read_one
from portal.jobs import job
from portal.organisations.addressed import Addressed, send
from portal.organisations.links import token_of
from portal.organisations.models import Invitation, Organisation
from portal.web.kit.i18n import gettext as _
from portal.web.kit.i18n import use_locale

_INVITATION = (
    select(
        Invitation.email,
        Invitation.token_seed,
        Invitation.token_digest,
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
def send_invitation(invitation_id: int) -> None:
    """Send the link in the organisation's language; nothing when it is withdrawn or used meanwhile."""
    row = read_one(_INVITATION, {"id": invitation_id})
    if row is None or row.withdrawn_at is not None or row.accepted_at is not None:
        return
    with use_locale(row.language):
        send(
            Addressed(
                name=f"invitation-{invitation_id}",
                to=row.email,
                title=_("You are invited to act for %(organisation)s", organisation=row.name),
                text=_(
                    "Your role will be: %(role)s. Open the link, log in and accept."
                    " It works once, for 14 days.",
                    role=ROLES[row.role].title,
                ),
                path=f"/invitasjon/{token_of(row.token_seed, row.token_digest)}",
            )
        )
