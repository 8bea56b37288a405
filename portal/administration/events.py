"""What happens to requests for roles."""

from __future__ import annotations

from dataclasses import dataclass

from portal.record import Event


@dataclass(frozen=True, kw_only=True)
class RoleAsked(Event):
    """Somebody asked for a role."""

    name = "access.role_asked"
    message = "%(person_id)s asked for the role %(role)s at %(unit_id)s."
    subject = "role_request"

    person_id: int
    role: str
    unit_id: int


@dataclass(frozen=True, kw_only=True)
class RoleRequestAnswered(Event):
    """A request for a role was granted, or declined with a reason."""

    name = "access.role_request_answered"
    message = "The request of %(person_id)s for the role %(role)s at %(unit_id)s was answered."
    subject = "role_request"

    person_id: int
    role: str
    unit_id: int
    granted: bool
