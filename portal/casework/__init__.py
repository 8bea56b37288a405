"""Cases: one workflow, one timeline and one page for the parties, whatever the case is about."""

from __future__ import annotations

from flask import Flask

from portal.settings import Settings


def register(app: Flask, _settings: Settings) -> None:
    """Register the pages of *Mine saker* and the command that draws workflows."""
    from portal.casework import views
    from portal.casework.diagrams import workflows_cli

    app.register_blueprint(views.bp)
    app.cli.add_command(workflows_cli)
