"""What an appeal won does to a grant: a refusal is granted, a grant in part is raised, within the frame."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal import clock
from portal.access.actor import Actor, scope_of
from portal.access.policy import OutOfReach, require
from portal.casework.appeals.effects import AmountRefused, Changed, Limits, Root
from portal.casework.firing import fire
from portal.casework.models import Decision
from portal.database import read_one
from portal.documents.letters import Letter
from portal.funding.assessing import outcome_of
from portal.funding.deciding import bind_award
from portal.funding.events import ApplicationDecided
from portal.funding.facts import ApplicationFacts
from portal.funding.granted import raising
from portal.funding.letters import decision_letter
from portal.funding.models import Application, Call
from portal.funding.permissions import APPLICATION_DECIDE
from portal.funding.queries import get_application
from portal.record import record
from portal.web.kit.formats import kr
from portal.web.kit.i18n import gettext as _


class GrantAppeals:
    """How decisions on grant applications are changed after an appeal."""

    def limits(self, root: Root, *, actor: Actor) -> Limits:
        """From what is granted now to what was sought, as far as the frame reaches."""
        facts = application_of(root.case_id, actor)
        now, left = facts.awarded_ore, facts.frame_ore - facts.committed_ore
        most = min(facts.amount_ore or 0, now + left)
        told = _("Granted now: %(now)s. A change can give up to %(most)s.", now=kr(now), most=kr(most))
        return Limits(now, now, most, told)

    def change(
        self, root: Root, *, amount_ore: int, reasons: str, reference: str, final: bool, actor: Actor
    ) -> Changed:
        """Bind the rest of the sum and, after a refusal, grant; in the current transaction.

        A grant waits to be accepted, also one that was refused first; where it is accepted already that
        holds, since the conditions are the same, and what is added is planned as a payment of its own.
        """
        case_id = root.case_id
        facts = application_of(case_id, actor)
        require(actor, APPLICATION_DECIDE, facts)
        more = _more(facts, amount_ore)
        letter = _letter(facts, amount_ore, reasons, reference, actor, final=final)
        grant = None
        if facts.outcome == "refused":
            fire(facts, "regrant", actor=actor, reason=reasons, changes={"decided_at": clock.now()})
        else:
            grant = raising.hold(facts, actor=actor)
        bind_award(facts.call_id, case_id, more, actor=actor)
        if grant is None:
            raising.expect_answer(facts)
        else:
            raising.add_payment(grant, more, actor=actor)
        outcome = outcome_of(True, amount_ore, facts.amount_ore or 0)
        event = ApplicationDecided(
            subject_id=case_id,
            **scope_of(facts),
            call_id=facts.call_id,
            number=facts.number or "",
            outcome=outcome,
            amount_ore=amount_ore,
            deviates=False,
        )
        record(event, actor=actor)
        return Changed(outcome, letter)

    def preview(self, root: Root, *, amount_ore: int, reasons: str, reference: str, actor: Actor) -> Letter:
        """The letter as the change would give it; nothing is stored."""
        facts = application_of(root.case_id, actor)
        return _letter(facts, amount_ore, reasons, reference, actor, final=False)


def running_appeals(scheme: str) -> tuple[int, datetime | None]:
    """How many of a scheme's decisions can still be appealed in time, and until when at the latest."""
    row: Any = read_one(
        select(func.count(), func.max(Decision.appeal_until))
        .select_from(Decision)
        .join(Application, Application.case_id == Decision.case_id)
        .join(Call, Call.id == Application.call_id)
        .where(Call.scheme == scheme, Decision.appeal_until >= clock.today())
    )
    count, last = tuple(row)
    return int(count), clock.end_of_day(last) if last else None


def _more(facts: ApplicationFacts, amount_ore: int) -> int:
    if amount_ore <= facts.awarded_ore:
        raise AmountRefused("less")
    if amount_ore > (facts.amount_ore or 0):
        raise AmountRefused("above")
    return amount_ore - facts.awarded_ore


def _letter(
    facts: ApplicationFacts, amount_ore: int, reasons: str, reference: str, actor: Actor, *, final: bool
) -> Letter:
    more = max(0, amount_ore - facts.awarded_ore)
    return decision_letter(
        facts,
        terms=raising.terms_with(facts, more),
        added_ore=more if facts.state in raising.ACCEPTED else 0,
        outcome=outcome_of(True, amount_ore, facts.amount_ore or 0),
        amount_ore=amount_ore,
        reasons=reasons,
        decided_at=clock.now(),
        signed_by=actor.name,
        after_appeal=True,
        final=final,
        reference=reference,
    )


def application_of(case_id: int, actor: Actor) -> ApplicationFacts:
    """An application by its case alone, whatever its scheme. Raises `OutOfReach`, `Undeclared`."""
    row = read_one(
        select(Call.scheme)
        .join(Application, Application.call_id == Call.id)
        .where(Application.case_id == case_id)
    )
    if row is None:
        raise OutOfReach(f"case {case_id}")
    return get_application(case_id, scheme=row.scheme, actor=actor)
