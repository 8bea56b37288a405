"""What the rooms above tell of their kinds of cases: the sites they concern, and their content."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from portal.access.actor import Actor
from portal.casework.links import CASE_PAGES
from portal.web.kit.i18n import LazyString

Text: TypeAlias = str | LazyString
Sites = Callable[[int], Sequence[str]]
"""Case id → the names of the sites it is about, the first one first."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a case's content: a heading, and its questions with their answers, as plain text."""

    heading: Text
    rows: tuple[tuple[Text, str], ...]


Content = Callable[[int], Sequence[Section]]
"""Case id → what the party wrote and what was assessed and decided, for the archive."""


@dataclass(frozen=True, slots=True)
class About:
    """What one kind of case tells of itself. For cases already judged in reach."""

    sites: Sites
    content: Content


ABOUT: dict[str, About] = {}
"""Kind of case → what it tells."""


def sites_of(kind: str, case_id: int) -> Sequence[str]:
    """The sites a case is about; none for a kind that names none."""
    found = ABOUT.get(kind)
    return found.sites(case_id) if found else ()


def content_of(kind: str, case_id: int) -> Sequence[Section]:
    """The content of a case; none for a kind whose plugin is gone."""
    found = ABOUT.get(kind)
    return found.content(case_id) if found else ()


def page_of_case(plugin: str | None, case_id: int, reader: Actor | None = None) -> str:
    """Where staff read a case; for a `reader` whose role does not open it, what all staff may know of it."""
    page = CASE_PAGES.get(plugin or "")
    if page is None:
        return f"/sak/{case_id}"
    if reader is not None and not reader.may_somewhere(page.permission.name):
        return f"/sak/{case_id}/habilitet"
    return page.path(case_id)
