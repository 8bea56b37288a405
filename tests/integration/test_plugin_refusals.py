"""A plugin that breaks a rule is left out whole, with the reason in a sentence, and the core starts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app
from portal.access.permissions import PERMISSIONS
from portal.access.roles import ROLES
from portal.jobs.kinds import catalogue
from portal.pluginhost.registry import Plugins
from portal.record.events import EVENT_TYPES
from portal.settings import Settings
from tests.plugins_for_tests.installing import entry_points, installed

HEAD = """
from portal.access.permissions import find, permission as core_permission
from portal.access.policy import Restriction
from portal.access.routes import needs, public
from portal.jobs import job as core_job
from portal.pluginkit.access import permission
from portal.pluginkit.hookspecs import PluginInfo, hookimpl
from portal.pluginkit.pages import PortalBlueprint, lazy_gettext as _
from portal.pluginkit.storage import Base, Event, job
from sqlalchemy.orm import Mapped, mapped_column
from flask import Blueprint

PREFIX = "/wreck"
REQUIRES = "0001"

def info():
    return PluginInfo(name="wreck", title="Vrak", description="D", personal_data="P",
                      url_prefix=PREFIX, requires_core=REQUIRES, levels=LEVELS)

LEVELS = ("national",)
GOOD = permission("wreck.thing.read", _("Read"), writes=False)

@hookimpl
def portal_plugin_info():
    return info()

@hookimpl
def portal_permissions():
    return [GOOD]
