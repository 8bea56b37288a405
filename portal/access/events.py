"""What happens to roles: granted, ended, shortened."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event
from portal.web.kit.i18n import lazy_gettext as _


@dataclass(frozen=True, kw_only=True)
class AssignmentGranted(Event):
    """Somebody got a role at a unit."""

    name = "access.assignment_granted"
    message = "%(person_id)s got the role %(role)s at %(unit_id)s."
    subject = "assignment"

    person_id: int
    role: str
    unit_id: int
    valid_from: str
    valid_to: str | None


@dataclass(frozen=True, kw_only=True)
class AssignmentEnded(Event):
    """A role was taken back before its time, or given up."""

    name = "access.assignment_ended"
    message = "%(person_id)s no longer has the role %(role)s at %(unit_id)s."
    subject = "assignment"

    person_id: int
    role: str
    unit_id: int


@dataclass(frozen=True, kw_only=True)
class AssignmentShortened(Event):
    """A role at a site got a new end, since the operator's contract did."""

    name = "access.assignment_shortened"
    message = "The role %(role)s of %(person_id)s at %(unit_id)s now ends with the contract."
    subject = "assignment"

    person_id: int
    role: str
    unit_id: int
    valid_to: str


@dataclass(frozen=True, kw_only=True)
class AssignmentRenewed(Event):
    """A role was given anew with another end: `former_id` is the assignment it stands in place of."""

    name = "access.assignment_renewed"
    message = "%(person_id)s keeps the role %(role)s at %(unit_id)s until another day."
    subject = "assignment"

    person_id: int
    role: str
    unit_id: int
    valid_to: str | None
    former_id: int


@dataclass(frozen=True, kw_only=True)
class AssignmentsExported(Event):
    """Somebody took the list of who has which role out as a file."""

    name = "access.assignments_exported"
    message = "A list of %(rows)s roles was taken out as a file."
    subject = "person"

    rows: int


@dataclass(frozen=True, kw_only=True)
class AccessLookedUp(Event):
    """Somebody asked who may do what: `question` says which, the rest about whom and when."""

    name = "access.looked_up"
    message = "It was looked up who has access: %(question)s."
    subject = "person"
    words = {
        "question": {
            "why": _("why a person may do something"),
            "case": _("who sees a case"),
            "person": _("what a person may do"),
            "role": _("what a role sees"),
        }
    }

    question: str
    person_id: int | None = None
    case_number: str | None = None
    unit_id: int | None = None
    permission: str | None = None
    role: str | None = None
    day: str | None = None


@dataclass(frozen=True, kw_only=True)
class Bootstrapped(Event):
    """The first access administrator was appointed from the command line."""

    name = "access.bootstrapped"
    message = "%(person_id)s was appointed the first access administrator."
    subject = "assignment"

    person_id: int


@dataclass(frozen=True, kw_only=True)
class ReportingLineSet(Event):
    """Somebody reports to a leader from now on."""

    name = "access.reporting_line_set"
    message = "%(person_id)s reports to %(leader_id)s."
    subject = "person"

    person_id: int
    leader_id: int


@dataclass(frozen=True, kw_only=True)
class ReportingLineEnded(Event):
    """Somebody no longer reports to a leader."""

    name = "access.reporting_line_ended"
    message = "%(person_id)s no longer reports to %(leader_id)s."
    subject = "person"

    person_id: int
    leader_id: int
