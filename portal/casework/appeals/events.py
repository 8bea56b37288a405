"""What happens to appeals, beside the steps of their workflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from portal.record import Event
from portal.record.events import Words
from portal.web.kit.i18n import lazy_gettext as _

OUTCOMES = {
    "changed": _("The decision is changed"),
    "forwarded": _("Kept, and sent to the appeal body"),
    "rejected": _("Rejected without being tried"),
}
RESULTS = {
    "upheld": _("The decision was upheld"),
    "changed": _("The decision was changed"),
    "returned": _("The case was sent back to UDI"),
}


@dataclass(frozen=True, kw_only=True)
class AppealSent(Event):
    """A party appealed against a decision."""

    name: ClassVar[str] = "casework.appeal.sent"
    message: ClassVar[str] = "The decision was appealed against. In time: %(in_time)s."
    subject: ClassVar[str] = "case"

    decision_id: int
    in_time: bool


@dataclass(frozen=True, kw_only=True)
class AppealCommented(Event):
    """The party added something to an appeal."""

    name: ClassVar[str] = "casework.appeal.commented"
    message: ClassVar[str] = "The party added something to the appeal."
    subject: ClassVar[str] = "case"


@dataclass(frozen=True, kw_only=True)
class AppealDecided(Event):
    """The first instance decided what becomes of an appeal."""

    name: ClassVar[str] = "casework.appeal.decided"
    message: ClassVar[str] = "The first instance has looked at the appeal: %(outcome)s"
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {"outcome": OUTCOMES}

    outcome: str
    deviates: bool


@dataclass(frozen=True, kw_only=True)
class AppealAnswered(Event):
    """The appeal body's answer was registered."""

    name: ClassVar[str] = "casework.appeal.answered"
    message: ClassVar[str] = "The appeal body has answered: %(outcome)s"
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {"outcome": RESULTS}

    outcome: str
