"""The doors to one's account, and the organisation one chose on the way in."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.policy import ProofNeeded
from portal.access.routes import PortalBlueprint, signed_in
from portal.identity import persons, represented
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
def doors() -> str:
    """The ways one logs in, and the button to add another."""
    every = known_providers().values()
    labels: dict[str, str] = {}
    for one in every:
        labels.setdefault(one.profile.issuer, one.profile.label)
    mine = persons.logins_of(actor().person_id)
    here = {issuer for issuer, _begun in mine}
    return render_template(
        "identity/doors.html",
        rows=[(labels.get(issuer, issuer), begun) for issuer, begun in mine],
        others=[one.profile for one in every if one.profile.stub or one.profile.issuer not in here],
        added="lagt-til" in request.args,
    )


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
