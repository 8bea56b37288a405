"""The foundation holds: reach, switches, sealing, routes."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from portal.access.actor import Place
from portal.access.permissions import find
from portal.access.policy import allowed
from portal.access.routes import PortalBlueprint, UndeclaredAccess, check_routes, needs, public
from portal.database import GenerationMoved, transaction
from portal.record import sealing
from portal.record.events import Event
from portal.record.services import record
from tests.conftest import Database
from tests.world import World

KEY = b"key-of-the-test"


class Happened(Event):
    """Something for the tests."""

    name = "tests.happened"
    message = "Something happened."
    subject = "test"


def test_a_region_reaches_its_own_cases_only(world: World) -> None:
    read = find("casework.case.read")
    actor = world.actor("grant_caseworker", "sor")
    own = Place(national_id=world.unit("udi"), regional_id=world.unit("sor"))
    other = Place(national_id=world.unit("udi"), regional_id=world.unit("nord"))
    assert allowed(actor, read, own)
    assert not allowed(actor, read, other)


def test_the_directorate_reaches_its_teams(world: World) -> None:
    read = find("casework.case.read")
    team = Place(national_id=world.unit("lt-mottaksoppfolging"))
    assert allowed(world.actor("coordinator", "udi"), read, team)
    assert not allowed(world.actor("coordinator", "lt-logistikk"), read, team)


def test_a_use_case_authorised_before_a_revocation_does_not_run(world: World) -> None:
    actor = world.actor("grant_caseworker", "sor")
    with transaction(actor=actor):
        pass
    world.grant(world.person("Per"), "auditor", world.unit("udi"))
    with pytest.raises(GenerationMoved), transaction(actor=actor):
        raise AssertionError("ran with stale rights")


def test_a_changed_byte_in_a_sealed_entry_is_found_and_named(app: Flask, database: Database) -> None:
    ids = []
    for number in range(5):
        with transaction():
            ids.append(record(Happened(subject_id=number), actor=None))
    assert sealing.seal(KEY) == 5
    assert sealing.verify(KEY).sound
    owner = create_engine(database.owner_url)
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET data = '{\"x\": 1}' WHERE id = :id"), {"id": ids[2]})
    owner.dispose()
    verdict = sealing.verify(KEY)
    assert not verdict.sound
    assert verdict.first_bad_entry == ids[2]


def test_the_application_cannot_change_the_trail(app: Flask, database: Database) -> None:
    with transaction():
        record(Happened(subject_id=1), actor=None)
    engine = create_engine(database.app_url)
    for statement in ("UPDATE audit_entry SET name = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
        with pytest.raises(Exception, match="permission denied"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_a_route_without_access_cannot_be_registered() -> None:
    blueprint = PortalBlueprint("open", __name__)
    with pytest.raises(UndeclaredAccess):
        blueprint.get("/open")(lambda: "")
    with pytest.raises(UndeclaredAccess):
        blueprint.post("/open", access=needs(find("casework.case.read")))(lambda: "")
    blueprint.get("/open", access=public("A reason."))(lambda: "")


def test_a_route_past_the_blueprint_cannot_start_the_app(app: Flask) -> None:
    check_routes(app)
    app._got_first_request = False
    app.add_url_rule("/bare", "bare", lambda: "")
    with pytest.raises(UndeclaredAccess, match="/bare"):
        check_routes(app)


def test_start_page_and_probes_answer(client) -> None:  # noqa: ANN001
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
