"""Attested payments as a file for the finance system (*utbetalingsfil*); layout in docs/payment-file.md.

A payment stands in one file only. Making a file and each time somebody takes it out are in the audit trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, insert, select, update
from sqlalchemy.orm import aliased

from portal import clock
from portal.access.actor import NOWHERE, Actor
from portal.access.policy import OutOfReach, visible
from portal.casework.models import Case
from portal.database import answer_once, db, read, transaction
from portal.funding.granted.events import PaymentsExported
from portal.funding.granted.models import Instalment, PayeeAccount, PaymentBatch
from portal.funding.models import Application, Call
from portal.funding.permissions import PAYMENT_MANAGE
from portal.funding.scheme import Scheme
from portal.identity.models import Person
from portal.organisations.export import as_csv
from portal.organisations.models import Organisation
from portal.record import record
from portal.units.models import Unit

COLUMNS = (
    "betalingsid",
    "fil",
    "mottaker",
    "organisasjonsnummer",
    "kontonummer",
    "belop",
    "valuta",
    "forfall",
    "saksnummer",
    "termin",
    "melding",
    "bestilt_av",
    "attestert_av",
)
SHOWN_BATCHES = 20
_Waiting = aliased(PayeeAccount)
_Orderer = aliased(Person)
_Attester = aliased(Person)


class NothingToExport(Exception):
    """No attested payment waits for a file."""


def export(scheme: Scheme, *, key: UUID | None, actor: Actor) -> int:
    """Put every attested payment in reach that is in no file into a new one, and give the file's id.

    Those whose recipient has an account that waits are left out. The same key makes one file.
    Raises `NothingToExport`.
    """
    with transaction(actor=actor):
        return answer_once(key, actor.person_id, lambda: _export(scheme, actor))


def _export(scheme: Scheme, actor: Actor) -> int:
    ready = (
        select(Instalment.id)
        .join(Case, Case.id == Instalment.case_id)
        .join(Application, Application.case_id == Case.id)
        .join(Call, Call.id == Application.call_id)
        .where(
            Instalment.state == "attested",
            Instalment.batch_id.is_(None),
            Call.scheme == scheme.code,
            visible(actor, PAYMENT_MANAGE, Case),
            ~exists().where(_Waiting.owner_id == Case.owner_id, _Waiting.state == "waiting"),
        )
        .order_by(Instalment.id)
        .with_for_update(of=Instalment)
    )
    ids = list(db.session.execute(ready).scalars())
    if not ids:
        raise NothingToExport
    batch_id: int = db.session.execute(
        insert(PaymentBatch)
        .values(scheme=scheme.code, made_by=actor.person_id, made_at=clock.now())
        .returning(PaymentBatch.id)
    ).scalar_one()
    db.session.execute(
        update(Instalment)
        .where(Instalment.id.in_(ids), Instalment.state == "attested", Instalment.batch_id.is_(None))
        .values(batch_id=batch_id)
    )
    return batch_id


def take_out(scheme: Scheme, batch_id: int, *, actor: Actor) -> str:
    """The file's text for somebody who may attest what stands in it; that it was taken out is recorded.

    Raises `OutOfReach` when nothing in it is in reach.
    """
    reach = actor.reach.get(PAYMENT_MANAGE.name, NOWHERE)
    with transaction(actor=actor):
        rows = _rows(scheme, batch_id, actor)
        if not rows:
            raise OutOfReach(f"batch {batch_id}")
        record(
            PaymentsExported(
                subject_id=actor.person_id or 0,
                national_id=min(reach.national, default=None),
                regional_id=min(reach.regional, default=None),
                batch_id=batch_id,
                rows=len(rows),
                amount_ore=sum(row.amount_ore for row in rows),
            ),
            actor=actor,
        )
    return as_csv(COLUMNS, [_cells(scheme, batch_id, row) for row in rows])


def _rows(scheme: Scheme, batch_id: int, actor: Actor) -> Sequence[Row[Any]]:
    return read(
        select(
            Instalment.id,
            Unit.name.label("owner"),
            func.coalesce(Organisation.number, "").label("organisation_number"),
            PayeeAccount.number.label("account"),
            Instalment.amount_ore,
            Instalment.due_on,
            Case.number.label("case_number"),
            Instalment.position,
            _Orderer.name.label("orderer"),
            _Attester.name.label("attester"),
        )
        .select_from(Instalment)
        .join(PaymentBatch, PaymentBatch.id == Instalment.batch_id)
        .join(Case, Case.id == Instalment.case_id)
        .join(Unit, Unit.id == Case.owner_id)
        .join(PayeeAccount, PayeeAccount.id == Instalment.account_id)
        .join(_Orderer, _Orderer.id == Instalment.ordered_by)
        .join(_Attester, _Attester.id == Instalment.attested_by)
        .outerjoin(Organisation, Organisation.unit_id == Case.owner_id)
        .where(
            PaymentBatch.id == batch_id,
            PaymentBatch.scheme == scheme.code,
            visible(actor, PAYMENT_MANAGE, Case),
        )
        .order_by(Instalment.id)
    )


def _cells(scheme: Scheme, batch_id: int, row: Row[Any]) -> list[object]:
    kroner, ore = divmod(row.amount_ore, 100)
    return [
        f"{scheme.code}-{row.id}",
        batch_id,
        row.owner,
        row.organisation_number,
        row.account,
        f"{kroner},{ore:02d}",
        "NOK",
        row.due_on.isoformat(),
        row.case_number,
        row.position,
        f"{row.case_number} termin {row.position}",
        row.orderer,
        row.attester,
    ]


def batches(scheme: Scheme, *, actor: Actor) -> Sequence[Row[Any]]:
    """(id, made at, by whom, payments, sum in øre, not paid yet) of the newest files in reach."""
    unpaid = func.count().filter(Instalment.state == "attested")
    statement: Any = (
        select(
            PaymentBatch.id,
            PaymentBatch.made_at,
            Person.name,
            func.count(),
            func.sum(Instalment.amount_ore),
            unpaid,
        )
        .join(Person, Person.id == PaymentBatch.made_by)
        .join(Instalment, Instalment.batch_id == PaymentBatch.id)
        .join(Case, Case.id == Instalment.case_id)
        .where(PaymentBatch.scheme == scheme.code, visible(actor, PAYMENT_MANAGE, Case))
        .group_by(PaymentBatch.id, PaymentBatch.made_at, Person.name)
        .order_by(PaymentBatch.id.desc())
        .limit(SHOWN_BATCHES)
    )
    return read(statement)


def waiting_for_file(scheme: Scheme, *, actor: Actor) -> tuple[int, int]:
    """How many attested payments in reach are in no file, and their sum in øre."""
    statement: Any = (
        select(func.count(), func.coalesce(func.sum(Instalment.amount_ore), 0))
        .select_from(Instalment)
        .join(Case, Case.id == Instalment.case_id)
        .join(Application, Application.case_id == Case.id)
        .join(Call, Call.id == Application.call_id)
        .where(
            Instalment.state == "attested",
            Instalment.batch_id.is_(None),
            Call.scheme == scheme.code,
            visible(actor, PAYMENT_MANAGE, Case),
        )
    )
    found: Any = tuple(read(statement)[0])
    number, total = found
    return int(number), int(total)
