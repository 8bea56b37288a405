"""UDI's pages of organisations that nobody leads: the list, and one with what can be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from portal.access.refusals import AssignmentRefused
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, needs
from portal.organisations.forms import CloseForm, LetInForm, RescueForm
from portal.organisations.members import queries, rescues
from portal.organisations.permissions import REGISTRATION_HANDLE
from portal.organisations.registration.pages import register_roles
from portal.web.kit.formats import spaced
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("rescues", __name__, url_prefix="/organisasjoner/uten-leder")
HANDLE = needs(REGISTRATION_HANDLE)

CAUSES: dict[str, LazyString] = {
    "no_leader": _("Nobody has the role of leader"),
    "asked": _("Somebody says the leader has left or does not answer"),
    "absent": _("No leader has logged in for a long time"),
    "silent": _("A request for access has lain unanswered for 14 days"),
}


@bp.get("", access=HANDLE)
def listed() -> ResponseReturnValue:
    """Organisations without a leader in reach, longest waiting first."""
    return render_template("organisations/rescues.html", rows=queries.rescues(actor()), causes=CAUSES)


@bp.get("/<int:rescue_id>", access=HANDLE)
def one(rescue_id: int) -> ResponseReturnValue:
    """What is known, who asks, and the ways to help."""
    return _page(rescue_id)


@bp.post("/<int:rescue_id>/inviter", access=HANDLE)
def invite(rescue_id: int) -> ResponseReturnValue:
    """Offer the role of leader; the link is shown this once, and sent."""
    form = RescueForm(prefix="invite-")
    if not form.validate_on_submit():
        return _page(rescue_id, invite_form=form)
    email = form.email.data or ""
    token = rescues.invite_leader(rescue_id, email, form.checked.data or "", actor=actor())
    base_url = current_app.extensions["settings"].base_url
    return _page(rescue_id, link=(email, f"{base_url}/invitasjon/{token}"))


@bp.post("/<int:rescue_id>/foresporsler/<int:request_id>/slipp-inn", access=HANDLE)
def let_in(rescue_id: int, request_id: int) -> ResponseReturnValue:
    """Let in somebody who asked."""
    form = LetInForm(prefix=f"r{request_id}-")
    if not form.validate_on_submit():
        return _page(rescue_id, let_in_forms={request_id: form})
    role, checked = form.role.data, form.checked.data or ""
    return _done(rescue_id, lambda: rescues.let_in(rescue_id, request_id, role, checked, actor=actor()))


@bp.post("/<int:rescue_id>/foresporsler/<int:request_id>/avslaa", access=HANDLE)
def refuse(rescue_id: int, request_id: int) -> ResponseReturnValue:
    """Refuse somebody who asked."""
    return _done(rescue_id, lambda: rescues.refuse(rescue_id, request_id, actor=actor()))


@bp.post("/<int:rescue_id>/avslutt", access=HANDLE)
def close(rescue_id: int) -> ResponseReturnValue:
    """No help is needed after all."""
    form = CloseForm(prefix="close-")
    if not form.validate_on_submit():
        return _page(rescue_id, close_form=form)
    return _done(rescue_id, lambda: rescues.close(rescue_id, form.reason.data or "", actor=actor()))


def _done(rescue_id: int, act: Callable[[], Any]) -> ResponseReturnValue:
    try:
        act()
    except AssignmentRefused as error:
        return _page(rescue_id, said=error.text)
    if queries.is_open(rescue_id):
        return see_other(f"/organisasjoner/uten-leder/{rescue_id}")
    return see_other("/organisasjoner/uten-leder")


def _page(
    rescue_id: int,
    *,
    invite_form: RescueForm | None = None,
    let_in_forms: dict[int, LetInForm] | None = None,
    close_form: CloseForm | None = None,
    link: tuple[str, str] | None = None,
    said: LazyString | None = None,
) -> ResponseReturnValue:
    subject = queries.rescue(rescue_id, actor=actor())
    asking = queries.requests(subject.unit_id)
    forms = {row.id: LetInForm(formdata=None, prefix=f"r{row.id}-") for row in asking}
    return render_template(
        "organisations/rescue.html",
        subject=subject,
        cause=CAUSES[subject.cause],
        number=spaced(subject.number) if subject.number else None,
        people=queries.members(subject.unit_id),
        roles=ROLES,
        register_roles=register_roles(subject),
        asking=asking,
        let_in_forms={**forms, **(let_in_forms or {})},
        invite_form=invite_form or RescueForm(formdata=None, prefix="invite-"),
        close_form=close_form or CloseForm(formdata=None, prefix="close-"),
        link=link,
        said=said,
    )
