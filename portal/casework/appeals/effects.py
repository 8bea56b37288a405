"""What changing an appealed decision does: each kind of decision says so in the room it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from portal.access.actor import Actor
from portal.documents.letters import Letter


class AmountRefused(ValueError):
    """A sum that is no change to the better, or more than can be given.

    `code` is `less`, `above`, `not_lower` or `missing`.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Root:
    """The decision a chain of appeals began with: its id, what it is about, and its case with kind."""

    decision_id: int
    about: str
    case_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a change can give, in øre: from `least_ore` to `most_ore`; `told` says it in words."""

    now_ore: int
    least_ore: int
    most_ore: int
    told: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed decision: its outcome, and the letter that tells of it."""

    outcome: str
    letter: Letter


class AppealEffect(Protocol):
    """How decisions of one kind are changed after an appeal."""

    def limits(self, root: Root, *, actor: Actor) -> Limits:
        """What there is to give. Raises `OutOfReach` and `Denied`."""

    def change(
        self, root: Root, *, amount_ore: int, reasons: str, reference: str, final: bool, actor: Actor
    ) -> Changed:
        """Carry a changed decision through in the current transaction.

        `reference` is the appeal's number; `final`: by the appeal body, no more appeal. Raises
        `AmountRefused`, `Refused`, `CaseChanged`, `OutOfReach`.
        """

    def preview(self, root: Root, *, amount_ore: int, reasons: str, reference: str, actor: Actor) -> Letter:
        """The letter a change would give."""


APPEAL_EFFECTS: dict[tuple[str, str], AppealEffect] = {}
"""Kind of case, and what its decision is about → what changing that decision does."""
