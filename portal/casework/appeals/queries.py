"""Reading appeals, always through the actor's reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, literal, select
from sqlalchemy import case as sql_case
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from portal.access.actor import Actor
from portal.access.lists import scoped_page
from portal.access.policy import OutOfReach, visible
from portal.casework.appeals.effects import Root
from portal.casework.appeals.facts import AppealFacts
from portal.casework.appeals.models import AppealComment
from portal.casework.appeals.workflow import KIND, OPEN
from portal.casework.impartiality import check_open
from portal.casework.listing import LISTED
from portal.casework.models import Appeal, Case, CaseDocument, CaseParticipation, Decision
from portal.casework.permissions import APPEAL_READ, OWN_CASE_READ
from portal.casework.standing import READER, STANDING, parts_in
from portal.database import read_one
from portal.identity.models import Person
from portal.units.models import Unit
from portal.web.kit.paging import Page, decode_key, page_of

_Parent: Any = aliased(Case)
_Owner: Any = aliased(Unit)
_Region: Any = aliased(Unit)
_Own: Any = aliased(Decision)
_WORKED = (
    select(func.json_agg(CaseParticipation.person_id))
    .where(CaseParticipation.case_id == _Parent.id, CaseParticipation.part.in_(("prepared", "decided")))
    .correlate(_Parent)
    .scalar_subquery()
)
# Who worked with the case later, as with a demand that followed, did not have the first decision in hand.
_FIRST_HANDS = sql_case(
    (Decision.about == "case", _WORKED),
    else_=func.json_build_array(Decision.prepared_by, Decision.decided_by),
)
_DOCUMENTS = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(CaseDocument.document_id, CaseDocument.role), CaseDocument.id
            )
        )
    )
    .where(CaseDocument.case_id == Case.id)
    .correlate(Case)
    .scalar_subquery()
)
_COMMENTS = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(AppealComment.written_at, Person.name, AppealComment.text),
                AppealComment.id,
            )
        )
    )
    .select_from(AppealComment)
    .join(Person, Person.id == AppealComment.person_id)
    .where(AppealComment.case_id == Case.id)
    .correlate(Case)
    .scalar_subquery()
)
_COLUMNS = (
    Case.id, Case.number, Case.kind, Case.title, Case.state, Case.version, Case.plugin, Case.national_id,
    Case.regional_id, Case.local_id, Case.owner_id, _Owner.name, _Region.name, Case.handler_id, Person.name,
    Case.submitted_at,
    _Parent.id, _Parent.number, _Parent.title, _Parent.kind, _Parent.plugin, Decision.id, Decision.about,
    Decision.outcome,
    Decision.reasons, Decision.decided_at, Decision.appeal_to, Decision.appeal_until, Appeal.text,
    Appeal.in_time, Appeal.late_reason, Appeal.checks, Appeal.check_note, Appeal.proposed, Appeal.amount_ore,
    Appeal.outcome, Appeal.reasons, Appeal.sent_on, Appeal.comment_until, Appeal.result,
    Appeal.result_reference, Appeal.result_on, _Own.id.is_not(None), _FIRST_HANDS, _DOCUMENTS, _COMMENTS,
    STANDING,
)  # fmt: skip
_APPEAL: Any = (
    select(*(column.label(one.name) for one, column in zip(fields(AppealFacts), _COLUMNS, strict=True)))
    .select_from(Appeal)
    .join(Case, Case.id == Appeal.case_id)
    .join(Decision, Decision.id == Appeal.decision_id)
    .join(_Parent, _Parent.id == Decision.case_id)
    .join(_Owner, _Owner.id == Case.owner_id)
    .outerjoin(_Region, _Region.id == Case.regional_id)
    .outerjoin(Person, Person.id == Case.handler_id)
    .outerjoin(_Own, _Own.case_id == Case.id)
)
_QUEUE: Any = (
    select(
        Case.submitted_at,
        Case.id,
        Case.number,
        Case.title,
        Case.state,
        _Owner.name.label("owner"),
        Appeal.in_time,
        Person.name.label("handler"),
        *LISTED,
    )
    .select_from(Case)
    .join(Appeal, Appeal.case_id == Case.id)
    .join(_Owner, _Owner.id == Case.owner_id)
    .outerjoin(Person, Person.id == Case.handler_id)
)


@dataclass(frozen=True, slots=True)
class Appealable:
    """A decision its party may appeal against, with the case's places."""

    id: int
    case_id: int
    number: str
    title: str
    kind: str
    national_id: int | None
    regional_id: int | None
    local_id: int | None
    owner_id: int
    plugin: str | None
    appeal_to: str
    appeal_until: date | None
    outcome: str
    about: str
    open_appeal: int | None


