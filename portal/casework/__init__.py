"""Cases: one workflow, one timeline and one page for the parties, whatever the case is about."""

from __future__ import annotations

from types import ModuleType

from flask import Flask

from portal.settings import Settings


def register(app: Flask, _settings: Settings) -> None:
    """Register the pages of *Mine saker* and the command that draws workflows."""
    from portal.casework import deadline_views, file_views, staff_views, views
    from portal.casework import reminding as deadline_reminders  # noqa: F401 - its job
    from portal.casework.appeals import own_views, workflow  # noqa: F401 - declares itself
    from portal.casework.appeals import views as appeal_views
    from portal.casework.declaring import keep_files_closed
    from portal.casework.delivery import reminding, services  # noqa: F401 - its job
    from portal.casework.delivery import views as delivery_views
    from portal.casework.diagrams import workflows_cli
    from portal.documents.queries import GUARDS

    app.register_blueprint(views.bp)
    app.register_blueprint(delivery_views.bp)
    app.register_blueprint(own_views.bp)
    app.register_blueprint(appeal_views.bp)
    _follow_letters(services)
    app.register_blueprint(staff_views.bp)
    app.register_blueprint(file_views.bp)
    app.register_blueprint(deadline_views.bp)
    if keep_files_closed not in GUARDS:
        GUARDS.append(keep_files_closed)
    app.cli.add_command(workflows_cli)


def _follow_letters(services: ModuleType) -> None:
    from portal.documents.services import ON_OPENED, ON_READY

    for hooks, told in ((ON_READY, services.on_ready), (ON_OPENED, services.on_opened)):
        if told not in hooks:
            hooks.append(told)
