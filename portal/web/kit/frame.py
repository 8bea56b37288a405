"""What rooms and plugins put into the frame of the pages: menu entries, tasks, news."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from portal.web.kit.i18n import LazyString

Text: TypeAlias = str | LazyString


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the menu, shown to holders of `permission` (None: to everybody logged in)."""

    label: Text
    href: str
    permission: str | None = None


ROOM_NAV: dict[str, NavItem] = {}
"""Menu entries of the core's rooms by address, in the order the rooms are registered."""


@dataclass(slots=True)
class Task:
    """Something that needs this person, or that they wait for."""

    title: Text
    href: str
    due: datetime | None = None
    kind: str = "waiting"
    action_label: Text = ""
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page that a plugin adds: a heading, lines of (label, text), and words before them."""

    title: Text
    rows: tuple[tuple[Text, Text], ...]
    intro: Text = ""


PanelSource = Callable[[str, Any, Any], Sequence[Panel]]
"""Takes the kind of page (`case`), what it is about, and who reads it."""

PANEL_SOURCES: list[PanelSource] = []


def panels_of(page: str, subject: Any, actor: Any) -> list[Panel]:
    """What those above add to a page about `subject`, which the reader may see."""
    return [panel for source in PANEL_SOURCES for panel in source(page, subject, actor)]


@dataclass(slots=True)
class Overview:
    """What stands on Min side: what needs me, what I wait for, and (when, text, address) of news."""

    needs_me: list[Task] = field(default_factory=list)
    waiting_for: list[Task] = field(default_factory=list)
    news: list[tuple[datetime, Text, str | None]] = field(default_factory=list)
