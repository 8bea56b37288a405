"""Pages of members: who may act, invitations, those who ask, and the page an invitation's link opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from portal.access.policy import require
from portal.access.refusals import AssignmentRefused
from portal.access.roles import ROLES
from portal.access.routes import PortalBlueprint, needs, signed_in
from portal.documents.types import UploadRefused
from portal.organisations import queries as organisations
from portal.organisations.facts import same_name
from portal.organisations.following.queries import new_people_since
from portal.organisations.forms import InviteForm, SuccessorForm
from portal.organisations.members import mandates, queries, rescues, services
from portal.organisations.permissions import MEMBER_MANAGE
from portal.organisations.registration.pages import register_roles
from portal.organisations.vocabulary import MEMBER_ROLES
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("members", __name__)
MANAGE = needs(MEMBER_MANAGE)
MEMBER = signed_in("Whoever acts for an organisation may ask for help; the service checks that they do.")
INVITED = signed_in("Whoever has an invitation's link may read it and accept it; the link is the secret.")

NO_MANDATE = _("A signatory needs a mandate. Choose the file.")
SPENT: dict[str, LazyString] = {
    "used": _("The invitation has been used. It works only once."),
    "withdrawn": _("The invitation has been withdrawn."),
    "expired": _("The invitation has expired. It worked for 14 days."),
    "inviter_left": _("Whoever invited you no longer decides who may act for the organisation."),
}


@bp.get("/organisasjoner/<int:unit_id>/medlemmer", access=MANAGE)
def listed(unit_id: int) -> ResponseReturnValue:
    """Who may act for the organisation."""
    return _page(unit_id, InviteForm(formdata=None))


@bp.post("/organisasjoner/<int:unit_id>/medlemmer", access=MANAGE)
def invite(unit_id: int) -> ResponseReturnValue:
    """Invite somebody; the link is shown this once, and sent."""
    form = InviteForm()
    if not form.validate_on_submit():
        return _page(unit_id, form)
    email = form.email.data or ""
    try:
        token = services.invite(unit_id, email, form.role.data, mandate=_mandate(form), actor=actor())
    except services.MandateMissing:
        form.refuse("mandate", str(NO_MANDATE))
        return _page(unit_id, form)
    except UploadRefused as refused:
        form.refuse("mandate", str(refused.message))
        return _page(unit_id, form)
    base_url = current_app.extensions["settings"].base_url
    link = (email, f"{base_url}/invitasjon/{token}")
    return _page(unit_id, InviteForm(formdata=None), link=link)


def _mandate(form: InviteForm) -> services.Mandate | None:
    sent = request.files.get("mandate")
    if sent is None or not sent.filename:
        return None
    return services.Mandate(sent.read(), sent.filename, form.until.data)


@bp.post("/organisasjoner/<int:unit_id>/invitasjoner/<int:invitation_id>/trekk", access=MANAGE)
def withdraw(unit_id: int, invitation_id: int) -> ResponseReturnValue:
    """Withdraw an invitation."""
    return _done(unit_id, lambda: services.withdraw(unit_id, invitation_id, actor=actor()))


@bp.post("/organisasjoner/<int:unit_id>/uten-leder", access=MEMBER)
def leader_gone(unit_id: int) -> ResponseReturnValue:
    """A member says that the leader is gone, and UDI helps."""
    rescues.ask_for_help(unit_id, actor=actor())
    return see_other(f"/organisasjoner/{unit_id}?sendt=1")


@bp.post("/organisasjoner/<int:unit_id>/medlemmer/<int:assignment_id>/avslutt", access=MANAGE)
def remove(unit_id: int, assignment_id: int) -> ResponseReturnValue:
    """End somebody's role."""
    return _done(unit_id, lambda: services.remove(unit_id, assignment_id, actor=actor()))


