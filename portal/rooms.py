"""The rooms of the core: their pages, commands and what they add to Min side."""

from __future__ import annotations

from importlib.util import find_spec

from flask import Flask

from portal.access.permissions import find
from portal.access.roles import ROLES
from portal.settings import Settings


def register(app: Flask, settings: Settings) -> None:
    """Register every core room's blueprints and commands, lowest floor first."""
    from portal.access import declared  # noqa: F401
    from portal.casework import permissions as casework  # noqa: F401
    from portal.funding import permissions as funding  # noqa: F401
    from portal.organisations import permissions as organisations  # noqa: F401
    from portal.pluginhost import permissions as pluginhost  # noqa: F401
    from portal.record.cli import audit_cli
    from portal.web.shell import health, views

    for blueprint in (health.bp, views.assets_bp, views.bp):
        app.register_blueprint(blueprint)
    if settings.development and find_spec("portal.web.shell.components"):
        from portal.web.shell import components

        app.register_blueprint(components.bp)
    for group in (audit_cli,):
        app.cli.add_command(group)


def check(app: Flask) -> None:
    """Raise `UnknownPermission` when a role carries a permission that no room or plugin declared."""
    for role in ROLES.values():
        for name in role.permissions:
            find(name)
