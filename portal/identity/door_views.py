"""The doors to one's account, and the organisation one chose on the way in."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.policy import OutOfReach, ProofNeeded
from portal.access.routes import PortalBlueprint, signed_in
from portal.identity import doors, represented
from portal.identity.attempts import LINK, Going
from portal.identity.context import session_of
from portal.identity.fetching import Busy
from portal.identity.provider import known_providers
from portal.identity.refusal import LoginRefused
from portal.identity.views import busy, destination, go, provider_of, refused
from portal.web.kit.requests import actor, see_other

WHY_OWN = "Everybody sees their own ways in, and may prove another."

bp = PortalBlueprint("identity_doors", __name__)
bp.register_error_handler(LoginRefused, refused)
bp.register_error_handler(Busy, busy)


@bp.get("/min-side/innlogginger", access=signed_in(WHY_OWN))
def own_doors() -> str:
    """The ways one logs in, and the button to add another."""
    mine = doors.doors_of(actor())
    known = {issuer for _id, issuer, _begun, _here in mine}
    return render_template(
        "identity/doors.html",
        rows=[(one, _label_of(issuer), begun, here) for one, issuer, begun, here in mine],
        others=[
            one.profile
            for one in known_providers().values()
            if one.profile.stub or one.profile.issuer not in known
        ],
        added="lagt-til" in request.args,
        removed="fjernet" in request.args,
    )


@bp.get("/min-side/innlogginger/<int:login_id>/fjern", access=signed_in(WHY_OWN))
def about_to_remove(login_id: int) -> str:
    """What happens when this way in is taken away, and the button; or why it stays."""
    return _removing(login_id)


@bp.post("/min-side/innlogginger/<int:login_id>/fjern", access=signed_in(WHY_OWN))
def remove(login_id: int) -> ResponseReturnValue:
    """Take away one of one's ways in."""
    providers: dict[str, str] = {}
    for one in known_providers().values():
        providers.setdefault(one.profile.issuer, one.profile.key)
    try:
        doors.remove(login_id, providers, actor=actor())
    except doors.DoorKept:
        return _removing(login_id), 409
    return see_other("/min-side/innlogginger?fjernet")


def _removing(login_id: int) -> str:
    mine = doors.doors_of(actor())
    found = [one for one in mine if one[0] == login_id]
    if not found:
        raise OutOfReach
    _id, issuer, begun, here = found[0]
    kept = "last" if len(mine) == 1 else "here" if here else ""
    return render_template(
        "identity/remove_door.html", login_id=login_id, label=_label_of(issuer), begun=begun, kept=kept
    )


def _label_of(issuer: str) -> str:
    """What people know an issuer as: the label of its first profile."""
    every = known_providers().values()
    return next((one.profile.label for one in every if one.profile.issuer == issuer), issuer)


@bp.post("/min-side/innlogginger/<key>", access=signed_in(WHY_OWN))
def add(key: str) -> ResponseReturnValue:
    """Prove a second login in this session, which makes it a door to the same account."""
    provider = provider_of(key)
    if actor().proof_is_old:
        raise ProofNeeded
    return go(provider, Going("/min-side/innlogginger?lagt-til", LINK, actor().person_id))


@bp.get("/logg-inn/organisasjon", access=signed_in(WHY_OWN))
def organisation() -> ResponseReturnValue:
    """Straight on for whoever may act for what they chose; a way forward for everybody else."""
    going = destination(request.args.get("next"))
    here = session_of(actor())
    number = here.represents if here else ""
    unit_id = represented.unit_of(number) if number else None
    mine = {held.unit_id for held in actor().held}
    straight_on = unit_id in mine if number else bool(mine)
    if straight_on:
        return see_other(going)
    return render_template(
        "identity/organisation.html",
        number=number,
        known=unit_id is not None,
        going=going,
        provider=_label(here.provider if here else ""),
    )


def _label(key: str) -> tuple[str, str]:
    """The key and label of the provider to choose at once more."""
    known = known_providers().get(key)
    return (key, known.profile.label) if known else ("", "")
