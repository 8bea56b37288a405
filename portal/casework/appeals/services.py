"""What UDI does with an appeal: takes it, checks and prepares it, decides, registers the body's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import update

from portal import clock, settings
from portal.access.actor import Actor, Place, scope_of
from portal.casework.appeals.deadlines import ANSWER_IN_A_MONTH, month_from_today
from portal.casework.appeals.effects import (
    APPEAL_EFFECTS,
    AmountRefused,
    AppealEffect,
    Changed,
    Limits,
    Root,
)
from portal.casework.appeals.events import AppealAnswered, AppealDecided
from portal.casework.appeals.facts import AppealFacts
from portal.casework.appeals.letters import forwarded_letter, rejected_letter
from portal.casework.appeals.queries import preparer_of, root_of, staff_appeal
from portal.casework.deadlines import meet_deadline, set_deadline
from portal.casework.decisions import write_decision
from portal.casework.delivery.deadline import appeal_until
from portal.casework.delivery.services import follow, send_letter
from portal.casework.firing import CaseChanged, fire
from portal.casework.models import Appeal
from portal.casework.permissions import APPEAL_READ, OWN_CASE_READ
from portal.casework.services import attach
from portal.database import db, transaction
from portal.documents.letters import Letter
from portal.documents.services import store
from portal.notifications.services import notify
from portal.record import record
from portal.web.kit.i18n import N_

STEPS = {"changed": "change", "forwarded": "forward", "rejected": "reject"}
RESULT_STEPS = {"upheld": "uphold", "changed": "alter", "returned": "return"}
SIMPLE_STEPS = frozenset({"take", "send_back"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The formal check and what the caseworker proposes; the sum in øre is what a change gives in all."""

    party: bool
    signed: bool
    late_accepted: bool
    note: str
    outcome: str
    amount_ore: int | None
    reasons: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The appeal body's answer with its letter; the sum in øre where it changed the decision."""

    result: str
    reference: str
    answered_on: date
    amount_ore: int | None
    filename: str
    content: bytes


def step(case_id: int, name: str, *, version: int, reason: str = "", actor: Actor) -> None:
    """Take or send back an appeal. Raises `OutOfReach`, `Denied`, `Refused`, `CaseChanged`."""
    if name not in SIMPLE_STEPS:
        raise CaseChanged
    with transaction(actor=actor):
        facts = _current(case_id, version, actor)
        changes = {"handler_id": actor.person_id} if name == "take" else {}
        fire(facts, name, actor=actor, reason=reason, changes=changes)


def propose(case_id: int, prepared: Prepared, *, version: int, actor: Actor) -> None:
    """Write the check and the proposal, and hand the appeal over for decision. Raises as `step`."""
    with transaction(actor=actor):
        _current(case_id, version, actor)
        _write(
            case_id,
            checks={
                "party": prepared.party,
                "signed": prepared.signed,
                "late_accepted": prepared.late_accepted,
            },
            check_note=prepared.note,
            proposed=prepared.outcome,
            amount_ore=prepared.amount_ore if prepared.outcome == "changed" else None,
            reasons=prepared.reasons,
        )
        fire(staff_appeal(case_id, actor=actor), "propose", actor=actor)


def limits(facts: AppealFacts, *, actor: Actor) -> Limits | None:
    """What changing the decision can give; None where nothing is.

    Raises `Undeclared` until the actor has said they have no ties to the decided case either.
    """
    if _is_rejection(facts):
        staff_appeal(facts.parent_id, actor=actor)
    effect, root = _effect(facts)
    return effect.limits(root, actor=actor) if effect is not None else None


def gives_a_sum(facts: AppealFacts) -> bool:
    """True where changing the decision means giving money: not for a rejected appeal."""
    return not _is_rejection(facts)


def preview(
    facts: AppealFacts, outcome: str, amount_ore: int | None, reasons: str, *, actor: Actor
) -> Letter:
    """The letter the decision would give, made as when it is decided. Raises `CaseChanged` without effect."""
    now = clock.now()
    if outcome == "changed" and not _is_rejection(facts):
        effect, root = _effect(facts)
        if effect is None:
            raise CaseChanged
        return effect.preview(
            root,
            amount_ore=amount_ore or 0,
            reasons=reasons,
            reference=facts.number or "",
            actor=actor,
        )
    if outcome == "rejected":
        return rejected_letter(facts, reasons=reasons, at=now, signed_by=actor.name)
    until = _comment_until(now)
    return forwarded_letter(facts, reasons=reasons, at=now, signed_by=actor.name, comment_until=until)


def decide(
    case_id: int, *, outcome: str, amount_ore: int | None, reasons: str, version: int, actor: Actor
) -> None:
    """Decide what becomes of an appeal: `changed`, `forwarded` or `rejected`, with its letter (fvl. § 33).

    Raises as `step`, and what the change itself refuses: `AmountRefused`, `Refused` over the frame.
    """
    with transaction(actor=actor):
        facts = _current(case_id, version, actor)
        now = clock.now()
        amount_ore = amount_ore if outcome == "changed" else None
        fire(facts, STEPS[outcome], actor=actor, reason="", changes={"decided_at": now})
        _write(case_id, outcome=outcome, reasons=reasons, amount_ore=amount_ore)
        meet_deadline(case_id, ANSWER_IN_A_MONTH.code)
        letters: dict[str, Any] = {"changed": _change, "forwarded": _forward, "rejected": _reject}
        letters[outcome](facts, amount_ore, reasons, now, actor)
        deviates = (outcome, amount_ore) != (facts.proposed, facts.amount_ore)
        record(
            AppealDecided(subject_id=case_id, outcome=outcome, deviates=deviates, **scope_of(facts)),
            actor=actor,
        )


