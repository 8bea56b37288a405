"""A case as workflow and impartiality see it."""

from __future__ import annotations

from typing import Any, Protocol

from portal.access.actor import Scoped, scope_of


class Subject(Scoped, Protocol):
    """A case with its state and places. Rooms pass richer facts, which their guards read."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> str | None: ...
    @property
    def state(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def handler_id(self) -> int | None: ...


def where_of(subject: Subject) -> dict[str, Any]:
    """A case's id and places, for an event."""
    return {"subject_id": subject.id, **scope_of(subject)}
