"""`flask access`: the first administrator, once; the matrix, whole and up to date."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select, text

from portal.access import matrix
from portal.access.permissions import PERMISSIONS
from portal.access.roles import ROLES
from portal.access.routes import access_table
from portal.database import read, scalar, transaction
from portal.identity.context import actor_of
from portal.identity.models import Login
from tests.conftest import ROOT
from tests.world import World

ADMINISTRATORS = text("SELECT person_id FROM assignment WHERE role = 'access_administrator'")


def flask(app: Flask, *arguments: str) -> tuple[int, str]:
    outcome = app.test_cli_runner().invoke(args=["access", *arguments])
    return outcome.exit_code, outcome.output


def test_the_first_administrator_is_appointed_once_by_email(app: Flask, world: World) -> None:
    person = world.person("Berit")
    email = scalar(text("SELECT email FROM person"))
    assert flask(app, "bootstrap", "--email", "nobody@example.no")[0] == 1
    assert flask(app, "bootstrap", "--email", email.upper())[0] == 0
    assert actor_of(person).may_somewhere("access.assignment.manage")
    code, said = flask(app, "bootstrap", "--email", email)
    assert code == 1
    assert "already" in said
    names = [row.name for row in read(text("SELECT name FROM audit_entry ORDER BY id"))]
    assert names == ["access.assignment_granted", "access.bootstrapped"]
    assert world.count("assignment") == 1


def test_by_login_the_person_need_not_have_come_yet(app: Flask, world: World) -> None:
    assert flask(app, "bootstrap", "--issuer", "https://id.example")[0] == 2
    assert flask(app, "bootstrap")[0] == 2
    assert (
        flask(app, "bootstrap", "--issuer", "https://id.example", "--subject", "abc", "--name", "Berit")[0]
        == 0
    )
    login = read(select(Login))[0]
    assert (login.issuer, login.subject) == ("https://id.example", "abc")
    assert [row.person_id for row in read(ADMINISTRATORS)] == [login.person_id]


def test_by_login_a_known_person_is_found(app: Flask, world: World) -> None:
    person = world.person("Berit")
    with transaction() as session:
        session.execute(insert(Login).values(person_id=person, issuer="https://id.example", subject="abc"))
    assert flask(app, "bootstrap", "--issuer", "https://id.example", "--subject", "abc")[0] == 0
    assert [row.person_id for row in read(ADMINISTRATORS)] == [person]


def test_an_administrator_who_was_ended_does_not_open_the_way_again(app: Flask, world: World) -> None:
    world.grant(world.person("Første"), "access_administrator", world.unit("udi"))
    with transaction() as session:
        session.execute(text("UPDATE assignment SET ended_at = now()"))
    assert flask(app, "bootstrap", "--issuer", "https://id.example", "--subject", "abc")[0] == 1
    assert world.count("person") == 1, "a refused command left a person behind"


def test_the_matrix_tells_of_every_address_and_method(app: Flask) -> None:
    code, said = flask(app, "matrix", "--format", "json")
    lines = json.loads(said)
    assert code == 0
    told = {(line["endpoint"], line["rule"], method) for line in lines for method in line["methods"]}
    rules = {
        (rule.endpoint, rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    development = {rule for rule in rules if rule[1].startswith(matrix.DEVELOPMENT_PREFIX)}
    assert told == rules - development
    assert {endpoint.split(".")[0] for endpoint, _rule, _method in development} <= {"components"}
    for line in lines:
        declared = access_table(app)[line["endpoint"]][line["methods"][0]]
        assert line["access"] == declared.kind
        if line["permission"]:
            carriers = {role.name for role in ROLES.values() if line["permission"] in role.permissions}
            assert set(line["roles"]) == carriers
            assert line["permission"] in PERMISSIONS
        else:
            assert line["why"]


def test_the_matrix_is_the_same_however_often_it_is_made(app: Flask) -> None:
    assert flask(app, "matrix") == flask(app, "matrix")
    assert matrix.markdown(matrix.lines(app)).count("\n") > 20


def test_the_documented_matrix_is_up_to_date(app: Flask) -> None:
    document = Path(ROOT / "docs" / "access-matrix.md").read_text(encoding="utf-8")
    assert document == matrix.markdown(matrix.lines(app)), "run: flask access matrix > docs/access-matrix.md"
