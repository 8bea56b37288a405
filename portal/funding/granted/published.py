"""Grants given, for everybody (*tildelinger*): open data with the facts a register of grants asks for.

Names of private persons are left out: "Enkeltperson" stands instead. The public may know what the state gives
to whom, but a private person's name in a file for everybody tells more than the purpose needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, bindparam, cast, func, select

from portal import clock
from portal.casework.models import Case
from portal.database import read
from portal.funding.granted.models import Instalment, Repayment, RepaymentPart
from portal.funding.models import Application, AwardEntry, Call, CallVersion
from portal.funding.scheme import Scheme
from portal.organisations.export import as_csv
from portal.organisations.models import Organisation
from portal.units.models import Unit
from portal.web.kit.paging import PAGE_SIZE, Page, decode_key, page_of

PRIVATE = "Enkeltperson"
GIVER, GIVER_NUMBER = "Utlendingsdirektoratet", "974760746"
MOST = 5_000
_STATES = ("granted", "accepted", "reported", "repayment", "closed")


@dataclass(frozen=True, slots=True)
class Given:
    """One grant as it is published; the names are those of the columns. Sums in whole kroner."""

    saksnummer: str
    tilskuddsordning: str
    ordningskode: str
    utlysning: str
    tilskuddsaar: int
    tilskuddsgiver: str
    tilskuddsgiver_orgnr: str
    mottaker: str
    mottaker_orgnr: str
    mottakertype: str
    formaal: str
    vedtaksdato: str
    sokt_belop: int
    tildelt_belop: int
    utbetalt_belop: int
    tilbakebetalt_belop: int
    status: str


COLUMNS = tuple(Given.__dataclass_fields__)


def _sum(column: Any, model: Any, *where: Any) -> Any:
    total = select(cast(func.coalesce(func.sum(column), 0), BigInteger))
    return total.where(model.case_id == Case.id, *where).correlate(Case).scalar_subquery()


_BACK = (
    select(cast(func.coalesce(func.sum(RepaymentPart.amount_ore), 0), BigInteger))
    .join(Repayment, Repayment.id == RepaymentPart.repayment_id)
    .where(Repayment.case_id == Case.id)
    .correlate(Case)
    .scalar_subquery()
)
_AWARDED = _sum(AwardEntry.amount_ore, AwardEntry)
_GIVEN: Any = (
    select(
        Case.id,
        Case.number,
        Case.title,
        Case.state,
        Case.decided_at,
        Call.year,
        CallVersion.texts,
        Unit.name.label("owner"),
        Unit.kind.label("unit_kind"),
        Organisation.number.label("organisation_number"),
        Application.applicant_kind,
        Application.amount_ore,
        _AWARDED.label("awarded"),
        _sum(Instalment.amount_ore, Instalment, Instalment.state == "paid").label("paid"),
        _BACK.label("back"),
    )
    .select_from(Application)
    .join(Case, Case.id == Application.case_id)
    .join(Call, Call.id == Application.call_id)
    .join(
        CallVersion,
        (CallVersion.call_id == Application.call_id) & (CallVersion.version == Application.call_version),
    )
    .join(Unit, Unit.id == Case.owner_id)
    .outerjoin(Organisation, Organisation.unit_id == Case.owner_id)
    .where(Call.scheme == bindparam("scheme"), Case.state.in_(_STATES), _AWARDED > 0)
    .order_by(Case.id.desc())
)


def given(scheme: Scheme, *, after: str | None = None) -> Page[tuple[int, Given]]:
    """A page of grants given, newest first. Public."""
    key = decode_key(after, (int,))
    statement = _GIVEN if key is None else _GIVEN.where(Case.id < key[0])
    rows = [(row.id, _row(scheme, row)) for row in read(statement.limit(PAGE_SIZE + 1), _of(scheme))]
    return page_of(rows, lambda row: (row[0],))


def all_given(scheme: Scheme) -> list[Given]:
    """The newest grants given, at most `MOST`, as a file holds them. Public."""
    return [_row(scheme, row) for row in read(_GIVEN.limit(MOST), _of(scheme))]


def as_text(rows: Sequence[Given]) -> str:
    """The rows as CSV: UTF-8 with a mark, semicolons, nothing that a spreadsheet computes."""
    return as_csv(COLUMNS, [tuple(asdict(row).values()) for row in rows])


def _of(scheme: Scheme) -> dict[str, str]:
    return {"scheme": scheme.code}


def _row(scheme: Scheme, row: Any) -> Given:
    private = row.applicant_kind == "individual" or row.unit_kind == "individual"
    decided: date | None = clock.oslo(row.decided_at).date() if row.decided_at else None
    return Given(
        saksnummer=row.number or "",
        tilskuddsordning=str(scheme.name),
        ordningskode=scheme.code,
        utlysning=row.texts.get("nb", {}).get("title", ""),
        tilskuddsaar=row.year,
        tilskuddsgiver=GIVER,
        tilskuddsgiver_orgnr=GIVER_NUMBER,
        mottaker=PRIVATE if private else row.owner,
        mottaker_orgnr="" if private else row.organisation_number or "",
        mottakertype=row.applicant_kind,
        formaal=row.title,
        vedtaksdato=decided.isoformat() if decided else "",
        sokt_belop=(row.amount_ore or 0) // 100,
        tildelt_belop=row.awarded // 100,
        utbetalt_belop=row.paid // 100,
        tilbakebetalt_belop=row.back // 100,
        status="avsluttet" if row.state == "closed" else "innvilget" if row.state == "granted" else "i bruk",
    )
