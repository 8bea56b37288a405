"""Messages of an organisation: what it was told, for everybody who acts for it now; also in *Mine saker*."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.actor import NOWHERE, Actor
from portal.access.policy import require
from portal.access.routes import PortalBlueprint, needs
from portal.casework.own import MESSAGES, MOST, OWN_SOURCES, Bound, OwnRow
from portal.notifications.queries import unit_messages
from portal.organisations import queries
from portal.organisations.permissions import OWN_READ
from portal.web.kit.i18n import gettext as _
from portal.web.kit.paging import decode_key, page_of
from portal.web.kit.requests import actor

bp = PortalBlueprint("organisation_messages", __name__)


@bp.get("/organisasjoner/<int:unit_id>/meldinger", access=needs(OWN_READ))
def listed(unit_id: int) -> ResponseReturnValue:
    """What the organisation was told, newest first."""
    subject = queries.get(unit_id, actor=actor())
    require(actor(), OWN_READ, subject)
    key = decode_key(request.args.get("after"), (datetime.fromisoformat, int))
    rows = unit_messages([unit_id], before=(key[0], key[1]) if key else None)
    page = page_of(rows, lambda told: (told.at, told.id))
    return render_template("organisations/messages.html", subject=subject, page=page)


def own_messages(of: Actor, before: Bound | None) -> Sequence[OwnRow]:
    """The source for `OWN_SOURCES`: messages of every party the actor acts for."""
    units = sorted(of.reach.get(OWN_READ.name, NOWHERE).owner)
    return [
        OwnRow(told.at, told.id, None, told.title, _("Message"), "neutral", told.href)
        for told in unit_messages(units, before=before, limit=MOST)
    ]


OWN_SOURCES[MESSAGES] = own_messages
