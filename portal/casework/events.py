"""Events of the casework room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portal.record import Event


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Event):
    """A case came into being, as a draft or as sent."""

    name: ClassVar[str] = "casework.case.opened"
    message: ClassVar[str] = "A case of the kind %(kind)s was opened."
    subject: ClassVar[str] = "case"

    kind: str


@dataclass(frozen=True, kw_only=True)
class CaseMoved(Event):
    """A case took a step of its workflow."""

    name: ClassVar[str] = "casework.case.moved"
    message: ClassVar[str] = "Case %(number)s went from %(source)s to %(target)s (%(transition)s)."
    subject: ClassVar[str] = "case"

    kind: str
    number: str | None
    transition: str
    source: str
    target: str
