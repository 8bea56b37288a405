"""What happens when leaders hand over, or are gone."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event


@dataclass(frozen=True, kw_only=True)
class HandedOver(Event):
    """A leader's successor accepted, and the leader stepped down."""

    name = "organisations.handed_over"
    message = "The leader handed over to a successor."
    subject = "organisation"

    from_id: int
    to_id: int


@dataclass(frozen=True, kw_only=True)
class LeaderMissed(Event):
    """UDI was asked to help an organisation that nobody leads."""

    name = "organisations.leader_missed"
    message = "UDI was asked to help: the leader is gone."
    subject = "organisation"

    cause: str


@dataclass(frozen=True, kw_only=True)
class LeaderNamedByStaff(Event):
    """UDI let somebody in, or invited a leader, after a check that is written down."""

    name = "organisations.leader_named_by_staff"
    message = "UDI gave or offered the role %(role)s after a check."
    subject = "organisation"

    role: str


@dataclass(frozen=True, kw_only=True)
class RescueClosed(Event):
    """UDI's help with an organisation's leader came to an end."""

    name = "organisations.rescue_closed"
    message = "UDI's help with finding a leader ended."
    subject = "organisation"


@dataclass(frozen=True, kw_only=True)
class MandateWithdrawn(Event):
    """A signatory's mandate was withdrawn, and the right to sign ended with it."""

    name = "organisations.mandate_withdrawn"
    message = "The mandate of %(person_id)s was withdrawn."
    subject = "organisation"

    person_id: int
