"""Events of the casework room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from portal.casework.grounds import GROUNDS
from portal.casework.workflow import WORKFLOWS, state_label
from portal.record import Event
from portal.record.events import Words
from portal.web.kit.i18n import LazyString


def _kind(kind: str, _data: Mapping[str, Any]) -> LazyString | None:
    workflow = WORKFLOWS.get(kind)
    return workflow.title if workflow else None


def _state(state: str, data: Mapping[str, Any]) -> LazyString | str | None:
    try:
        return state_label(data.get("kind", ""), state, staff=True)[0]
    except KeyError:  # a state that newer versions of the workflow do not have
        return None


def _step(name: str, data: Mapping[str, Any]) -> LazyString | None:
    workflow = WORKFLOWS.get(data.get("kind", ""))
    try:
        return workflow.transition(name).told if workflow else None
    except KeyError:
        return None


@dataclass(frozen=True, kw_only=True)
class CaseOpened(Event):
    """A case came into being, as a draft or as sent."""

    name: ClassVar[str] = "casework.case.opened"
    message: ClassVar[str] = "A case was opened: %(kind)s."
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {"kind": _kind}

    kind: str


@dataclass(frozen=True, kw_only=True)
class CaseMoved(Event):
    """A case took a step of its workflow."""

    name: ClassVar[str] = "casework.case.moved"
    message: ClassVar[str] = "Case %(number)s: from “%(source)s” to “%(target)s”. %(transition)s"
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {
        "kind": _kind,
        "source": _state,
        "target": _state,
        "transition": _step,
    }

    kind: str
    number: str | None
    transition: str
    source: str
    target: str


@dataclass(frozen=True, kw_only=True)
class ImpartialityDeclared(Event):
    """Somebody said that they have no ties to a case (fvl. § 6), and its content opened to them."""

    name: ClassVar[str] = "casework.impartiality_declared"
    message: ClassVar[str] = "Declared to have no ties to case %(number)s."
    subject: ClassVar[str] = "case"

    number: str


@dataclass(frozen=True, kw_only=True)
class TieDeclared(Event):
    """Somebody has a tie to a case and is disqualified; `worked`: after having handled it."""

    name: ClassVar[str] = "casework.tie_declared"
    message: ClassVar[str] = "Declared a tie to case %(number)s."
    subject: ClassVar[str] = "case"
    words: ClassVar[Mapping[str, Words]] = {"ground": GROUNDS}

    number: str
    ground: str
    worked: bool


@dataclass(frozen=True, kw_only=True)
class TieCorrected(Event):
    """A tie somebody had declared by mistake was corrected by another, with a reason."""

    name: ClassVar[str] = "casework.tie_corrected"
    message: ClassVar[str] = "The disqualification of %(person_id)s in case %(number)s was corrected."
    subject: ClassVar[str] = "case"

    number: str
    person_id: int


@dataclass(frozen=True, kw_only=True)
class CaseGiven(Event):
    """A case was given to a caseworker, or to another one."""

    name: ClassVar[str] = "casework.case_given"
    message: ClassVar[str] = "Case %(number)s was given to %(person_id)s."
    subject: ClassVar[str] = "case"

    number: str
    person_id: int


@dataclass(frozen=True, kw_only=True)
class CasePassedOn(Event):
    """A case was passed to another region."""

    name: ClassVar[str] = "casework.case_passed_on"
    message: ClassVar[str] = "Case %(number)s was passed to %(region_id)s."
    subject: ClassVar[str] = "case"

    number: str
    region_id: int


@dataclass(frozen=True, kw_only=True)
class MoreAsked(Event):
    """The party was asked for more (fvl. § 11)."""

    name: ClassVar[str] = "casework.more_asked"
    message: ClassVar[str] = "More was asked for in case %(number)s, by %(due_on)s."
    subject: ClassVar[str] = "case"

    number: str
    due_on: str
    fields: str


@dataclass(frozen=True, kw_only=True)
class NoteWritten(Event):
    """An internal note was written in a case."""

    name: ClassVar[str] = "casework.note_written"
    message: ClassVar[str] = "An internal note was written in case %(number)s."
    subject: ClassVar[str] = "case"

    number: str


@dataclass(frozen=True, kw_only=True)
class CaseReferenced(Event):
    """A case got its reference in UDIsak."""

    name: ClassVar[str] = "casework.case_referenced"
    message: ClassVar[str] = "Case %(number)s got the reference %(reference)s in UDIsak."
    subject: ClassVar[str] = "case"

    number: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class CaseJournalled(Event):
    """A case was marked as journalled in UDIsak."""

    name: ClassVar[str] = "casework.case_journalled"
    message: ClassVar[str] = "Case %(number)s was journalled in UDIsak as %(reference)s."
    subject: ClassVar[str] = "case"

    number: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class CasePackaged(Event):
    """The package of a case was fetched: content, documents and metadata."""

    name: ClassVar[str] = "casework.case_packaged"
    message: ClassVar[str] = "The package of case %(number)s was fetched, with %(documents)s documents."
    subject: ClassVar[str] = "case"

    number: str
    documents: int
