"""Switching a plugin: closed to the last address at once, back as it was, and told in the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from portal.access.actor import Place
from portal.access.policy import Denied
from portal.database import GenerationMoved, read, scalar, transaction
from portal.identity.context import actor_of
from portal.jobs.effects import AlreadyDone, QueueClosed, Run, current_run
from portal.pluginhost import queries, switching
from portal.pluginhost.gate import PluginGate, segments
from portal.pluginhost.switching import SwitchRefused
from portal.pluginkit.hookspecs import Blocker
from tests.plugins_for_tests.boats import plugin as boats_plugin
from tests.plugins_for_tests.boats import services
from tests.world import World

MESSAGE = "Vi retter en feil. Båtene er tilbake torsdag."
ADDRESSES = [
    "/baater", "/baater/", "/baater/turer/1", "/baater/turer", "/baater/nothing/at/all", "//baater/turer/1",
    "/baater//turer/1", "/%62aater/turer/1", "/baater%2Fturer/1", "/baater/static/x.js", "/baater/?x=1",
]  # fmt: skip
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]


@pytest.fixture
def world(boats: Flask) -> World:
    return World(boats)


@pytest.fixture(autouse=True)
def no_blockers() -> Iterator[None]:
    yield
    boats_plugin.BLOCKED.clear()


def off(**where: Any) -> None:
    assert switching.disable("boats", actor=None, message=MESSAGE, **where)


def on(**where: Any) -> None:
    assert switching.enable("boats", actor=None, **where)


def answers(app: Flask) -> list[tuple[str, str, int]]:
    client = app.test_client()
    return [(a, m, client.open(a, method=m).status_code) for a in ADDRESSES for m in METHODS]


def test_off_is_404_on_the_whole_prefix_and_on_again_all_is_back(boats: Flask) -> None:
    before = answers(boats)
    assert {status for _a, _m, status in before} > {200, 404}
    off()
    assert {status for _a, _m, status in answers(boats)} == {404}
    on()
    assert answers(boats) == before


def test_neighbours_of_a_closed_prefix_stay_open(boats: Flask) -> None:
    off()
    gate: PluginGate = boats.extensions["plugin_gate"]
    assert gate.owner("/baater/x") == "boats"
    assert gate.owner("/baaterx") is None
    assert gate.owner("/x/baater") is None
    assert gate.owner("/") is None
    assert segments("//a///b/") == ("a", "b")
    assert boats.test_client().get("/").status_code == 200


def test_the_closed_page_says_what_is_closed_and_why(boats: Flask) -> None:
    off()
    page = boats.test_client().get("/baater/turer/1").get_data(as_text=True)
    assert "Båter er slått av nå" in page
    assert MESSAGE in page


def test_an_unknown_page_says_nothing_of_plugins(boats: Flask) -> None:
    page = boats.test_client().get("/nowhere").get_data(as_text=True)
    assert "slått av" not in page


def test_roles_stay_while_the_plugin_is_off(world: World) -> None:
    person = world.person()
    world.grant(person, "coordinator", world.unit("udi"))
    off()
    assert actor_of(person).may_somewhere("boats.trip.read")


def test_menu_and_tasks_are_gone_while_it_is_off(world: World) -> None:
    person = world.person()
    world.grant(person, "coordinator", world.unit("udi"))
    client = world.client(person)
    page = client.get("/min-side").get_data(as_text=True)
    assert 'href="/baater/"' in page
    assert "Rigg båten" in page
    off()
    page = client.get("/min-side").get_data(as_text=True)
    assert 'href="/baater/"' not in page
    assert "Rigg båten" not in page


def test_switching_is_recorded_with_place_and_means(boats: Flask) -> None:
    off()
    on()
    rows = read(text("SELECT name, data FROM audit_entry WHERE name LIKE 'pluginhost.%' ORDER BY id"))
    assert [row.name for row in rows] == ["pluginhost.plugin_disabled", "pluginhost.plugin_enabled"]
    assert rows[0].data == {"plugin_name": "boats", "unit_id": None, "via": "command", "blockers": 0}


def test_throwing_a_switch_twice_changes_and_records_nothing(boats: Flask) -> None:
    off()
    assert switching.disable("boats", actor=None, message=MESSAGE) is False
    assert scalar(text("SELECT count(*) FROM audit_entry WHERE name LIKE 'pluginhost.%'")) == 1


def test_a_use_case_begun_before_the_switch_is_authorised_anew(world: World) -> None:
    actor = world.actor("coordinator", "udi")
    off()
    with pytest.raises(GenerationMoved):
        services.book("Dale", actor=actor)
    assert world.count("boats_trip") == 0


def test_blockers_stop_the_switch_until_set_aside_and_that_is_recorded(boats: Flask) -> None:
    boats_plugin.BLOCKED.append(Blocker("Fristen går ut i morgen.", datetime(2027, 1, 1, tzinfo=UTC)))
    with pytest.raises(SwitchRefused, match="blocked"):
        off()
    assert queries.is_on("boats")
    off(despite_blockers=True)
    data = scalar(text("SELECT data FROM audit_entry WHERE name = 'pluginhost.plugin_disabled'"))
    assert data["blockers"] == 1


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("message", {"message": "  "}),
        ("unknown", {"message": MESSAGE, "unit_id": 999_999}),
        ("unknown", {"plugin": "submarines", "message": MESSAGE}),
    ],
)
def test_a_switch_without_sense_is_refused(boats: Flask, code: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(SwitchRefused, match=code):
        switching.disable(arguments.pop("plugin", "boats"), actor=None, **arguments)


def test_a_level_the_plugin_does_not_name_cannot_be_switched(world: World) -> None:
    site = world.site("Dale mottak", "vest")
    with pytest.raises(SwitchRefused, match="level"):
        off(unit_id=site)


def test_off_at_a_region_takes_its_cases_out_of_reach_there_and_nothing_else(
    world: World, boats: Flask
) -> None:
    vest = world.unit("vest")
    off(unit_id=vest)
    switches = actor_of(world.person()).switches
    assert switches.off_at("boats", Place(regional_id=vest))
    assert not switches.off_at("boats", Place(regional_id=world.unit("nord")))
    assert boats.test_client().get("/baater/").status_code == 200
    on(unit_id=vest)
    assert not actor_of(world.person()).switches.off


def test_only_a_plugin_administrator_switches(world: World) -> None:
    with pytest.raises(Denied):
        switching.disable("boats", actor=world.actor("auditor", "udi"), message=MESSAGE)
    administrator = world.actor("plugin_administrator", "udi")
    assert switching.disable("boats", actor=administrator, message=MESSAGE)


def test_jobs_wait_held_and_come_back_with_the_switch(boats: Flask) -> None:
    with transaction():
        services.row_boat.defer(number=1)
        services.row_boat.defer(number=2)
    off()
    job_id = scalar(text("SELECT min(id) FROM procrastinate_jobs"))
    with transaction() as session:  # as the worker leaves them: one waiting, one just moved aside
        session.execute(text("UPDATE procrastinate_jobs SET queue_name = 'held:boats'"))
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"), {"id": job_id})
    assert queries.waiting_jobs("boats") == 2
    on()
    assert scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'boats'")) == 2
    event = scalar(text("SELECT data FROM audit_entry WHERE name = 'pluginhost.plugin_enabled'"))
    assert event["released_jobs"] == 2


@pytest.fixture
def running() -> Iterator[Callable[[], None]]:
    """Makes what follows a run of job 1, as in a worker."""
    tokens = []
    yield lambda: tokens.append(current_run.set(Run(1, "boats", queries.queue_open)))
    for token in reversed(tokens):
        current_run.reset(token)


def echoes() -> int:
    count: int = scalar(text("SELECT count(*) FROM boats_echo"))
    return count


def test_a_job_overtaken_by_the_switch_has_no_effect(boats: Flask, running: Callable[[], None]) -> None:
    off()
    running()
    with pytest.raises(QueueClosed):
        services.row_boat(number=1)
    assert echoes() == 0
    on()
    running()
    services.row_boat(number=1)
    assert echoes() == 1


def test_a_job_run_again_has_no_second_effect(boats: Flask, running: Callable[[], None]) -> None:
    running()
    services.row_boat(number=1)
    running()
    with pytest.raises(AlreadyDone):
        services.row_boat(number=1)
    assert echoes() == 1


def test_a_job_with_two_effects_is_refused_instead_of_losing_the_second(
    boats: Flask, running: Callable[[], None]
) -> None:
    running()
    services.row_boat(number=1)
    with pytest.raises(RuntimeError, match="split it"):
        services.row_boat(number=1)


def test_the_command_lists_disables_and_enables(boats: Flask) -> None:
    run = boats.test_cli_runner().invoke
    assert "boats\ton\t/baater\tBåter" in run(args=["plugins", "list"]).output
    refused = run(args=["plugins", "disable", "boats"])
    assert refused.exit_code == 1
    assert "--message" in refused.output
    assert run(args=["plugins", "disable", "boats", "--message", MESSAGE]).output == "boats is off\n"
    assert "boats\toff\t/baater\tBåter" in run(args=["plugins", "list"]).output
    assert run(args=["plugins", "enable", "boats"]).output == "boats is on\n"
    assert run(args=["plugins", "enable", "boats"]).output == "boats was on already\n"


def test_the_pages_say_what_a_switch_does_and_do_it(world: World, boats: Flask) -> None:
    boats.config["WTF_CSRF_ENABLED"] = False
    person = world.person()
    world.grant(person, "plugin_administrator", world.unit("udi"))
    client = world.client(person)
    assert "Slått på overalt" in client.get("/utvidelser").get_data(as_text=True)
    page = client.get("/utvidelser/boats").get_data(as_text=True)
    assert "Turer med båt." in page
    assert "Dette skjer når du slår den av:" in page
    empty = client.post("/utvidelser/boats/slaa-av", data={})
    assert empty.status_code == 422
    assert "Skriv hvorfor" in empty.get_data(as_text=True)
    assert client.post("/utvidelser/boats/slaa-av", data={"message": MESSAGE}).status_code == 303
    assert "Slått av i hele landet" in client.get("/utvidelser").get_data(as_text=True)
    assert MESSAGE in client.get("/utvidelser/boats").get_data(as_text=True)
    assert client.get("/baater/").status_code == 404
    assert client.post("/utvidelser/boats/slaa-paa").status_code == 303
    assert client.get("/baater/").status_code == 200
    region = client.get(f"/utvidelser/boats?sted={world.unit('vest')}").get_data(as_text=True)
    assert "Slå av i " in region
    assert client.get("/utvidelser/nothing").status_code == 404


def test_what_was_written_is_kept_when_the_plugin_objects(world: World, boats: Flask) -> None:
    boats.config["WTF_CSRF_ENABLED"] = False
    person = world.person()
    world.grant(person, "plugin_administrator", world.unit("udi"))
    boats_plugin.BLOCKED.append(Blocker("Fristen går ut i morgen."))
    answer = world.client(person).post("/utvidelser/boats/slaa-av", data={"message": MESSAGE})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Fristen går ut i morgen." in page
    assert MESSAGE in page
    assert queries.is_on("boats")


def test_the_pages_are_for_those_who_may(world: World) -> None:
    person = world.person()
    world.grant(person, "grant_caseworker", world.unit("sor"))
    assert world.client(person).get("/utvidelser").status_code == 403
