"""What every use case here begins with: the grant as it stands, its money locked, and who may touch it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import require, require_proof
from portal.casework.firing import CaseChanged, Refused
from portal.casework.impartiality import impartial
from portal.casework.models import Case
from portal.database import db
from portal.funding.deciding import release_award
from portal.funding.facts import ApplicationFacts
from portal.funding.granted.events import GrantReleased, at
from portal.funding.granted.facts import IN_USE, Grant
from portal.funding.granted.models import GrantAcceptance, Instalment, PayeeAccount
from portal.funding.granted.queries import get_grant
from portal.funding.granted.rules import NOT_ACCEPTED, PAYMENT_UNDER_WAY
from portal.funding.scheme import Scheme
from portal.notifications.services import notify
from portal.record import record


def locked(scheme: Scheme, case_id: int, *, actor: Actor) -> Grant:
    """The grant as it stands, its payments and the recipient's accounts locked until the transaction ends.

    Raises `OutOfReach`.
    """
    db.session.execute(
        select(GrantAcceptance.case_id).where(GrantAcceptance.case_id == case_id).with_for_update()
    )
    db.session.execute(
        select(PayeeAccount.id)
        .join(Case, Case.owner_id == PayeeAccount.owner_id)
        .where(Case.id == case_id)
        .order_by(PayeeAccount.id)
        .with_for_update(of=PayeeAccount)
    )
    return get_grant(case_id, scheme=scheme.code, actor=actor)


def staff(facts: ApplicationFacts, permission: Permission, *, actor: Actor) -> None:
    """Raise `Denied` without the permission, `Refused` for somebody who is disqualified (fvl. § 6).

    `ProofNeeded` for a grave permission and a login that is not fresh.
    """
    require(actor, permission, facts)
    require_proof(actor, permission)
    rule = impartial(facts, actor, facts.parts)
    if rule is not None:
        raise Refused(rule)


def in_use(grant: Grant) -> None:
    """Raise `Refused(NOT_ACCEPTED)` before acceptance and `CaseChanged` after the end."""
    if grant.application.state == "granted":
        raise Refused(NOT_ACCEPTED)
    if grant.application.state not in IN_USE or grant.accepted_at is None:
        raise CaseChanged


def unlike(grant: Grant, version: int) -> None:
    """Raise `CaseChanged` when the case is not as somebody looked at it."""
    if grant.application.version != version:
        raise CaseChanged


def end_payments(grant: Grant, reason: str) -> None:
    """Stop every payment that has not left. Raises `Refused` while one is on its way from the bank."""
    if any(term.state == "attested" and term.batch_id for term in grant.terms):
        raise Refused(PAYMENT_UNDER_WAY)
    db.session.execute(
        update(Instalment)
        .where(
            Instalment.case_id == grant.application.id,
            Instalment.state.in_(("planned", "ordered", "attested")),
        )
        .values(state="stopped", stop_reason=reason)
    )


def release(facts: ApplicationFacts, amount_ore: int, *, actor: Actor) -> None:
    """Give what is not paid back to the frame; nothing for a sum of zero. Raises `Refused`."""
    if amount_ore <= 0:
        return
    release_award(facts.call_id, facts.id, amount_ore, actor=actor)
    record(GrantReleased(**at(facts), call_id=facts.call_id, amount_ore=amount_ore), actor=actor)


def tell(facts: ApplicationFacts, kind: str, title_id: str, body_id: str, **values: Any) -> None:
    """A notice to everybody in the organisation about this case; `number` and `title` are always given."""
    notify(
        unit_id=facts.owner_id,
        kind=f"funding.{kind}",
        title_id=title_id,
        body_id=body_id,
        values={"number": facts.number, "title": facts.title, **values},
        href=f"{facts.scheme.case_path(facts.id)}/tilskudd",
    )


def tell_handler(facts: ApplicationFacts, kind: str, title_id: str, body_id: str, end: str) -> None:
    """A notice to the caseworker, if there is one: by number, since they may not have declared yet."""
    if facts.handler_id is None:
        return
    notify(
        person_ids=[facts.handler_id],
        kind=f"funding.{kind}",
        title_id=title_id,
        body_id=body_id,
        values={"number": facts.number},
        href=f"{facts.scheme.case_path(facts.id)}/{end}",
    )
