"""What happens to registrations, organisations and their members."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event
from portal.web.kit.i18n import N_


@dataclass(frozen=True, kw_only=True)
class RegistrationStarted(Event):
    """Somebody began to register."""

    name = "organisations.registration_started"
    message = N_("A registration was begun.")
    subject = "registration"


@dataclass(frozen=True, kw_only=True)
class RegisterAnswered(Event):
    """A register answered a look-up: found, unknown or removed."""

    name = "organisations.register_answered"
    message = N_("The register answered: %(answer)s.")
    subject = "registration"

    answer: str


@dataclass(frozen=True, kw_only=True)
class RegistrationSubmitted(Event):
    """A registration was sent in, with the expectations it accepts."""

    name = "organisations.registration_submitted"
    message = N_("The registration was sent in. Expectations accepted: version %(expectations)s.")
    subject = "registration"

    expectations: str


@dataclass(frozen=True, kw_only=True)
class RegistrationReturned(Event):
    """A caseworker asked for more."""

    name = "organisations.registration_returned"
    message = N_("More information was asked for: %(fields)s.")
    subject = "registration"

    fields: str


@dataclass(frozen=True, kw_only=True)
class RegistrationAnswered(Event):
    """The person answered what was asked."""

    name = "organisations.registration_answered"
    message = N_("The questions were answered.")
    subject = "registration"


@dataclass(frozen=True, kw_only=True)
class RegistrationApproved(Event):
    """A registration was approved; the organisation is here."""

    name = "organisations.registration_approved"
    message = N_("The registration was approved.")
    subject = "registration"

    unit_id: int


@dataclass(frozen=True, kw_only=True)
class RegistrationDeclined(Event):
    """A registration was declined."""

    name = "organisations.registration_declined"
    message = N_("The registration was declined.")
    subject = "registration"


@dataclass(frozen=True, kw_only=True)
class RegistrationWithdrawn(Event):
    """The person took the registration back."""

    name = "organisations.registration_withdrawn"
    message = N_("The registration was withdrawn.")
    subject = "registration"


@dataclass(frozen=True, kw_only=True)
class OrganisationEntered(Event):
    """An organisation was entered, with its first leader."""

    name = "organisations.entered"
    message = N_("The organisation was entered, with its first leader.")
    subject = "organisation"

    leader_id: int


@dataclass(frozen=True, kw_only=True)
class ContactChanged(Event):
    """A party changed its own contact details."""

    name = "organisations.contact_changed"
    message = N_("The contact details were changed: %(fields)s.")
    subject = "organisation"

    fields: str


@dataclass(frozen=True, kw_only=True)
class MemberInvited(Event):
    """A leader invited somebody."""

    name = "organisations.member_invited"
    message = N_("Somebody was invited to the role %(role)s.")
    subject = "organisation"

    role: str
    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationWithdrawn(Event):
    """An invitation was withdrawn."""

    name = "organisations.invitation_withdrawn"
    message = N_("An invitation was withdrawn.")
    subject = "organisation"

    invitation_id: int


@dataclass(frozen=True, kw_only=True)
class MemberJoined(Event):
    """Somebody accepted an invitation, or was let in after asking."""

    name = "organisations.member_joined"
    message = N_("Somebody got the role %(role)s.")
    subject = "organisation"

    role: str
    person_id: int


@dataclass(frozen=True, kw_only=True)
class AccessAsked(Event):
    """Somebody asked to act for an organisation that is here already."""

    name = "organisations.access_asked"
    message = N_("Somebody asked to act for the organisation.")
    subject = "access_request"


@dataclass(frozen=True, kw_only=True)
class AccessRefused(Event):
    """A request to act for an organisation was refused."""

    name = "organisations.access_refused"
    message = N_("A request to act for the organisation was refused.")
    subject = "access_request"


@dataclass(frozen=True, kw_only=True)
class OrganisationsExported(Event):
    """Somebody took a list of organisations out as a file. What was searched for is not told, only that."""

    name = "organisations.exported"
    message = N_("A list of %(rows)s organisations was taken out as a file (%(wish)s).")
    subject = "person"

    rows: int
    wish: str
