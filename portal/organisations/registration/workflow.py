"""The steps of a registration, as data, and the one place that changes its state.

A registration has no unit and no owner before it is approved, so it cannot be a case of casework yet; it
shares the case numbers, and follows the same rule: the state is a column written by `fire` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import update

from portal.access.actor import Actor
from portal.access.policy import Denied, allowed, require_proof
from portal.database import db
from portal.organisations.models import Registration
from portal.organisations.permissions import REGISTRATION_HANDLE
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _


@dataclass(frozen=True, slots=True)
class State:
    """A state with its kind (the tag's colour) and what staff and the person call it."""

    kind: str
    staff: LazyString
    applicant: LazyString


@dataclass(frozen=True, slots=True)
class Step:
    """A step: from where, to where, and by whom: the person who registers, or staff in reach."""

    source: tuple[str, ...]
    target: str
    by: Literal["person", "staff"]


STATES: dict[str, State] = {
    "draft": State("draft", _("Not sent"), _("Begun, not sent")),
    "submitted": State("waiting", _("To be decided"), _("Sent, waits for UDI")),
    "returned": State("returned", _("Waits for an answer"), _("UDI asks for more")),
    "approved": State("granted", _("Approved"), _("Approved")),
    "declined": State("refused", _("Declined"), _("Declined")),
    "withdrawn": State("closed", _("Withdrawn"), _("Withdrawn")),
}
STEPS: dict[str, Step] = {
    "submit": Step(("draft",), "submitted", "person"),
    "answer": Step(("returned",), "submitted", "person"),
    "withdraw": Step(("draft", "submitted", "returned"), "withdrawn", "person"),
    "ask": Step(("submitted",), "returned", "staff"),
    "approve": Step(("submitted", "returned"), "approved", "staff"),
    "decline": Step(("submitted", "returned"), "declined", "staff"),
}


class RegistrationMoved(Exception):
    """The registration is no longer where the page said it was; look at it again."""


def check(subject: Any, name: str, *, actor: Actor) -> None:
    """Raise `RegistrationMoved` from another state, `Denied` when this is not the actor's step.

    `ProofNeeded` when staff's login is not fresh.

    A person's own registration is never handled by that person, whatever roles they hold (fvl. § 6).
    """
    step = STEPS[name]
    if subject.state not in step.source:
        raise RegistrationMoved
    own = subject.person_id == actor.person_id
    if step.by == "person" and not own:
        raise Denied(REGISTRATION_HANDLE, "not_yours")
    if step.by == "staff":
        if not allowed(actor, REGISTRATION_HANDLE, subject):
            raise Denied(REGISTRATION_HANDLE)
        if own:
            raise Denied(REGISTRATION_HANDLE, "own_case")
        require_proof(actor, REGISTRATION_HANDLE)


def fire(
    subject: Any, name: str, *, actor: Actor, version: int, changes: Mapping[str, Any] | None = None
) -> None:
    """Take a step in the current transaction; `changes` are columns that change with it.

    Raises what `check` raises, and `RegistrationMoved` when somebody else took it further since `version`.
    """
    check(subject, name, actor=actor)
    moved = db.session.execute(
        update(Registration)
        .where(
            Registration.id == subject.id,
            Registration.version == version,
            Registration.state == subject.state,
        )
        .values(state=STEPS[name].target, version=Registration.version + 1, **(changes or {}))
        .returning(Registration.id)
    ).first()
    if moved is None:
        raise RegistrationMoved
