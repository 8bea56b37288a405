"""Every hook does what `docs/hooks.md` says, for a plugin installed as any other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, render_template
from sqlalchemy import text

from portal.access.actor import Actor, Place
from portal.access.permissions import PERMISSIONS, find
from portal.access.policy import allowed
from portal.access.roles import ROLES
from portal.access.routes import access_table
from portal.database import read, transaction
from portal.funding.scheme import SCHEMES
from portal.identity.context import actor_of
from portal.jobs.kinds import catalogue
from portal.pluginhost import switching
from portal.pluginhost.admission import nav_items, tasks_for
from portal.pluginhost.registry import Plugins
from portal.pluginkit.hookspecs import Blocker
from portal.record.events import EVENT_TYPES
from portal.record.services import dispatch, handle, record
from portal.web.kit.frame import Overview, panels_of
from portal.web.kit.i18n import gettext, use_locale
from tests.plugins_for_tests.boats import plugin as boats_plugin
from tests.plugins_for_tests.boats.services import TripBooked
from tests.world import World


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    boats_plugin.BLOCKED.clear()
    boats_plugin.FAILS.clear()
    boats_plugin.HEARD.clear()
    boats_plugin.NARROWED[:] = [True]


@pytest.fixture
def plugins(boats: Flask) -> Plugins:
    found: Plugins = boats.extensions["plugins"]
    return found


def test_hook_portal_plugin_info(plugins: Plugins) -> None:
    assert plugins.loaded["boats"].info.url_prefix == "/baater"


def test_hook_portal_blueprints(boats: Flask) -> None:
    rules = {rule.rule for rule in boats.url_map.iter_rules() if rule.endpoint.startswith("boats.")}
    assert rules == {"/baater/", "/baater/turer/<int:trip_id>", "/baater/turer"}
    assert set(access_table(boats)) >= {"boats.index", "boats.trip", "boats.book"}


def test_templates_and_texts_of_a_plugin_are_its_own(boats: Flask) -> None:
    client = boats.test_client()
    assert "Båter til alle" in client.get("/baater/").get_data(as_text=True)
    with use_locale("nn"):
        assert gettext("Boats for everybody") == "Båtar til alle"
    with boats.test_request_context("/"), pytest.raises(Exception, match="base"):
        render_template("boats/base.html")


def test_hook_portal_permissions(boats: Flask) -> None:
    assert PERMISSIONS["boats.trip.book"].plugin == "boats"


def test_hook_portal_role_permissions(boats: Flask) -> None:
    assert "boats.trip.book" in ROLES["coordinator"].permissions
    assert "boats.trip.book" not in ROLES["reader"].permissions


def test_hook_portal_event_types(boats: Flask) -> None:
    assert EVENT_TYPES["boats.trip_booked"].plugin == "boats"


def test_hook_portal_jobs(boats: Flask) -> None:
    assert catalogue.tasks["boats.row"].queue == "boats"
    assert boats.extensions["job_queues"] == tuple(sorted(boats.extensions["plugins"].loaded))


def test_hook_portal_funding_schemes(plugins: Plugins) -> None:
    schemes = [scheme for plugin in plugins.loaded.values() for scheme in plugin.parts.schemes]
    assert schemes
    assert all(SCHEMES[scheme.code] is scheme for scheme in schemes)


def test_hook_portal_access_restrictions(boats: Flask) -> None:
    world = World(boats)
    reader = world.actor("auditor", "udi")
    place = Place(national_id=world.unit("udi"))
    read = find("record.audit.read")
    assert allowed(reader, read, place)
    boats_plugin.NARROWED[:] = [False]
    assert not allowed(reader, read, place)
    switching.disable("boats", actor=None, message="Av")
    assert allowed(actor_of(reader.person_id or 0), read, place)


def test_hook_portal_nav_items(boats: Flask) -> None:
    assert [item.href for item in nav_items(Actor(person_id=1)) if item.href == "/baater/"] == ["/baater/"]


def test_hook_portal_tasks_for(boats: Flask) -> None:
    overview = Overview()
    tasks_for(Actor(person_id=1), overview)
    assert [task.title for task in overview.needs_me if task.href == "/baater/"] == ["Rigg båten"]


def test_hook_portal_panels(boats: Flask) -> None:
    assert [one.rows for one in panels_of("case", "skip", Actor(person_id=1))] == [(("case", "skip"),)]
    boats_plugin.FAILS.add("portal_panels")
    assert panels_of("case", "skip", Actor(person_id=1)) == []


def test_hook_portal_event_recorded(boats: Flask, plugins: Plugins) -> None:
    with transaction() as session:
        entry = record(TripBooked(subject_id=7), actor=None)
        waiting = session.execute(text("SELECT queue_name, task_name FROM procrastinate_jobs")).all()
    assert [tuple(one) for one in waiting] == [("core", "record.dispatch")]
    dispatch(entry_id=entry)
    rows = read(text("SELECT queue_name, args FROM procrastinate_jobs WHERE task_name = 'record.handle'"))
    assert [row.queue_name for row in rows] == ["boats"], "it waits where the plugin's jobs wait"
    boats_plugin.FAILS.add("portal_event_recorded")
    with pytest.raises(ValueError, match="not listening"):
        handle(**rows[0].args)
    boats_plugin.FAILS.clear()
    handle(**rows[0].args)
    assert boats_plugin.HEARD == [("boats.trip_booked", 7)]


def test_hook_portal_disable_blockers(boats: Flask) -> None:
    assert not switching.preview("boats").blockers
    boats_plugin.BLOCKED.append(Blocker("Nå går det ikke."))
    assert [one.reason for one in switching.preview("boats").blockers] == ["Nå går det ikke."]


def test_a_hook_that_raises_is_counted_and_stops_nobody(boats: Flask, plugins: Plugins) -> None:
    boats_plugin.FAILS.update({"portal_nav_items", "portal_tasks_for"})
    world = World(boats)
    person = world.person()
    world.grant(person, "coordinator", world.unit("udi"))
    page = world.client(person).get("/min-side")
    assert page.status_code == 200
    assert "Rigg båten" not in page.get_data(as_text=True)
    assert plugins.failures["boats", "portal_nav_items"] == 1
    assert plugins.failures["boats", "portal_tasks_for"] == 1
