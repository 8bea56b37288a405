"""What waits after grants, for staff: by what is to be done, the oldest first, within the reader's reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, literal, null, select, tuple_
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import aliased
from sqlalchemy.types import BigInteger, DateTime, Text

from portal import clock
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.policy import visible
from portal.casework.listing import LISTED
from portal.casework.models import Case, CaseDeadline
from portal.casework.standing import READER
from portal.database import read
from portal.funding.granted.models import ChangeNotice, GrantReport, Instalment, PayeeAccount, Repayment
from portal.funding.models import Application, Call
from portal.funding.permissions import (
    APPLICATION_ASSESS,
    APPLICATION_DECIDE,
    APPLICATION_READ,
    PAYMENT_MANAGE,
    PAYMENT_ORDER,
)
from portal.units.models import Unit
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.overview import bound
from portal.web.kit.paging import PAGE_SIZE, Page, decode_key, page_of


@dataclass(frozen=True, slots=True)
class Pile:
    """One kind of thing that waits: what to do with it, who does it, on which page of the case it is done.

    `base` gives (since, id, case id, number, title, owner, sum in øre, scheme) of all there are.
    """

    label: LazyString
    action: LazyString
    permission: Permission
    end: str
    since: Any
    key: Any
    base: Any
    kind: Callable[[Any], Any]


def _rows(since: Any, key: Any, amount: Any, model: Any, on: Any, *where: Any) -> Any:
    return (
        select(
            since.label("since"),
            key.label("id"),
            Case.id.label("case_id"),
            Case.number,
            Case.title,
            Unit.name.label("owner"),
            sql_cast(amount, BigInteger).label("amount"),
            Call.scheme,
            *LISTED,
        )
        .select_from(model)
        .join(Case, on)
        .join(Application, Application.case_id == Case.id)
        .join(Call, Call.id == Application.call_id)
        .join(Unit, Unit.id == Case.owner_id)
        .where(*where)
    )


def _payments(state: str, *where: Any) -> Any:
    return _rows(
        Instalment.due_on,
        Instalment.id,
        Instalment.amount_ore,
        Instalment,
        Case.id == Instalment.case_id,
        Instalment.state == state,
        Case.state.in_(("accepted", "reported")),
        *where,
    )


_Other = aliased(Case)
_IN_USE = ("accepted", "reported")
_ACCOUNTS = _rows(
    PayeeAccount.proposed_at,
    PayeeAccount.id,
    null(),
    PayeeAccount,
    and_(Case.owner_id == PayeeAccount.owner_id, Case.state.in_(_IN_USE)),
    PayeeAccount.state == "waiting",
)
_CHANGES = _rows(
    ChangeNotice.sent_at, ChangeNotice.id, null(), ChangeNotice, Case.id == ChangeNotice.case_id,
    ChangeNotice.state == "sent",
)  # fmt: skip
_REPORTS = _rows(
    GrantReport.sent_at, GrantReport.case_id, GrantReport.spent_ore, GrantReport,
    Case.id == GrantReport.case_id, Case.state == "reported",
)  # fmt: skip
_OVERDUE = _rows(
    CaseDeadline.due_on, CaseDeadline.id, null(), CaseDeadline, Case.id == CaseDeadline.case_id,
    CaseDeadline.met_at.is_(None), CaseDeadline.for_party, CaseDeadline.due_on < bindparam("today"),
)  # fmt: skip
_REPAYMENTS = _rows(
    Repayment.due_on, Repayment.id, Repayment.amount_ore - Repayment.paid_ore, Repayment,
    Case.id == Repayment.case_id, Case.state == "repayment", Repayment.amount_ore >= Repayment.paid_ore,
)  # fmt: skip
_TO_GIVE_BACK = _rows(
    Repayment.due_on, Repayment.id, Repayment.paid_ore - Repayment.amount_ore, Repayment,
    Case.id == Repayment.case_id, Repayment.paid_ore > Repayment.amount_ore,
)  # fmt: skip
_DAY, _TIME = date.fromisoformat, datetime.fromisoformat
PILES: dict[str, Pile] = {
    "konto": Pile(
        _("Accounts to confirm"), _("Confirm"), PAYMENT_MANAGE, "konto", PayeeAccount.proposed_at,
        PayeeAccount.id, _ACCOUNTS, _TIME,
    ),
    "bestille": Pile(
        _("To order"), _("Order"), PAYMENT_ORDER, "utbetaling", Instalment.due_on, Instalment.id,
        _payments("planned"), _DAY,
    ),
    "attestere": Pile(
        _("To attest"), _("Attest"), PAYMENT_MANAGE, "utbetaling", Instalment.due_on, Instalment.id,
        _payments("ordered"), _DAY,
    ),
    "betale": Pile(
        _("On the way out"), _("Register"), PAYMENT_MANAGE, "utbetaling", Instalment.due_on, Instalment.id,
        _payments("attested"), _DAY,
    ),
    "endringer": Pile(
        _("Changes to answer"), _("Answer"), APPLICATION_READ, "endring", ChangeNotice.sent_at,
        ChangeNotice.id, _CHANGES, _TIME,
    ),
    "rapporter": Pile(
        _("Reports to control"), _("Control"), APPLICATION_READ, "kontroll", GrantReport.sent_at,
        GrantReport.case_id, _REPORTS, _TIME,
    ),
    "forfalt": Pile(
        _("Overdue"), _("Open"), APPLICATION_READ, "tilskudd", CaseDeadline.due_on, CaseDeadline.id,
        _OVERDUE, _DAY,
    ),
    "tilbake": Pile(
        _("Money to come back"), _("Register"), APPLICATION_READ, "tilbakebetaling", Repayment.due_on,
        Repayment.id, _REPAYMENTS, _DAY,
    ),
    "gi-tilbake": Pile(
        _("To give back"), _("Give back"), PAYMENT_MANAGE, "tilbakebetaling", Repayment.due_on,
        Repayment.id, _TO_GIVE_BACK, _DAY,
    ),
}  # fmt: skip
_MINE = {
    "konto": PAYMENT_MANAGE,
    "bestille": PAYMENT_ORDER,
    "attestere": PAYMENT_MANAGE,
    "gi-tilbake": PAYMENT_MANAGE,
    "endringer": APPLICATION_ASSESS,
    "rapporter": APPLICATION_ASSESS,
}
_EXTENSIONS = _CHANGES.where(ChangeNotice.use_by.is_not(None))


def piles_of(actor: Actor) -> dict[str, Pile]:
    """The piles the actor has to do with."""
    return {code: pile for code, pile in PILES.items() if actor.may_somewhere(pile.permission.name)}


def waiting(scheme: str, pile: Pile, *, actor: Actor, after: str | None = None) -> Page[Row[Any]]:
    """A page of what waits in one pile, the oldest first."""
    statement = _reached(pile.base, pile.permission, actor).where(Call.scheme == bindparam("scheme"))
    key = decode_key(after, (pile.kind, int))
    if key is not None:
        statement = statement.where(tuple_(pile.since, pile.key) > tuple_(*key))
    statement = statement.order_by(pile.since, pile.key).limit(PAGE_SIZE + 1)
    given = {"scheme": scheme, "today": clock.today(), READER: actor.person_id}
    rows: Any = read(statement, given)
    return page_of(rows, lambda row: (row.since, row.id))


def _reached(base: Any, permission: Permission, actor: Actor) -> Any:
    """What of a pile the actor reaches; an account is the owner's, and stands once, at their first case."""
    statement = base.where(visible(actor, permission, Case))
    if base is not _ACCOUNTS:
        return statement
    first = (
        select(func.min(_Other.id))
        .where(
            _Other.owner_id == PayeeAccount.owner_id,
            _Other.state.in_(_IN_USE),
            visible(actor, permission, _Other),
        )
        .correlate(PayeeAccount)
        .scalar_subquery()
    )
    return statement.where(Case.id == first)


def for_min_side(actor: Actor, most: int) -> Iterator[Select[Any]]:
    """What waits for the actor in every scheme, the oldest of each pile first, to be read."""
    for code, permission in _MINE.items():
        if actor.may_somewhere(permission.name):
            yield _few(code, PILES[code].base, PILES[code], permission, actor, most)
    if actor.may_somewhere(APPLICATION_DECIDE.name):
        yield _few("endringer", _EXTENSIONS, PILES["endringer"], APPLICATION_DECIDE, actor, most)


def _few(code: str, base: Any, pile: Pile, permission: Permission, actor: Actor, most: int) -> Select[Any]:
    reached = _reached(base, permission, actor)
    mine = bound(reached, today=clock.today(), **{READER: actor.person_id})
    first = mine.order_by(pile.since, pile.key).limit(most).subquery()
    return select(
        literal(code, Text).label("pile"),
        sql_cast(first.c.since, DateTime(timezone=True)).label("since"),
        first.c.case_id,
        first.c.number,
        first.c.owner,
        first.c.amount,
        first.c.scheme,
    )
