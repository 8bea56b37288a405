"""Events of the funding room. Sums in øre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portal.record import Event


def N_(text: str) -> str:
    """Mark a text that is stored as its English id and translated for the reader."""
    return text


@dataclass(frozen=True, kw_only=True)
class CallPublished(Event):
    """A call was published, or changed after publication."""

    name: ClassVar[str] = "funding.call.published"
    message: ClassVar[str] = "Version %(version)s of a call with a frame of %(frame_ore)s øre was published."
    subject: ClassVar[str] = "call"

    scheme: str
    version: int
    frame_ore: int


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmitted(Event):
    """An application was sent."""

    name: ClassVar[str] = "funding.application.submitted"
    message: ClassVar[str] = "Application %(number)s for %(amount_ore)s øre was sent (late: %(late)s)."
    subject: ClassVar[str] = "case"

    call_id: int
    number: str
    amount_ore: int
    late: bool


@dataclass(frozen=True, kw_only=True)
class ApplicationAssessed(Event):
    """A caseworker wrote an assessment."""

    name: ClassVar[str] = "funding.application.assessed"
    message: ClassVar[str] = "An application was assessed: %(outcome)s, %(proposed_ore)s øre proposed."
    subject: ClassVar[str] = "case"

    outcome: str
    proposed_ore: int


@dataclass(frozen=True, kw_only=True)
class ApplicationDecided(Event):
    """An application was decided."""

    name: ClassVar[str] = "funding.application.decided"
    message: ClassVar[str] = "Application %(number)s was decided: %(outcome)s, %(amount_ore)s øre."
    subject: ClassVar[str] = "case"

    call_id: int
    number: str
    outcome: str
    amount_ore: int
    deviates: bool
