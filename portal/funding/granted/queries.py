"""Reading grants after the decision, always through the actor's reach to the case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.access.actor import Actor
from portal.access.models import Assignment
from portal.access.policy import OutOfReach
from portal.database import read, read_one
from portal.funding.facts import ApplicationFacts
from portal.funding.granted.facts import Account, Change, Demand, Grant, Notice, Part, Report, Term, made
from portal.funding.granted.models import (
    BreachNotice,
    ChangeNotice,
    GrantAcceptance,
    GrantReport,
    Instalment,
    PayeeAccount,
    Repayment,
    RepaymentPart,
)
from portal.funding.queries import get_application
from portal.identity.models import Person
from portal.organisations.models import Organisation

MOST_ACCOUNTS = 20
FOLLOWED = ("granted", "accepted", "reported", "repayment", "declined")
_CASE: Any = bindparam("case_id")
_OWNER: Any = bindparam("owner_id")


def _whole(model: Any) -> Any:
    return func.to_jsonb(model.__table__.table_valued())


def _rows(model: Any, where: Any, order: Any) -> Any:
    listed = func.json_agg(aggregate_order_by(_whole(model), order))
    return select(listed).select_from(model).where(where).scalar_subquery()


def _row(model: Any) -> Any:
    return select(_whole(model)).select_from(model).where(model.case_id == _CASE).scalar_subquery()


_PARTS = (
    select(func.json_agg(aggregate_order_by(_whole(RepaymentPart), RepaymentPart.id)))
    .select_from(RepaymentPart)
    .join(Repayment, Repayment.id == RepaymentPart.repayment_id)
    .where(Repayment.case_id == _CASE)
    .scalar_subquery()
)
_REGISTER = (
    select(Organisation.facts["account_number"].astext)
    .where(Organisation.unit_id == _OWNER)
    .scalar_subquery()
)
_GRANT: Any = select(
    _row(GrantAcceptance).label("acceptance"),
    func.coalesce(_REGISTER, "").label("register_account"),
    _rows(PayeeAccount, PayeeAccount.owner_id == _OWNER, PayeeAccount.id.desc()).label("accounts"),
    _rows(Instalment, Instalment.case_id == _CASE, Instalment.position).label("terms"),
    _rows(ChangeNotice, ChangeNotice.case_id == _CASE, ChangeNotice.id.desc()).label("changes"),
    _row(GrantReport).label("report"),
    _row(BreachNotice).label("notice"),
    _rows(Repayment, Repayment.case_id == _CASE, Repayment.id).label("demands"),
    _PARTS.label("parts"),
)


def get_grant(case_id: int, *, scheme: str, actor: Actor) -> Grant:
    """A case that is or was granted, in the actor's reach, with what has followed. Raises `OutOfReach`."""
    facts = get_application(case_id, scheme=scheme, actor=actor)
    if facts.state not in FOLLOWED and not facts.paid_ore:
        raise OutOfReach(f"case {case_id} is not granted")
    return follow(facts)


def follow(facts: ApplicationFacts) -> Grant:
    """What has followed of an application that is read already; one statement."""
    row: Any = read_one(_GRANT, {"case_id": facts.id, "owner_id": facts.owner_id})
    accepted = row.acceptance or {}
    return Grant(
        application=facts,
        accepted_by=accepted.get("accepted_by"),
        accepted_at=datetime.fromisoformat(accepted["accepted_at"]) if accepted else None,
        register_account=row.register_account,
        accounts=tuple(made(Account, one) for one in (row.accounts or ())[:MOST_ACCOUNTS]),
        terms=tuple(made(Term, one) for one in row.terms or ()),
        changes=tuple(made(Change, one) for one in row.changes or ()),
        report=made(Report, row.report) if row.report else None,
        notice=made(Notice, row.notice) if row.notice else None,
        demands=tuple(made(Demand, one) for one in row.demands or ()),
        parts=tuple(made(Part, one) for one in row.parts or ()),
    )


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """The names of persons, for staff."""
    wanted = sorted(ids)
    if not wanted:
        return {}
    return {row.id: row.name for row in read(select(Person.id, Person.name).where(Person.id.in_(wanted)))}


def leaders_of(owner_id: int) -> list[int]:
    """Ids of those who lead an organisation now, or of the individual themselves."""
    rows = read(
        select(Assignment.person_id).where(
            Assignment.unit_id == owner_id,
            Assignment.role.in_(("leader", "individual_applicant")),
            Assignment.ended_at.is_(None),
            func.coalesce(Assignment.valid_to, func.now()) >= func.now(),
        )
    )
    return sorted({row.person_id for row in rows})