def _change(facts: AppealFacts, amount_ore: int | None, reasons: str, now: datetime, actor: Actor) -> None:
    if _is_rejection(facts):
        _take_up_again(facts, reasons, actor)
        return
    changed = _carry_through(facts, amount_ore, reasons, actor, final=False)
    decision_id = _decision(facts, changed.outcome, reasons, now, actor)
    _send(facts, changed.letter, actor, decision_id)


def _reject(facts: AppealFacts, _amount: int | None, reasons: str, now: datetime, actor: Actor) -> None:
    decision_id = _decision(facts, "refused", reasons, now, actor)
    letter = rejected_letter(facts, reasons=reasons, at=now, signed_by=actor.name)
    _send(facts, letter, actor, decision_id)


def _forward(facts: AppealFacts, _amount: int | None, reasons: str, now: datetime, actor: Actor) -> None:
    until = _comment_until(now)
    _write(facts.id, sent_on=clock.oslo(now).date(), comment_until=until)
    letter = forwarded_letter(facts, reasons=reasons, at=now, signed_by=actor.name, comment_until=until)
    _send(facts, letter, actor)


def register_answer(case_id: int, answer: Answer, *, version: int, actor: Actor) -> None:
    """Register what the appeal body answered, with its letter, which the party gets.

    Raises as `decide`, and `UploadRefused`.
    """
    with transaction(actor=actor):
        facts = _current(case_id, version, actor)
        fire(facts, RESULT_STEPS[answer.result], actor=actor)
        _write(
            case_id,
            result=answer.result,
            result_reference=answer.reference,
            result_on=answer.answered_on,
            amount_ore=answer.amount_ore if answer.result == "changed" else facts.amount_ore,
        )
        document = store(
            content=answer.content,
            filename=answer.filename,
            place=Place(facts.national_id, facts.regional_id, facts.local_id, facts.owner_id, facts.plugin),
            read_permissions=(OWN_CASE_READ.name, APPEAL_READ.name),
            actor=actor,
        )
        attach(case_id, document, "letter", actor=actor)
        follow(case_id, document, facts.owner_id)
        if answer.result == "changed":
            _carry_out_answer(facts, answer, actor)
        elif answer.result == "returned":
            set_deadline(case_id, ANSWER_IN_A_MONTH.code, month_from_today(), for_party=False)
        record(AppealAnswered(subject_id=case_id, outcome=answer.result, **scope_of(facts)), actor=actor)


def _carry_out_answer(facts: AppealFacts, answer: Answer, actor: Actor) -> None:
    reasons = f"{facts.appeal_to} {answer.answered_on:%d.%m.%Y} {answer.reference}".strip()
    if _is_rejection(facts):
        _take_up_again(facts, reasons, actor)
        return
    changed = _carry_through(facts, answer.amount_ore, reasons, actor, final=True)
    _send(facts, changed.letter, actor)


def _take_up_again(facts: AppealFacts, reasons: str, actor: Actor) -> None:
    """An appeal against a rejection won: the rejected appeal is tried after all."""
    fire(staff_appeal(facts.parent_id, actor=actor), "reopen", actor=actor, reason=reasons)
    set_deadline(facts.parent_id, ANSWER_IN_A_MONTH.code, month_from_today(), for_party=False)
    notify(
        unit_id=facts.owner_id,
        kind="casework.appeal_reopened",
        title_id=N_("Appeal %(number)s is taken up again"),
        body_id=N_("UDI tries your appeal about “%(title)s” after all. You follow it in the portal."),
        values={"number": facts.parent_number, "title": facts.parent_title},
        href=f"/saker/{facts.parent_id}",
    )


def _carry_through(
    facts: AppealFacts, amount_ore: int | None, reasons: str, actor: Actor, *, final: bool
) -> Changed:
    effect, root = _effect(facts)
    if effect is None:
        raise CaseChanged
    if amount_ore is None:
        raise AmountRefused("missing")
    return effect.change(
        root,
        amount_ore=amount_ore,
        reasons=reasons,
        reference=facts.number or "",
        final=final,
        actor=actor,
    )


def _effect(facts: AppealFacts) -> tuple[AppealEffect | None, Root]:
    root = root_of(facts.decision_id)
    effect = None if _is_rejection(facts) else APPEAL_EFFECTS.get((root.kind, root.about))
    return effect, root


def _is_rejection(facts: AppealFacts) -> bool:
    return facts.parent_kind == facts.kind and facts.decision_outcome == "refused"


def _decision(facts: AppealFacts, outcome: str, reasons: str, now: datetime, actor: Actor) -> int:
    return write_decision(
        facts.id,
        outcome=outcome,
        reasons=reasons,
        prepared_by=preparer_of(facts.id),
        decided_by=actor.person_id,
        decided_at=now,
        appeal_to=facts.appeal_to,
        appeal_until=appeal_until(notified_at=now),
    )


def _send(facts: AppealFacts, letter: Letter, actor: Actor, decision_id: int | None = None) -> None:
    send_letter(facts, letter, read_permissions=(APPEAL_READ.name,), decision_id=decision_id, actor=actor)


def _comment_until(now: datetime) -> date:
    return clock.oslo(now).date() + timedelta(days=settings.current().appeals.comment_days)


def _current(case_id: int, version: int, actor: Actor) -> AppealFacts:
    facts = staff_appeal(case_id, actor=actor)
    if facts.version != version:
        raise CaseChanged
    return facts


def _write(case_id: int, **values: Any) -> None:
    db.session.execute(update(Appeal).where(Appeal.case_id == case_id).values(**values))
