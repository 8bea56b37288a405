"""Reading calls and applications, always through the actor's reach; each function sends one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Row, bindparam, cast, exists, func, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from portal.access.actor import Actor
from portal.access.lists import scoped_oldest, scoped_page
from portal.access.policy import OutOfReach, visible
from portal.casework.appeals.workflow import KIND as APPEAL
from portal.casework.appeals.workflow import OPEN
from portal.casework.decisions import ON_THE_CASE
from portal.casework.impartiality import check_open
from portal.casework.listing import LISTED
from portal.casework.models import Appeal, Case, CaseDocument, CaseRequest, Decision
from portal.casework.standing import READER, STANDING, parts_in
from portal.database import read, read_one
from portal.funding.facts import ApplicationFacts, AssessmentFacts, Line
from portal.funding.granted.models import GrantReport, Instalment, Repayment
from portal.funding.models import (
    Application,
    ApplicationSite,
    Assessment,
    AwardEntry,
    BudgetLine,
    Call,
    CallFrame,
    CallVersion,
)
from portal.funding.permissions import APPLICATION_READ, OWN_APPLICATION_READ
from portal.identity.models import Person
from portal.units.models import Unit
from portal.web.kit.paging import Page, decode_key, page_of

_Owner = aliased(Unit)
_Region = aliased(Unit)
_Handler = aliased(Person)
_Author = aliased(Person)


def _gathered(order: Any, model: Any, *columns: Any) -> Any:
    rows = func.json_agg(aggregate_order_by(func.json_build_array(*columns), order))
    return select(rows).where(model.case_id == Case.id)


_SITES = (
    _gathered(ApplicationSite.position, ApplicationSite, Unit.id, Unit.name)
    .select_from(ApplicationSite)
    .join(Unit, Unit.id == ApplicationSite.unit_id)
    .correlate(Case)
    .scalar_subquery()
)
_BUDGET = (
    _gathered(
        BudgetLine.position,
        BudgetLine,
        BudgetLine.side,
        BudgetLine.post,
        BudgetLine.text,
        BudgetLine.amount_ore,
    )
    .select_from(BudgetLine)
    .correlate(Case)
    .scalar_subquery()
)
_DOCUMENTS = (
    _gathered(CaseDocument.id, CaseDocument, CaseDocument.document_id, CaseDocument.role)
    .select_from(CaseDocument)
    .correlate(Case)
    .scalar_subquery()
)


def _sum(column: Any, model: Any, *where: Any) -> Any:
    total = select(cast(func.coalesce(func.sum(column), 0), BigInteger))
    return total.where(model.case_id == Case.id, *where).correlate(Case).scalar_subquery()


_Appeal = Case.__table__.alias("appeal_case")
_APPEALED = (
    exists()
    .where(_Appeal.c.parent_id == Case.id, _Appeal.c.kind == APPEAL, _Appeal.c.state.in_(OPEN))
    .correlate(Case)
)
# After an appeal that was won, the reasons are those of the change (fvl. § 33), not of the refusal.
_CHANGED_BECAUSE = (
    select(Appeal.reasons)
    .where(Appeal.decision_id == Decision.id, Appeal.outcome == "changed")
    .order_by(Appeal.case_id.desc())
    .limit(1)
    .correlate(Decision)
    .scalar_subquery()
)
_AWARDED = _sum(AwardEntry.amount_ore, AwardEntry)
_PAID = _sum(Instalment.amount_ore, Instalment, Instalment.state == "paid")
# What a decision came to be after an appeal: the sum that is bound tells, the first decision stays as it was.
_OUTCOME = sql_case(
    (or_(Decision.outcome.is_(None), _AWARDED == 0), Decision.outcome),
    (Application.amount_ore <= _AWARDED, "granted"),
    else_="partly",
)
_FACTS = (
    Case.id,
    Case.number,
    Case.kind,
    Case.title,
    Case.state,
    Case.version,
    Case.plugin,
    Case.national_id,
    Case.regional_id,
    Case.local_id,
    Case.owner_id,
    Case.applicant_id,
    Case.created_at,
    Case.submitted_at,
    Case.decided_at,
    _Owner.name,
    Case.handler_id,
    _Handler.name,
    _Region.name,
    Call.scheme,
    Call.year,
    Application.call_id,
    Application.call_version,
    CallVersion.texts,
    CallVersion.closes_at,
    CallVersion.rolling,
    CallVersion.goals,
    CallVersion.distribution,
    CallVersion.appeal_to,
    CallVersion.appeal_confirmed,
    CallFrame.frame_ore,
    CallFrame.committed_ore,
    Application.applicant_kind,
    Application.answers,
    Application.versions,
    Application.amount_ore,
    Application.late,
    Application.saved_at,
    Case.udisak_reference,
    _OUTCOME,
    func.coalesce(_CHANGED_BECAUSE, Decision.reasons),
    Decision.decided_by,
    Decision.appeal_until,
    _APPEALED,
    CaseRequest.due_on,
    _AWARDED,
    _PAID,
    GrantReport.spent_ore,
    _sum(Repayment.amount_ore, Repayment),
    _sum(Repayment.paid_ore, Repayment),
    _sum(Repayment.demanded_ore - Repayment.amount_ore, Repayment),
    _SITES,
    _BUDGET,
    _DOCUMENTS,
    func.json_build_array(
        Assessment.criteria,
        Assessment.outcome,
        Assessment.proposed_ore,
        Assessment.reasons,
        Assessment.author_id,
        _Author.name,
        Assessment.version,
    ),
    STANDING,
)
_APPLICATION: Any = (
    select(*(column.label(one.name) for one, column in zip(fields(ApplicationFacts), _FACTS, strict=True)))
    .select_from(Application)
    .join(Case, Case.id == Application.case_id)
    .join(Call, Call.id == Application.call_id)
    .join(
        CallVersion,
        (CallVersion.call_id == Application.call_id) & (CallVersion.version == Application.call_version),
    )
    .join(CallFrame, CallFrame.call_id == Application.call_id)
    .join(_Owner, _Owner.id == Case.owner_id)
    .outerjoin(_Region, _Region.id == Case.regional_id)
    .outerjoin(_Handler, _Handler.id == Case.handler_id)
    .outerjoin(Decision, ON_THE_CASE)
    .outerjoin(Assessment, Assessment.case_id == Case.id)
    .outerjoin(_Author, _Author.id == Assessment.author_id)
    .outerjoin(CaseRequest, (CaseRequest.case_id == Case.id) & CaseRequest.answered_at.is_(None))
    .outerjoin(GrantReport, GrantReport.case_id == Case.id)
)
_QUEUE: Any = (
    select(
        Case.submitted_at,
        Case.id,
        Case.number,
        Case.title,
        Case.state,
        _Owner.name.label("owner"),
        Application.amount_ore,
        Application.late,
        _Handler.name.label("handler"),
        Application.call_id,
        *LISTED,
    )
    .select_from(Case)
    .join(Application, Application.case_id == Case.id)
    .join(Call, Call.id == Application.call_id)
    .join(_Owner, _Owner.id == Case.owner_id)
    .outerjoin(_Handler, _Handler.id == Case.handler_id)
    .where(Call.scheme == bindparam("scheme"))
)
_SITE_CHOICES: Any = (
    select(Unit.id, Unit.name, _Region.name)
    .outerjoin(_Region, _Region.id == Unit.regional_id)
    .where(Unit.kind == "site", or_(Unit.valid_to.is_(None), Unit.valid_to >= func.current_date()))
    .order_by(Unit.sort_key, Unit.id)
)


def get_application(case_id: int, *, scheme: str, actor: Actor) -> ApplicationFacts:
    """An application in the actor's reach, as caseworker or as party.

    Raises `OutOfReach`, and `Undeclared` for staff it is closed to: it opens when they declare (fvl. § 6).
    """
    statement = _APPLICATION.where(
        Case.id == case_id,
        Call.scheme == scheme,
        or_(visible(actor, APPLICATION_READ, Case), visible(actor, OWN_APPLICATION_READ, Case)),
    )
    facts = _facts(statement, case_id, actor.person_id)
    check_open(facts, actor, facts.parts)
    return facts


def archived_application(case_id: int) -> ApplicationFacts:
    """An application already judged in reach, for its package. Raises `OutOfReach`."""
    return _facts(_APPLICATION.where(Case.id == case_id), case_id, None)


def _facts(statement: Any, case_id: int, reader: int | None) -> ApplicationFacts:
    row: Any = read_one(statement, {READER: reader})
    if row is None:
        raise OutOfReach(f"case {case_id}")
    values = dict(row._mapping)
    written = values["assessment"]
    return ApplicationFacts(
        **values
        | {
            "sites": tuple((unit, name) for unit, name in values["sites"] or ()),
            "budget": tuple(Line(*line) for line in values["budget"] or ()),
            "documents": tuple((document, role) for document, role in values["documents"] or ()),
            "assessment": AssessmentFacts(*written) if written[1] is not None else None,
            "parts": parts_in(values["parts"]),
        }
    )


def sites_of(case_id: int) -> list[str]:
    """The names of the sites an application is about, the first one first. For a case judged in reach."""
    statement = (
        select(Unit.name)
        .join(ApplicationSite, ApplicationSite.unit_id == Unit.id)
        .where(ApplicationSite.case_id == case_id)
        .order_by(ApplicationSite.position)
    )
    return [name for (name,) in map(tuple, read(statement))]


def queue(
    scheme: str, *, actor: Actor, states: Sequence[str] | None = None, after: str | None = None
) -> Page[Row[Any]]:
    """A page of the applications a caseworker reaches, newest first; drafts are never among them.

    The states are asked for one by one: the newest cases of all may be many that are in none of them.
    """
    rows: Any = scoped_page(
        _QUEUE,
        Case,
        (Case.submitted_at, Case.id),
        actor=actor,
        permission=APPLICATION_READ,
        after=decode_key(after, (datetime.fromisoformat, int)),
        parameters={"scheme": scheme, READER: actor.person_id},
        one_of=(Case.state, states) if states else None,
    )
    return page_of(rows, lambda row: (row.submitted_at, row.id))


def first_to_do(scheme: str, states: Sequence[str], *, actor: Actor) -> Row[Any] | None:
    """The application that has waited longest in one of `states`, or None."""
    return scoped_oldest(
        _QUEUE,
        Case,
        (Case.submitted_at, Case.id),
        actor=actor,
        permission=APPLICATION_READ,
        one_of=(Case.state, states),
        parameters={"scheme": scheme, READER: actor.person_id},
    )


def drafts_of(call_id: int, *, actor: Actor) -> list[tuple[int, str, str]]:
    """(case id, title, owner) of the actor's own drafts in a call."""
    statement: Any = (
        select(Case.id, Case.title, _Owner.name)
        .select_from(Case)
        .join(Application, Application.case_id == Case.id)
        .join(_Owner, _Owner.id == Case.owner_id)
        .where(
            Application.call_id == call_id,
            Case.state == "draft",
            visible(actor, OWN_APPLICATION_READ, Case),
        )
        .order_by(Case.id)
    )
    return [(case_id, title, owner) for case_id, title, owner in map(tuple, read(statement))]


def site_choices() -> list[tuple[int, str, str]]:
    """(unit id, name, region) of every site in operation, in Norwegian order."""
    return [(unit, name, region or "") for unit, name, region in map(tuple, read(_SITE_CHOICES))]
