"""Events of the casework room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

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