"""

CASES = {
    "cannot be imported: ModuleNotFoundError": "import no_such_module_at_all",
    "cannot be imported: SyntaxError": "def (",
    "cannot be imported: SystemExit": "raise SystemExit(3)",
    "portal_plugin_info raised ValueError": "def info():\n    raise ValueError('x')",
    "gives no PluginInfo": "def info():\n    return 'wreck'",
    "unknown hook 'portal_nav_itemz'": "@hookimpl\ndef portal_nav_itemz():\n    return []",
    "can not be found in the hookspec": "@hookimpl\ndef portal_nav_items(actor, request):\n    return []",
    "no wrappers": "@hookimpl(wrapper=True)\ndef portal_jobs():\n    return (yield)",
    "is not like /barneaktiviteter": "PREFIX = '/Wreck/'",
    "is taken by the core's": "PREFIX = '/utvidelser'",
    "overlaps with that of boats": "PREFIX = '/baater/vrak'",
    "requires core migration 9999": "REQUIRES = '9999'",
    "are not among": "LEVELS = ('galactic',)",
    "permission casework.case.seize is not named": (
        "@hookimpl\ndef portal_permissions():\n"
        "    return [permission('casework.case.seize', _('Seize'), writes=True)]"
    ),
    "is not its own to give": (
        "@hookimpl\ndef portal_role_permissions():\n    return {'reader': [find('pluginhost.plugin.switch')]}"
    ),
    "there is no role emperor": "@hookimpl\ndef portal_role_permissions():\n    return {'emperor': [GOOD]}",
    "event other.happened is not named": (
        "class Happened(Event):\n    name = 'other.happened'\n    message = 'x'\n    subject = 'x'\n"
        "@hookimpl\ndef portal_event_types():\n    return [Happened]"
    ),
    "is not handed over": (
        "class Hidden(Event):\n    name = 'casework.hidden'\n    message = 'x'\n    subject = 'x'"
    ),
    "job core.sneak is not named": (
        "@core_job('core.sneak')\ndef sneak():\n    pass\n@hookimpl\ndef portal_jobs():\n    return [sneak]"
    ),
    "is not in the queue wreck": (
        "@core_job('wreck.sneak')\ndef sneak():\n    pass\n@hookimpl\ndef portal_jobs():\n    return [sneak]"
    ),
    "is not a PortalBlueprint": (
        "@hookimpl\ndef portal_blueprints():\n    return [Blueprint('wreck', __name__)]"
    ),
    "blueprint casework is not named": (
        "@hookimpl\ndef portal_blueprints():\n    return [PortalBlueprint('casework', __name__)]"
    ),
    "declares no access": (
        "@hookimpl\ndef portal_blueprints():\n    bp = PortalBlueprint('wreck', __name__)\n"
        "    bp.get('/open')(lambda: '')\n    return [bp]"
    ),
    "hooks for the whole app": (
        "@hookimpl\ndef portal_blueprints():\n    bp = PortalBlueprint('wreck', __name__)\n"
        "    bp.before_app_request(lambda: None)\n    return [bp]"
    ),
    "permission stolen.thing.read is not declared": (
        "@hookimpl\ndef portal_blueprints():\n    bp = PortalBlueprint('wreck', __name__)\n"
        "    bp.get('/x', access=needs(permission('stolen.thing.read', _('x'), writes=False)))(lambda: '')\n"
        "    return [bp]"
    ),
    "no permission nowhere.thing.read to narrow": (
        "@hookimpl\ndef portal_access_restrictions():\n"
        "    return [Restriction('nowhere.thing.read', lambda a, p: True, lambda a, c: None)]"
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    for name in [name for name in sys.modules if name.startswith("wreck_")]:
        del sys.modules[name]


def started(tmp_path: Path, settings: Settings, body: str, *, number: int = 0) -> Flask:
    """The portal with `boats` and a wrecked plugin installed."""
    package = f"wreck_{abs(hash(body))}_{number}"
    folder = tmp_path / "installed"
    (folder / package).mkdir(parents=True)
    (folder / package / "__init__.py").write_text("")
    (folder / package / "plugin.py").write_text(f"{HEAD}\n{body}\n")
    modules = {"boats": "tests.plugins_for_tests.boats.plugin", "wreck": f"{package}.plugin"}
    entry_points(folder, **modules)
    with installed(folder, **modules):
        app = create_app(settings)
        catalogues = (PERMISSIONS, ROLES, EVENT_TYPES, catalogue.tasks)
        app.extensions["catalogues"] = [dict(one) for one in catalogues]
    return app


@pytest.mark.parametrize("reason", CASES)
def test_a_plugin_that_breaks_a_rule_is_left_out_with_the_reason(
    reason: str, tmp_path: Path, settings: Settings
) -> None:
    before = {**EVENT_TYPES}, {**catalogue.tasks}
    app = started(tmp_path, settings, CASES[reason])
    plugins: Plugins = app.extensions["plugins"]
    assert reason in plugins.broken["wreck"]
    assert "boats" in plugins.loaded
    permissions, _roles, events, tasks = app.extensions["catalogues"]
    assert not [name for name in permissions if name.startswith(("wreck", "stolen", "nowhere"))]
    assert "casework.hidden" not in events
    assert {name for name in tasks if "sneak" in name} == set()
    assert set(before[0]) <= set(events)
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/baater/").status_code == 200
    assert client.get("/wreck/open").status_code == 404


def test_the_same_plugin_without_a_fault_is_taken_in(tmp_path: Path, settings: Settings) -> None:
    app = started(tmp_path, settings, "")
    assert app.extensions["plugins"].broken.get("wreck") is None
    assert "wreck" in app.extensions["plugins"].loaded


def test_tables_outside_the_plugins_own_names_are_refused(tmp_path: Path, settings: Settings) -> None:
    body = (
        "class Sneaky(Base):\n    __tablename__ = 'person_extra'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)"
    )
    app = started(tmp_path, settings, body)
    assert "table person_extra is not named wreck_" in app.extensions["plugins"].broken["wreck"]


def test_a_name_of_the_core_is_not_free(tmp_path: Path, settings: Settings) -> None:
    modules = {"casework": "tests.plugins_for_tests.boats.plugin"}
    with installed(tmp_path / "x", **modules):
        broken = create_app(settings).extensions["plugins"].broken
    assert "calls itself boats" in broken["casework"]


def test_safe_mode_starts_the_core_alone_and_imports_no_plugin(tmp_path: Path, settings: Settings) -> None:
    safe = settings.model_copy(update={"safe_mode": True})
    app = started(tmp_path, safe, "import os; os._exit(9)")
    plugins: Plugins = app.extensions["plugins"]
    assert plugins.safe_mode
    assert not plugins.loaded
    assert not plugins.broken
    assert app.test_client().get("/").status_code == 200
    assert app.test_client().get("/baater/").status_code == 404


def test_a_broken_plugin_is_shown_by_the_command(tmp_path: Path, settings: Settings) -> None:
    app = started(tmp_path, settings, "import no_such_module_at_all")
    output = app.test_cli_runner().invoke(args=["plugins", "list"]).output
    assert "wreck\tbroken\tcannot be imported" in output
