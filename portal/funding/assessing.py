"""Use cases of the caseworker: take a case, assess it, send it to decision; and a case's simple steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from portal.access.actor import Actor, scope_of
from portal.access.policy import require
from portal.casework.firing import CaseChanged, Refused, fire, may_prepare
from portal.casework.services import take_part
from portal.database import db, transaction
from portal.funding.events import ApplicationAssessed
from portal.funding.facts import ApplicationFacts
from portal.funding.models import Assessment
from portal.funding.permissions import APPLICATION_ASSESS
from portal.funding.queries import get_application
from portal.funding.scheme import Scheme
from portal.notifications.services import notify
from portal.record import record
from portal.web.kit.i18n import N_

SIMPLE_STEPS = frozenset({"take", "send_back", "withdraw", "discard", "close"})
"""Steps that do nothing but move the case; the others have a use case of their own."""


class AmountRefused(ValueError):
    """A proposed or decided sum does not fit the outcome; `code` is `zero` or `above`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def step(
    scheme: Scheme, case_id: int, name: str, *, version: int, reason: str = "", actor: Actor
) -> ApplicationFacts:
    """Take one of `SIMPLE_STEPS` and give the case as it was before.

    Raises `OutOfReach`, `Denied`, `Refused` with the rule, `CaseChanged` when the case moved since `version`.
    """
    if name not in SIMPLE_STEPS:
        raise CaseChanged
    with transaction(actor=actor):
        facts = current(scheme, case_id, version, actor)
        changes: dict[str, Any] = {"handler_id": actor.person_id} if name == "take" else {}
        fire(facts, name, actor=actor, reason=reason, changes=changes)
        if name == "withdraw":
            _tell_withdrawn(facts)
    return facts


def _tell_withdrawn(facts: ApplicationFacts) -> None:
    """The organisation gets it in writing; the caseworker, by number alone, need not look for the case."""
    notify(
        unit_id=facts.owner_id,
        kind="funding.withdrawn",
        title_id=N_("Application %(number)s is withdrawn"),
        body_id=N_("“%(title)s” is withdrawn, and UDI does nothing more with it. You can apply anew."),
        values={"number": facts.number, "title": facts.title},
        href=f"/saker/{facts.id}",
    )
    if facts.handler_id is not None:
        notify(
            person_ids=[facts.handler_id],
            kind="funding.withdrawn_from",
            title_id=N_("Case %(number)s is withdrawn"),
            body_id=N_("The applicant has withdrawn case %(number)s. You need not do anything more."),
            values={"number": facts.number},
            href=f"/sak/{facts.id}",
        )


def assess(
    scheme: Scheme,
    case_id: int,
    *,
    criteria: Mapping[str, str],
    outcome: str,
    proposed_ore: int,
    reasons: str,
    version: int,
    send: bool,
    actor: Actor,
) -> None:
    """Write the assessment and proposal (*innstilling*); with `send`, hand the case over for decision.

    Writing makes the actor one who prepared the case. Sums in øre, refusals propose none. Raises as `step`,
    and `AmountRefused`.
    """
    with transaction(actor=actor):
        facts = current(scheme, case_id, version, actor)
        require(actor, APPLICATION_ASSESS, facts)
        if facts.state != "in_progress":
            raise CaseChanged
        rule = may_prepare(facts, actor, facts.parts)
        if rule is not None:
            raise Refused(rule)
        proposed = checked_amount(outcome, proposed_ore, facts.amount_ore or 0)
        _write(case_id, dict(criteria), outcome, proposed, reasons, actor)
        take_part(case_id, "prepared", actor=actor)
        event = ApplicationAssessed(
            subject_id=case_id,
            **scope_of(facts),
            outcome=outcome,
            proposed_ore=proposed,
        )
        record(event, actor=actor)
        if send:
            _require_explained(scheme, criteria, outcome)
            fire(current(scheme, case_id, version, actor), "propose", actor=actor)


def _require_explained(scheme: Scheme, criteria: Mapping[str, str], outcome: str) -> None:
    """A grant against a criterion's rule is explained, under the criterion's code with `.why`."""
    for one in scheme.criteria:
        unmet = criteria.get(one.code) in ("partly", "no")
        explained = criteria.get(f"{one.code}.why", "").strip()
        if one.explain is not None and unmet and outcome != "refused" and not explained:
            raise Refused(one.rule)


def current(scheme: Scheme, case_id: int, version: int, actor: Actor) -> ApplicationFacts:
    """The case as it stands; raises `CaseChanged` when that is not the version somebody looked at."""
    facts = get_application(case_id, scheme=scheme.code, actor=actor)
    if facts.version != version:
        raise CaseChanged
    return facts


def checked_amount(outcome: str, amount_ore: int, sought_ore: int) -> int:
    """The sum that goes with an outcome, in øre: none for a refusal, never more than was sought.

    Raises `AmountRefused` with `zero` or `above`.
    """
    if outcome == "refused":
        return 0
    if amount_ore <= 0:
        raise AmountRefused("zero")
    if amount_ore > sought_ore:
        raise AmountRefused("above")
    return amount_ore


def outcome_of(granted: bool, amount_ore: int, sought_ore: int) -> str:
    """`granted`, `partly` when less than was sought, or `refused`."""
    if not granted:
        return "refused"
    return "granted" if amount_ore >= sought_ore else "partly"


def _write(
    case_id: int, criteria: dict[str, str], outcome: str, proposed_ore: int, reasons: str, actor: Actor
) -> None:
    values = {
        "criteria": criteria,
        "outcome": outcome,
        "proposed_ore": proposed_ore,
        "reasons": reasons,
        "author_id": actor.person_id,
        "written_at": func.now(),
    }
    statement = insert(Assessment).values(case_id=case_id, **values)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Assessment.case_id], set_={**values, "version": Assessment.version + 1}
        )
    )
