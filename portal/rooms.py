"""The rooms of the core: each registers its own pages, commands and what it adds to Min side."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from flask import Flask

from portal.access.permissions import find
from portal.access.roles import ROLES
from portal.settings import Settings

# Lowest floor first. A room with pages has `register(app, settings)`; one with permissions has them
# in `permissions.py`; one that adds to the menu and Min side has `nav` and `parts` in `frame.py`, and
# `open_calls` where it has something to apply for on the start page.
ROOMS = (
    "identity",
    "documents",
    "notifications",
    "casework",
    "organisations",
    "funding",
    "pluginhost",
    "administration",
    "web.shell",
)


def register(app: Flask, settings: Settings) -> None:
    """Register every core room."""
    from portal.access import declared  # noqa: F401
    from portal.cli import portal_cli
    from portal.jobs.cli import jobs_cli
    from portal.record.cli import audit_cli

    for group in (audit_cli, jobs_cli, portal_cli):
        app.cli.add_command(group)
    for room in ROOMS:
        if find_spec(f"portal.{room}") is None:
            continue
        if find_spec(f"portal.{room}.permissions"):
            import_module(f"portal.{room}.permissions")
        enter = getattr(import_module(f"portal.{room}"), "register", None)
        if enter is not None:
            enter(app, settings)
        if find_spec(f"portal.{room}.frame"):
            _frame(import_module(f"portal.{room}.frame"))


def _frame(room: ModuleType) -> None:
    from portal.web.shell import layout, views

    if room.nav not in layout.NAV_SOURCES:
        layout.NAV_SOURCES.append(room.nav)
    if room.parts not in views.PARTS:
        views.PARTS.append(room.parts)
    open_calls = getattr(room, "open_calls", None)
    if open_calls is not None and open_calls not in views.OPEN_CALLS:
        views.OPEN_CALLS.append(open_calls)


def check() -> None:
    """Raise `UnknownPermission` when a role carries a permission that no room or plugin declared."""
    for role in ROLES.values():
        for name in role.permissions:
            find(name)
