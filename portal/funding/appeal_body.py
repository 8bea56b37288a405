"""Confirming who decides appeals over a call's decisions: until then the product says it is not confirmed."""

from __future__ import annotations

from sqlalchemy import update

from portal.access.actor import Actor
from portal.access.policy import require
from portal.database import transaction
from portal.funding.call_queries import get_call
from portal.funding.calls import place_of
from portal.funding.events import AppealBodyConfirmed
from portal.funding.models import CallVersion
from portal.funding.permissions import CALL_MANAGE
from portal.funding.scheme import Scheme
from portal.record import record


def confirm_appeal_body(scheme: Scheme, call_id: int, *, actor: Actor) -> None:
    """Say that the appeal body (*klageinstans*, fvl. § 28) a call names is right, in all its versions of it.

    Raises `OutOfReach` and `Denied`.
    """
    with transaction(actor=actor) as session:
        call = get_call(call_id, scheme=scheme.code, actor=actor)
        place = place_of(scheme)
        require(actor, CALL_MANAGE, place)
        session.execute(
            update(CallVersion)
            .where(CallVersion.call_id == call_id, CallVersion.appeal_to == call.appeal_to)
            .values(appeal_confirmed=True)
        )
        event = AppealBodyConfirmed(
            subject_id=call_id, national_id=place.national_id, appeal_to=call.appeal_to
        )
        record(event, actor=actor)
