"""What shows that a person may represent an organisation, and what is said when the answer takes time."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event


@dataclass(frozen=True, kw_only=True)
class RoleCompared(Event):
    """Name and birth date were compared with the register's roles; only the outcome is kept."""

    name = "organisations.role_compared"
    message = "Name and birth date were compared with the register's roles."
    subject = "registration"

    role: str


@dataclass(frozen=True, kw_only=True)
class OrganisationAsked(Event):
    """The organisation was asked, at its address in the register, whether the person may represent it."""

    name = "organisations.organisation_asked"
    message = "The organisation was asked at its address in the register."
    subject = "registration"


@dataclass(frozen=True, kw_only=True)
class OrganisationAnswered(Event):
    """Whoever reads the organisation's mail said yes or no."""

    name = "organisations.organisation_answered"
    message = "The organisation answered whether the person may represent it."
    subject = "registration"

    answer: str


@dataclass(frozen=True, kw_only=True)
class MandateKept(Event):
    """A mandate (*fullmakt*) was handed in."""

    name = "organisations.mandate_kept"
    message = "A mandate was handed in."
    subject = "registration"

    document_id: int


@dataclass(frozen=True, kw_only=True)
class ProvisionalAnswerSent(Event):
    """A provisional answer (*foreløpig svar*, fvl. § 11 a) was sent, with a new date."""

    name = "organisations.provisional_answer"
    message = "A provisional answer was sent. The new date is %(due_on)s."
    subject = "registration"

    due_on: str
