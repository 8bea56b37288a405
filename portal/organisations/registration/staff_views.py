"""Staff's pages: the queue of registrations, and one of them with what can be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.refusals import AssignmentRefused
from portal.access.routes import PortalBlueprint, needs
from portal.organisations.members.queries import requests_for_number
from portal.organisations.permissions import REGISTRATION_HANDLE
from portal.organisations.registration import decisions, pages, queries
from portal.organisations.registration.forms import ALONE, ApproveForm, AskForm, ReasonForm
from portal.organisations.registration.level_rules import CHECKS
from portal.organisations.registration.proof_pages import proof_pairs
from portal.organisations.registration.proofs import proven
from portal.organisations.registration.services import DETAILS, AlreadyHere
from portal.organisations.registration.workflow import STATES, RegistrationMoved
from portal.organisations.vocabulary import LEVEL_LABELS
from portal.rules.holding import holding
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.requests import actor, see_other

bp = PortalBlueprint("registrations", __name__, url_prefix="/organisasjoner/registreringer")
HANDLE = needs(REGISTRATION_HANDLE)
SHOWN = ("submitted", "returned", "approved", "declined", "withdrawn")

UNPROVEN = _("Nothing shows yet that the person may represent it. Write how you found out.")
OBSTACLES: dict[str, LazyString] = {
    "lookup_waiting": _(
        "The register has not answered yet. We ask again by ourselves. You can approve when it has."
    ),
    "number_unknown": _("The register has nobody with this number. Ask for more, or decline."),
    "asked_already": _("You have asked for more once already. Approve or decline, or call them."),
    "already_here": _("The number is registered already. Decline this one, and let them ask for access."),
    "moved": _("Somebody else has taken the registration further. Here is how it stands now."),
}


@bp.get("", access=HANDLE)
def queue() -> ResponseReturnValue:
    """Registrations in reach, newest first; the filter is a link."""
    wanted = request.args.get("tilstand", "submitted")
    state = wanted if wanted in SHOWN else None
    page = queries.queue(actor(), request.args.get("after"), state=state)
    choices = [
        *((STATES[code].staff, code, code == state) for code in SHOWN),
        (_("All"), "alle", state is None),
    ]
    return render_template(
        "organisations/queue.html", page=page, choices=choices, states=STATES, levels=LEVEL_LABELS
    )


@bp.get("/<int:registration_id>", access=HANDLE)
def one(registration_id: int) -> ResponseReturnValue:
    """One registration, the register's facts, and the three things one can do."""
    return _page(registration_id)


@bp.post("/<int:registration_id>/godkjenn", access=HANDLE)
def approve(registration_id: int) -> ResponseReturnValue:
    """Approve: the organisation is here, the person its leader."""
    form = ApproveForm()
    if not form.validate_on_submit():
        return _page(registration_id, approve_form=form)
    version, checked = pages.version(form), form.checked.data or ""
    try:
        return _done(
            registration_id,
            lambda: decisions.approve(registration_id, version=version, checked=checked, actor=actor()),
        )
    except decisions.Unproven:
        form.refuse("checked", str(UNPROVEN))
        return _page(registration_id, approve_form=form)


@bp.post("/<int:registration_id>/be-om-mer", access=HANDLE)
def ask(registration_id: int) -> ResponseReturnValue:
    """Ask for more, once."""
    form = AskForm(prefix="ask-")
    form.fields.choices = _choices()
    if not form.validate_on_submit():
        return _page(registration_id, ask_form=form)
    fields, text, version = form.fields.data or [], form.text.data or "", pages.version(form)
    return _done(
        registration_id,
        lambda: decisions.ask(registration_id, fields, text, version=version, actor=actor()),
    )


@bp.post("/<int:registration_id>/avslaa", access=HANDLE)
def decline(registration_id: int) -> ResponseReturnValue:
    """Decline with a reason."""
    form = ReasonForm(prefix="decline-")
    if not form.validate_on_submit():
        return _page(registration_id, reason_form=form)
    reason, version = form.reason.data or "", pages.version(form)
    return _done(
        registration_id, lambda: decisions.decline(registration_id, reason, version=version, actor=actor())
    )


def _done(registration_id: int, act: Callable[[], Any]) -> ResponseReturnValue:
    try:
        act()
    except decisions.NotYet as error:
        return _page(registration_id, said=OBSTACLES[error.code])
    except AlreadyHere:
        return _page(registration_id, said=OBSTACLES["already_here"])
    except RegistrationMoved:
        return _page(registration_id, said=OBSTACLES["moved"])
    except AssignmentRefused as error:
        return _page(registration_id, said=error.text)
    return see_other(f"/organisasjoner/registreringer/{registration_id}")


def _page(
    registration_id: int,
    *,
    said: LazyString | None = None,
    ask_form: AskForm | None = None,
    reason_form: ReasonForm | None = None,
    approve_form: ApproveForm | None = None,
) -> ResponseReturnValue:
    subject = queries.for_staff(registration_id, actor=actor())
    ask_form = ask_form or AskForm(formdata=None, prefix="ask-", data={"version": subject.version})
    ask_form.fields.choices = _choices(alone=subject.path == "individual")
    code = decisions.obstacle(subject)
    return render_template(
        "organisations/handle.html",
        subject=subject,
        said=said,
        obstacle=OBSTACLES[code] if code and not said else None,
        approve_form=approve_form or ApproveForm(formdata=None, data={"version": subject.version}),
        proven=proven(subject),
        checks=holding(CHECKS, subject).sources,
        proofs=proof_pairs(subject),
        own=subject.person_id == actor().person_id,
        ask_form=ask_form,
        reason_form=reason_form
        or ReasonForm(formdata=None, prefix="decline-", data={"version": subject.version}),
        asking=requests_for_number(subject.number),
        **pages.shown(subject),
    )


def _choices(*, alone: bool = False) -> list[tuple[str, str]]:
    return [(name, str(pages.FIELD_LABELS[name])) for name in (ALONE if alone else DETAILS)]
