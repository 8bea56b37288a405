"""What changing an appealed decision does: each kind of case says so in the room it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from portal.access.actor import Actor
from portal.documents.letters import Letter


class AmountRefused(ValueError):
    """A sum that is no change to the better, or more than can be given; `code` is `less` or `above`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """What a change can give: from more than `now_ore` up to `most_ore`, in øre."""

    now_ore: int
    most_ore: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed decision: its outcome, and the letter that tells of it."""

    outcome: str
    letter: Letter


class AppealEffect(Protocol):
    """How decisions of one kind of case are changed after an appeal."""

    def limits(self, case_id: int, *, actor: Actor) -> Limits:
        """What there is to give. Raises `OutOfReach` and `Denied`."""

    def change(
        self, case_id: int, *, amount_ore: int, reasons: str, reference: str, final: bool, actor: Actor
    ) -> Changed:
        """Carry a changed decision through in the current transaction.

        `reference` is the appeal's number; `final`: by the appeal body, no more appeal. Raises
        `AmountRefused`, `Refused`, `CaseChanged`, `OutOfReach`.
        """

    def preview(self, case_id: int, *, amount_ore: int, reasons: str, reference: str, actor: Actor) -> Letter:
        """The letter a change would give."""


APPEAL_EFFECTS: dict[str, AppealEffect] = {}
"""Kind of case → what changing its decision does."""
