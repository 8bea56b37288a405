"""The pages where plugins are seen and switched."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.policy import OutOfReach
from portal.access.routes import PortalBlueprint, needs
from portal.pluginhost import overview, switching
from portal.pluginhost.forms import DisableForm
from portal.pluginhost.permissions import PLUGIN_READ, PLUGIN_SWITCH
from portal.pluginhost.wording import refusal
from portal.web.kit.frame import NavItem
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("pluginhost", __name__, url_prefix="/utvidelser")
ENTRY = NavItem(_("Plugins"), "/utvidelser", PLUGIN_READ.name)


@bp.get("", access=needs(PLUGIN_READ))
def index() -> str:
    """All installed plugins and their state in words."""
    return render_template(
        "pluginhost/list.html", plugins=overview.all_plugins(), safe_mode=overview.safe_mode()
    )


@bp.get("/<name>", access=needs(PLUGIN_READ))
def plugin(name: str) -> str:
    """One plugin: what it is, what a switch would touch, and the switch."""
    return _page(name, _unit_id(), DisableForm(formdata=None))


@bp.post("/<name>/slaa-av", access=needs(PLUGIN_SWITCH))
def disable(name: str) -> ResponseReturnValue:
    """Switch off at a place."""
    form, unit_id = DisableForm(), _unit_id()
    if form.validate():
        try:
            switching.disable(
                name,
                actor=actor(),
                message=form.message.data or "",
                unit_id=unit_id,
                despite_blockers=bool(form.despite_blockers.data),
            )
        except switching.SwitchRefused as refused:
            form.refuse("despite_blockers" if refused.code == "blocked" else "message", refusal(refused.code))
        else:
            return see_other(_address(name, unit_id))
    return _page(name, unit_id, form), 422


@bp.post("/<name>/slaa-paa", access=needs(PLUGIN_SWITCH))
def enable(name: str) -> ResponseReturnValue:
    """Switch on again at a place."""
    unit_id = _unit_id()
    try:
        switching.enable(name, actor=actor(), unit_id=unit_id)
    except switching.SwitchRefused as refused:
        raise OutOfReach(name) from refused
    return see_other(_address(name, unit_id))


def _page(name: str, unit_id: int | None, form: DisableForm) -> str:
    shown = overview.one_plugin(name)
    try:
        preview = switching.preview(name, unit_id)
    except switching.SwitchRefused as refused:
        raise OutOfReach(name) from refused
    place = dict(shown.places).get(unit_id) if unit_id is not None else None
    context: dict[str, Any] = {"plugin": shown, "preview": preview, "place": place, "form": form}
    return render_template("pluginhost/plugin.html", action=_action(name, unit_id), **context)


def _unit_id() -> int | None:
    return request.args.get("sted", type=int)


def _address(name: str, unit_id: int | None) -> str:
    return f"/utvidelser/{name}" + ("" if unit_id is None else f"?sted={unit_id}")


def _action(name: str, unit_id: int | None) -> dict[str, str]:
    query = "" if unit_id is None else f"?sted={unit_id}"
    return {what: f"/utvidelser/{name}/{what}{query}" for what in ("slaa-av", "slaa-paa")}
