"""Event types: past tense, ids and codes only, readable without the room that recorded them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeAlias

from portal.web.kit.i18n import LazyString

Handler = Callable[[int], None]
"""Takes the audit entry's id; runs in a worker, after commit."""
Words: TypeAlias = Mapping[str, LazyString] | Callable[[Any, Mapping[str, Any]], LazyString | str | None]
"""What codes mean: a text a code, or a function of the value and all the entry's data."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened (*hendelse*). Subclasses add fields: ids, codes, numbers, digests; never names.

    `name` is stored and must never change; `message` is an English message id with `%(field)s` places.
    `words` says what a field's codes mean to whoever reads the trail; without it the code itself shows.
    The scope ids say at whose place it happened and decide who may read it.
    """

    name: ClassVar[str]
    message: ClassVar[str]
    subject: ClassVar[str]
    plugin: ClassVar[str | None] = None
    words: ClassVar[Mapping[str, Words]] = {}

    subject_id: int
    national_id: int | None = None
    regional_id: int | None = None
    local_id: int | None = None
    owner_id: int | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        taken = EVENT_TYPES.setdefault(cls.name, cls)
        if taken.__qualname__ != cls.__qualname__:
            raise TypeError(f"event name {cls.name} is taken by {taken.__qualname__}")

    def data(self) -> dict[str, Any]:
        """The fields a subclass added, as stored."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _COMMON}


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as it stands in the audit trail: what a listener in a worker gets."""

    entry_id: int
    name: str
    subject_id: int
    actor_id: int | None
    data: Mapping[str, Any]


EVENT_TYPES: dict[str, type[Event]] = {}
_COMMON = {"subject_id", "national_id", "regional_id", "local_id", "owner_id"}
_handlers: dict[str, dict[str, tuple[str, Handler]]] = {}


@dataclass(frozen=True, kw_only=True)
class ChainChecked(Event):
    """The chain of audit entries was recomputed."""

    name = "record.chain_checked"
    message = "The audit trail was checked: %(sealed)s sealed entries."
    subject = "verification"

    sealed: int
    first_bad_entry: int | None
    fault: str | None


def subscribe(event_name: str, handler_name: str, handler: Handler, *, queue: str = "core") -> None:
    """Have `handler` run once in a worker for each recorded event of that name.

    `handler_name` is stored with the job; `queue` is the plugin's when a plugin subscribes, so that its
    handlers wait while it is switched off.
    """
    _handlers.setdefault(event_name, {})[handler_name] = (queue, handler)


def handlers_of(event_name: str) -> dict[str, tuple[str, Handler]]:
    """Handler name → (queue, handler) for one event name."""
    return _handlers.get(event_name, {})