@bp.post("/organisasjoner/<int:unit_id>/medlemmer/<int:assignment_id>/trekk-fullmakt", access=MANAGE)
def withdraw_mandate(unit_id: int, assignment_id: int) -> ResponseReturnValue:
    """Withdraw a signatory's mandate, and the right to sign with it."""
    return _done(unit_id, lambda: mandates.withdraw(unit_id, assignment_id, actor=actor()))


@bp.post("/organisasjoner/<int:unit_id>/foresporsler/<int:request_id>", access=MANAGE)
def answer(unit_id: int, request_id: int) -> ResponseReturnValue:
    """Let somebody who asked in with a role, or refuse."""
    role = request.form.get("role", "")
    if role in queries.LET_IN_ROLES:
        return _done(unit_id, lambda: services.let_in(unit_id, request_id, role, actor=actor()))
    return _done(unit_id, lambda: services.refuse(unit_id, request_id, actor=actor()))


@bp.route("/invitasjon/<token>", methods=["GET", "POST"], access=INVITED)
def invitation(token: str) -> ResponseReturnValue:
    """What is offered, by whom, until when; accepting binds it to the person who is logged in."""
    offer = queries.offer(token)
    said: LazyString | None = SPENT[offer.spent] if offer.spent else None
    if request.method == "POST":
        try:
            services.accept(token, actor=actor())
            return see_other(f"/organisasjoner/{offer.unit_id}")
        except services.Spent as error:
            said = SPENT[error.code]
        except AssignmentRefused as error:
            said = error.text
    return render_template("organisations/invitation.html", offer=offer, role=ROLES[offer.role], said=said)


@bp.route(
    "/organisasjoner/<int:unit_id>/bytt-leder",
    methods=["GET", "POST"],
    access={"GET": MANAGE, "POST": MANAGE},
)
def hand_over(unit_id: int) -> ResponseReturnValue:
    """Annual meeting? The leader names a successor, and leads until that one accepts."""
    subject = organisations.get(unit_id, actor=actor())
    require(actor(), MEMBER_MANAGE, subject)
    form, link = SuccessorForm(), None
    if form.validate_on_submit():
        email = form.email.data or ""
        token = services.invite(unit_id, email, "leader", hands_over=True, actor=actor())
        link = (email, f"{current_app.extensions['settings'].base_url}/invitasjon/{token}")
        form = SuccessorForm(formdata=None)
    return render_template(
        "organisations/hand_over.html",
        subject=subject,
        form=form,
        link=link,
        register_roles=_register_roles(subject),
        new_since=new_people_since(unit_id),
        waiting=queries.successors(unit_id),
    )


def _register_roles(subject: organisations.Found) -> list[tuple[str, str, bool]]:
    """(role, name, has a role here) of those the register names; compared by name alone, to be read only."""
    here = [row.name for row in queries.members(subject.unit_id)]
    return [(role, name, any(same_name(name, one) for one in here)) for role, name in register_roles(subject)]


def _done(unit_id: int, act: Callable[[], Any]) -> ResponseReturnValue:
    try:
        act()
    except AssignmentRefused as error:
        return _page(unit_id, InviteForm(formdata=None), said=error.text)
    return see_other(f"/organisasjoner/{unit_id}/medlemmer")


def _page(
    unit_id: int, form: InviteForm, *, link: tuple[str, str] | None = None, said: LazyString | None = None
) -> ResponseReturnValue:
    subject = organisations.get(unit_id, actor=actor())
    require(actor(), MEMBER_MANAGE, subject)
    return render_template(
        "organisations/members.html",
        subject=subject,
        form=form,
        link=link,
        said=said,
        people=queries.members(unit_id),
        invitations=queries.invitations(unit_id),
        asking=queries.requests(unit_id),
        roles=ROLES,
        sentences={role: ROLES[role].sentence for role in MEMBER_ROLES},
        let_in=queries.LET_IN_ROLES,
        mandates=queries.mandates(unit_id),
        me=actor().person_id,
    )
