"""One's own rights: the page behind "Why can I see this?" on every page."""

from __future__ import annotations

from flask import render_template

from portal.access.explanation import grounds_of
from portal.access.permissions import PERMISSIONS
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, signed_in
from portal.web.kit.requests import actor

bp = PortalBlueprint("rights", __name__)


@bp.get("/min-side/tilgang", access=signed_in("Everybody may see which roles they hold; nobody else's."))
def own_rights() -> str:
    """Which roles I hold where, who gave them, until when, and what each lets me do."""
    held = [
        (ground, ROLES[ground.role], _deeds(ground.role))
        for ground in grounds_of(actor())
        if ground.role in ROLES
    ]
    return render_template("shell/rights.html", held=held)


def _deeds(role: str) -> list[str]:
    """What a role lets one do, in the reader's words; reading before writing."""
    carried = [PERMISSIONS[name] for name in ROLES[role].permissions if name in PERMISSIONS]
    return [str(one.title) for one in sorted(carried, key=lambda one: (one.writes, str(one.title)))]
