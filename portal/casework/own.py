"""*Mine saker*: what a party has sent or begun, from every room, as one list in order of time.

A room whose matters are not cases of casework puts a source of its own in `OWN_SOURCES`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.lists import scoped_page
from portal.casework.models import Case
from portal.casework.permissions import OWN_CASE_READ
from portal.casework.workflow import state_label
from portal.web.kit.i18n import LazyString
from portal.web.kit.paging import PAGE_SIZE, Page, decode_key, page_of

MOST = PAGE_SIZE + 1
Bound = tuple[datetime, int]
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One line: when it was begun (what the list is sorted by), its number when sent, its state in words."""

    at: datetime
    id: int
    number: str | None
    title: str | LazyString
    label: str | LazyString
    state_kind: str
    href: str
    sent_at: datetime | None = None
    receipt: str | None = None


OwnSource = Callable[[Actor, Bound | None], Sequence[OwnRow]]
"""At most `MOST` of the actor's own rows, newest first, with (at, id) below the bound if one is given."""

MESSAGES = "message"
OWN_SOURCES: dict[str, OwnSource] = {}
"""Name of the source → source. The name is part of the key of a page: keep it."""

_CASES: Any = select(
    Case.created_at, Case.id, Case.number, Case.title, Case.kind, Case.state, Case.submitted_at
)


def own_cases(actor: Actor, after: str | None, *, messages: bool = False) -> Page[OwnRow]:
    """A page of what the actor and those they act for have sent or begun, newest first.

    `messages`: what they were told instead; there are many more of them than of cases.
    """
    key = decode_key(after, (datetime.fromisoformat, str, int))
    found = [
        [(row.at, name, row.id, row) for row in source(actor, _bound(key, name))]
        for name, source in OWN_SOURCES.items()
        if (name == MESSAGES) is messages
    ]
    merged = heapq.merge(*found, key=lambda item: item[:3], reverse=True)
    page = page_of(list(islice(merged, MOST)), lambda item: item[:3])
    return Page([row for *_key, row in page.rows], page.next_key)


def _bound(key: tuple[Any, ...] | None, name: str) -> Bound | None:
    """Where a source goes on after a page: the list is sorted by time, then source, then id, descending."""
    if key is None:
        return None
    at, source, last = key
    if name == source:
        return at, last
    return at, _LARGEST if name < source else -1


def _cases(actor: Actor, before: Bound | None) -> Sequence[OwnRow]:
    order = (Case.created_at, Case.id)
    rows = scoped_page(_CASES, Case, order, actor=actor, permission=OWN_CASE_READ, after=before)
    found = []
    for at, id_, number, title, kind, state, sent_at in map(tuple, rows):
        label, state_kind = state_label(kind, state, staff=False)
        found.append(OwnRow(at, id_, number, title, label, state_kind, f"/saker/{id_}", sent_at))
    return found


OWN_SOURCES["case"] = _cases
