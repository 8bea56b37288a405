"""Events of the funding room. Sums in øre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from portal.funding.scheme import SCHEMES
from portal.record import Event
from portal.record.events import Words
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

OUTCOMES = {"granted": _("Granted"), "partly": _("Granted in part"), "refused": _("Refused")}


def _scheme(code: str, _data: Mapping[str, Any]) -> LazyString | str | None:
    scheme = SCHEMES.get(code)
    return scheme.short_name if scheme else None


@dataclass(frozen=True, kw_only=True)
class CallPublished(Event):
    """A call was published, or changed after publication."""

    name: ClassVar[str] = "funding.call.published"
    message: ClassVar[str] = "Version %(version)s of a call with a frame of %(frame_ore)s was published."
    subject: ClassVar[str] = "call"
    words: ClassVar[Mapping[str, Words]] = {"scheme": _scheme}

    scheme: str
    version: int
    frame_ore: int


@dataclass(frozen=True, kw_only=True)
class SentenceWritten(Event):
    """A standard sentence was written or changed, taken out of use or into use again."""

    name: ClassVar[str] = "funding.sentence.written"
    message: ClassVar[str] = "Version %(version)s of a standard sentence was written: %(step)s."
    subject: ClassVar[str] = "sentence"
    words: ClassVar[Mapping[str, Words]] = {
        "scheme": _scheme,
        "step": {
            "written": _("New text"),
            "retired": _("Taken out of use"),
            "restored": _("In use again"),
        },
    }

    scheme: str
    version: int
    step: str


@dataclass(frozen=True, kw_only=True)
class CallClosed(Event):
    """A call takes no more applications."""

    name: ClassVar[str] = "funding.call.closed"
    message: ClassVar[str] = "A call was closed for late applications too."
    subject: ClassVar[str] = "call"
    words: ClassVar[Mapping[str, Words]] = {"scheme": _scheme}

    scheme: str


@dataclass(frozen=True, kw_only=True)
class AppealBodyConfirmed(Event):
    """The appeal body a call names was confirmed."""

    name: ClassVar[str] = "funding.appeal_body.confirmed"
    message: ClassVar[str] = "The appeal body was confirmed: %(appeal_to)s."
    subject: ClassVar[str] = "call"

    appeal_to: str


@dataclass(frozen=True, kw_only=True)
class ApplicationSubmitted(Event):
    """An application was sent."""

    name: ClassVar[str] = "funding.application.submitted"
    message: ClassVar[str] = "Application %(number)s for %(amount_ore)s was sent."
    subject: ClassVar[str] = "case"

    call_id: int
    number: str
    amount_ore: int
    late: bool


@dataclass(frozen=True, kw_only=True)
class ApplicationAssessed(Event):
    """A caseworker wrote an assessment."""

    name: ClassVar[str] = "funding.application.assessed"
    message: ClassVar[str] = "An application was assessed: %(outcome)s, %(proposed_ore)s proposed."
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {"outcome": OUTCOMES}

    outcome: str
    proposed_ore: int


@dataclass(frozen=True, kw_only=True)
class ApplicationDecided(Event):
    """An application was decided."""

    name: ClassVar[str] = "funding.application.decided"
    message: ClassVar[str] = "Application %(number)s was decided: %(outcome)s, %(amount_ore)s."
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {"outcome": OUTCOMES}

    call_id: int
    number: str
    outcome: str
    amount_ore: int
    deviates: bool


@dataclass(frozen=True, kw_only=True)
class ProposalsExported(Event):
    """Somebody took the list of proposals of a call out of the portal as a file."""

    name: ClassVar[str] = "funding.proposals.exported"
    message: ClassVar[str] = "The list of proposals was taken out as a file with %(rows)s rows."
    subject: ClassVar[str] = "call"

    rows: int
