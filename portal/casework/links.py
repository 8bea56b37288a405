"""Where a plugin shows its cases, so that *Mine saker* can lead there while the plugin is on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class CasePage:
    """The address of a case's page, from its id, and the permission that opens it for staff."""

    path: Callable[[int], str]
    permission: Permission


CASE_PAGES: dict[str, CasePage] = {}
"""Plugin name → its cases' page; put there when the plugin's pages are built.

The empty name is for the core's own cases: appeals, as staff read them."""
