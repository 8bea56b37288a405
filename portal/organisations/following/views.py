"""Noting that a change in the register has been looked at."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from portal.access.routes import PortalBlueprint, needs
from portal.organisations.following import services
from portal.organisations.permissions import MEMBER_MANAGE, REGISTRATION_HANDLE
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("register_changes", __name__)


@bp.post("/organisasjoner/<int:unit_id>/endringer/<int:change_id>/sett", access=needs(REGISTRATION_HANDLE))
def seen(unit_id: int, change_id: int) -> ResponseReturnValue:
    """Somebody has looked at it."""
    services.mark_seen(change_id, unit_id=unit_id, actor=actor())
    return see_other(f"/organisasjoner/{unit_id}")


@bp.post("/organisasjoner/<int:unit_id>/endringer/ingen-nye", access=needs(MEMBER_MANAGE))
def nobody_new(unit_id: int) -> ResponseReturnValue:
    """The leader says that the register's new people change nothing here."""
    services.answer_new_people(unit_id, actor=actor())
    return see_other(f"/organisasjoner/{unit_id}")
