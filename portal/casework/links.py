"""Where a plugin shows its cases, so that *Mine saker* can lead there while the plugin is on."""

from __future__ import annotations

from collections.abc import Callable

CASE_LINKS: dict[str, Callable[[int], str]] = {}
"""Plugin name → the address of a case's page, from its id; put there when the plugin's pages are built.

The empty name is for the core's own cases: appeals, as staff read them."""

CASE_READERS: dict[str, str] = {}
"""Plugin name → the permission that opens that page, where `casework.case.read` alone does not."""
