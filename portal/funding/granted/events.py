"""Events of what follows a grant. Sums in øre; account numbers and names stand in none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from portal.funding.facts import ApplicationFacts
from portal.record import Event
from portal.record.events import Words
from portal.web.kit.i18n import lazy_gettext as _

CHANGE_KINDS = {
    "less": _("Less activity than planned"),
    "moved": _("The activity moves to another place"),
    "later": _("The money is used later than planned"),
    "other": _("Something else"),
}
GROUNDS = {"unused": _("Money that was not used"), "breach": _("Breach of the conditions")}


def at(facts: ApplicationFacts) -> dict[str, Any]:
    """Subject and places of an event of this case."""
    return {
        "subject_id": facts.id,
        "national_id": facts.national_id,
        "regional_id": facts.regional_id,
        "local_id": facts.local_id,
        "owner_id": facts.owner_id,
    }


@dataclass(frozen=True, kw_only=True)
class GrantReleased(Event):
    """Money that was bound to a grant went back to the call's frame."""

    name: ClassVar[str] = "funding.grant.released"
    message: ClassVar[str] = "%(amount_ore)s of a grant went back to the frame of the call."
    subject: ClassVar[str] = "case"

    call_id: int
    amount_ore: int


@dataclass(frozen=True, kw_only=True)
class AccountProposed(Event):
    """An account number was proposed for a recipient."""

    name: ClassVar[str] = "funding.account.proposed"
    message: ClassVar[str] = "An account number was proposed for the recipient of a grant."
    subject: ClassVar[str] = "case"

    account_id: int
    replaces: bool


@dataclass(frozen=True, kw_only=True)
class AccountAnswered(Event):
    """A proposed account number was confirmed or rejected."""

    name: ClassVar[str] = "funding.account.answered"
    message: ClassVar[str] = "A proposed account number was answered: %(outcome)s."
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {
        "outcome": {"confirmed": _("Confirmed"), "rejected": _("Rejected")}
    }

    account_id: int
    outcome: str


@dataclass(frozen=True, kw_only=True)
class PaymentsPlanned(Event):
    """The payments of a grant were planned."""

    name: ClassVar[str] = "funding.payment.planned"
    message: ClassVar[str] = "The payments of a grant were planned in %(terms)s terms."
    subject: ClassVar[str] = "case"

    terms: int


@dataclass(frozen=True, kw_only=True)
class PaymentMoved(Event):
    """A payment was ordered, attested, paid, stopped or came back."""

    name: ClassVar[str] = "funding.payment.moved"
    message: ClassVar[str] = "A payment of %(amount_ore)s: %(step)s."
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {
        "step": {
            "ordered": _("Ordered"),
            "attested": _("Attested"),
            "paid": _("Paid"),
            "stopped": _("Stopped"),
            "returned": _("Came back unpaid"),
        }
    }

    instalment_id: int
    amount_ore: int
    step: str


@dataclass(frozen=True, kw_only=True)
class PaymentsExported(Event):
    """Attested payments were taken out in a file for the finance system."""

    name: ClassVar[str] = "funding.payment.exported"
    message: ClassVar[str] = "%(rows)s payments, %(amount_ore)s in all, were taken out in file %(batch_id)s."
    subject: ClassVar[str] = "person"

    batch_id: int
    rows: int
    amount_ore: int


@dataclass(frozen=True, kw_only=True)
class ChangeTold(Event):
    """A recipient told of changed circumstances."""

    name: ClassVar[str] = "funding.change.told"
    message: ClassVar[str] = "The recipient told of a change: %(kind)s."
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {"kind": CHANGE_KINDS}

    kind: str


@dataclass(frozen=True, kw_only=True)
class ChangeAnswered(Event):
    """UDI answered a change."""

    name: ClassVar[str] = "funding.change.answered"
    message: ClassVar[str] = "UDI answered a change: %(outcome)s."
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {"outcome": {"approved": _("Approved"), "declined": _("Declined")}}

    outcome: str


@dataclass(frozen=True, kw_only=True)
class ReportControlled(Event):
    """A report was controlled."""

    name: ClassVar[str] = "funding.report.controlled"
    message: ClassVar[str] = "A report was controlled: %(checked)s of %(of)s points in order."
    subject: ClassVar[str] = "case"

    checked: int
    of: int


@dataclass(frozen=True, kw_only=True)
class BreachTold(Event):
    """A recipient was told that UDI considers to demand money back."""

    name: ClassVar[str] = "funding.breach.told"
    message: ClassVar[str] = "The recipient was told that UDI considers to demand %(amount_ore)s back."
    subject: ClassVar[str] = "case"

    amount_ore: int


@dataclass(frozen=True, kw_only=True)
class RepaymentDemanded(Event):
    """Money was demanded back."""

    name: ClassVar[str] = "funding.repayment.demanded"
    message: ClassVar[str] = "%(amount_ore)s was demanded back: %(ground)s."
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {"ground": GROUNDS}

    repayment_id: int
    ground: str
    amount_ore: int


@dataclass(frozen=True, kw_only=True)
class RepaymentLowered(Event):
    """A demand was lowered, or fell away, after an appeal."""

    name: ClassVar[str] = "funding.repayment.lowered"
    message: ClassVar[str] = (
        "A demand for money back was changed after an appeal: from %(before_ore)s to %(amount_ore)s."
    )
    subject: ClassVar[str] = "case"

    repayment_id: int
    before_ore: int
    amount_ore: int


@dataclass(frozen=True, kw_only=True)
class RepaymentReturned(Event):
    """Money that came back and is not demanded any more was given back to the recipient."""

    name: ClassVar[str] = "funding.repayment.returned"
    message: ClassVar[str] = "%(amount_ore)s that is not demanded any more was given back to the recipient."
    subject: ClassVar[str] = "case"

    repayment_id: int
    amount_ore: int


@dataclass(frozen=True, kw_only=True)
class RepaymentReceived(Event):
    """Demanded money came back, the whole or a part."""

    name: ClassVar[str] = "funding.repayment.received"
    message: ClassVar[str] = "%(amount_ore)s of what was demanded came back."
    subject: ClassVar[str] = "case"

    repayment_id: int
    amount_ore: int
