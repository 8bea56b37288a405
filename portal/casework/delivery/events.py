"""What happens to letters on their way to the party."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from portal.record import Event


@dataclass(frozen=True, kw_only=True)
class LetterAvailable(Event):
    """A letter was made available to the party, and the party told (eForvaltningsforskriften § 8)."""

    name: ClassVar[str] = "casework.letter.available"
    message: ClassVar[str] = "A letter was made available to the party, and the party was notified."
    subject: ClassVar[str] = "case"

    document_id: int


@dataclass(frozen=True, kw_only=True)
class LetterOpened(Event):
    """The party opened a letter for the first time; `proof` is role@unit, login provider and level."""

    name: ClassVar[str] = "casework.letter.opened"
    message: ClassVar[str] = "The party opened the letter for the first time (%(proof)s)."
    subject: ClassVar[str] = "case"

    document_id: int
    proof: str


@dataclass(frozen=True, kw_only=True)
class LetterPosted(Event):
    """A printed letter was posted."""

    name: ClassVar[str] = "casework.letter.posted"
    message: ClassVar[str] = "The letter was printed, and posted on %(posted_on)s."
    subject: ClassVar[str] = "case"

    document_id: int
    posted_on: str


@dataclass(frozen=True, kw_only=True)
class LetterChosen(Event):
    """An individual said whether letters come in the portal or by post."""

    name: ClassVar[str] = "casework.letter.chosen"
    message: ClassVar[str] = "How letters come was chosen. By post: %(by_post)s."
    subject: ClassVar[str] = "unit"

    by_post: bool


@dataclass(frozen=True, kw_only=True)
class LetterNotifiedAgain(Event):
    """A letter had not been opened in a week, and the party was told once more."""

    name: ClassVar[str] = "casework.letter.notified_again"
    message: ClassVar[str] = "The letter was not opened in a week, and the party was notified once more."
    subject: ClassVar[str] = "case"

    document_id: int