_APPEALABLE: Any = (
    select(
        Decision.id,
        Case.id.label("case_id"),
        Case.number,
        Case.title,
        Case.kind,
        Case.national_id,
        Case.regional_id,
        Case.local_id,
        Case.owner_id,
        Case.plugin,
        Decision.appeal_to,
        Decision.appeal_until,
        Decision.outcome,
        Decision.about,
        select(Appeal.case_id)
        .join(_Parent, _Parent.id == Appeal.case_id)
        .where(Appeal.decision_id == Decision.id, _Parent.state.in_(OPEN))
        .correlate(Decision)
        .limit(1)
        .scalar_subquery(),
    )
    .select_from(Decision)
    .join(Case, Case.id == Decision.case_id)
)


def appealable(case_id: int, decision_id: int | None = None, *, actor: Actor) -> Appealable:
    """A decision in one of the actor's own cases: by default the one on what the case is about.

    Raises `OutOfReach` where there is none.
    """
    which = Decision.about == "case" if decision_id is None else Decision.id == decision_id
    row = read_one(_APPEALABLE.where(Case.id == case_id, which, visible(actor, OWN_CASE_READ, Case)))
    if row is None:
        raise OutOfReach(f"case {case_id}")
    return Appealable(*tuple(row))


def own_appeal(case_id: int, *, actor: Actor) -> AppealFacts:
    """One of the actor's own appeals. Raises `OutOfReach`."""
    return _one(case_id, visible(actor, OWN_CASE_READ, Case), actor.person_id)


def staff_appeal(case_id: int, *, actor: Actor) -> AppealFacts:
    """An appeal where the actor reads appeals. Raises `OutOfReach`, and `Undeclared` before they declare."""
    facts = _one(case_id, visible(actor, APPEAL_READ, Case), actor.person_id)
    check_open(facts, actor, facts.parts)
    return facts


def _one(case_id: int, reach: Any, reader: int | None) -> AppealFacts:
    row: Any = read_one(_APPEAL.where(Case.id == case_id, reach), {READER: reader})
    if row is None:
        raise OutOfReach(f"appeal {case_id}")
    values = dict(row._mapping)
    lists = {
        "first_hands": tuple(values["first_hands"] or ()),
        "documents": tuple((document, role) for document, role in values["documents"] or ()),
        "comments": tuple((at, name, text) for at, name, text in values["comments"] or ()),
        "parts": parts_in(values["parts"]),
    }
    return AppealFacts(**values | lists)


def root_of(decision_id: int) -> Root:
    """The decision an appeal's chain began with: what a change is carried through in."""
    wanted = (
        select(Decision.id, Decision.about, Case.id.label("case_id"), Case.kind, Appeal.decision_id)
        .select_from(Decision)
        .join(Case, Case.id == Decision.case_id)
        .outerjoin(Appeal, Appeal.case_id == Case.id)
    )
    while True:
        row = read_one(wanted.where(Decision.id == decision_id))
        if row is None:
            raise OutOfReach(f"decision {decision_id}")
        if row.decision_id is None:
            return Root(row.id, row.about, row.case_id, row.kind)
        decision_id = row.decision_id


def preparer_of(case_id: int) -> int | None:
    """Who last prepared a case, or None."""
    row = read_one(
        select(CaseParticipation.person_id)
        .where(CaseParticipation.case_id == case_id, CaseParticipation.part == "prepared")
        .order_by(CaseParticipation.id.desc())
        .limit(1)
    )
    return None if row is None else row.person_id


def queue(actor: Actor, states: Sequence[str], after: str | None) -> Page[Row[Any]]:
    """A page of the appeals in `states` that staff reach, newest first."""
    rows: Any = scoped_page(
        _QUEUE.where(Case.kind == literal(KIND), Case.state.in_(list(states))),
        Case,
        (Case.submitted_at, Case.id),
        actor=actor,
        permission=APPEAL_READ,
        after=decode_key(after, (datetime.fromisoformat, int)),
        parameters={READER: actor.person_id},
    )
    return page_of(rows, lambda row: (row.submitted_at, row.id))
