"""Operators (*driftsoperatører*) and their dated contracts. Runs inside the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from stdnum.no import orgnr

from portal.record import record
from portal.record.services import Recorded
from portal.units.events import ContractChanged, ContractEntered
from portal.units.models import Operator, OperatorContract
from portal.units.refusals import UnitRefused
from portal.units.standing import lock_unit


@dataclass(frozen=True, kw_only=True)
class Contract:
    """A contract as typed. `valid_to` is the last day of operation; None while no end is agreed."""

    operator_name: str
    organisation_number: str
    awarded_on: date
    signed_on: date
    operation_from: date
    valid_to: date | None = None


def enter_contract(session: Session, site_id: int, contract: Contract, *, actor: Recorded | None) -> int:
    """Register a contract to run a site; gives the id. Two operators at once are refused (`UnitRefused`)."""
    unit = lock_unit(session, site_id)
    if unit.kind != "site":
        raise UnitRefused("not_a_site")
    if not contract.awarded_on <= contract.signed_on <= contract.operation_from:
        raise UnitRefused("contract_order")
    if contract.valid_to is not None and contract.valid_to < contract.operation_from:
        raise UnitRefused("contract_dates")
    _no_other(session, site_id, contract.operation_from, contract.valid_to)
    operator_id = _operator(session, contract.operator_name, contract.organisation_number)
    made: int = session.execute(
        insert(OperatorContract)
        .values(
            site_id=site_id,
            operator_id=operator_id,
            awarded_on=contract.awarded_on,
            signed_on=contract.signed_on,
            operation_from=contract.operation_from,
            valid_to=contract.valid_to,
        )
        .returning(OperatorContract.id)
    ).scalar_one()
    event = ContractEntered(subject_id=made, unit_id=site_id, operator_id=operator_id, **unit.scope)
    record(event, actor=actor)
    return made


def change_contract(
    session: Session,
    contract_id: int,
    valid_to: date | None,
    notice_given_on: date | None,
    *,
    actor: Recorded | None,
) -> None:
    """Give a contract another last day, or note that notice was given (*oppsagt*). Raises `UnitRefused`."""
    row = session.execute(
        select(OperatorContract.site_id, OperatorContract.operation_from).where(
            OperatorContract.id == contract_id
        )
    ).one()
    unit = lock_unit(session, row.site_id)
    if valid_to is not None and valid_to < row.operation_from:
        raise UnitRefused("contract_dates")
    _no_other(session, row.site_id, row.operation_from, valid_to, but=contract_id)
    session.execute(
        update(OperatorContract)
        .where(OperatorContract.id == contract_id)
        .values(valid_to=valid_to, notice_given_on=notice_given_on)
    )
    ends = valid_to.isoformat() if valid_to else None
    record(
        ContractChanged(subject_id=contract_id, unit_id=row.site_id, valid_to=ends, **unit.scope), actor=actor
    )


def _no_other(session: Session, site_id: int, begins: date, ends: date | None, *, but: int = 0) -> None:
    clash = select(OperatorContract.id).where(
        OperatorContract.site_id == site_id,
        OperatorContract.id != but,
        or_(OperatorContract.valid_to.is_(None), OperatorContract.valid_to >= begins),
    )
    if ends is not None:
        clash = clash.where(OperatorContract.operation_from <= ends)
    if session.execute(clash).first() is not None:
        raise UnitRefused("contract_overlap")


def _operator(session: Session, name: str, number: str) -> int:
    """The operator of that number; a known one keeps the name it has."""
    if not orgnr.is_valid(number):
        raise UnitRefused("operator_number")
    compact = orgnr.compact(number)
    made: int = session.execute(
        insert(Operator)
        .values(name=name, organisation_number=compact)
        .on_conflict_do_update(index_elements=[Operator.organisation_number], set_={"name": Operator.name})
        .returning(Operator.id)
    ).scalar_one()
    return made
