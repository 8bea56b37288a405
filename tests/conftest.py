"""Fixtures: one PostgreSQL a run, one database a test (cloned from a template), the app, people."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, text
from werkzeug.test import TestResponse

from portal import create_app
from portal.database import db, migrating
from portal.pluginhost.registry import schemas
from portal.settings import Provider, Settings
from portal.supervisor.postgres import APP, OWNER, Cluster
from portal.tables import core_metadata
from tests.e2e.running import CHROMIUM, FLAGS
from tests.missed_elsewhere import pytest_collection_modifyitems, pytest_runtest_call
from tests.plugins_for_tests.installing import installed
from tests.world import World

TEMPLATE = "template_portal"
__all__ = ["pytest_collection_modifyitems", "pytest_runtest_call"]
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Database:
    """One test's database: as the portal sees it, and as its owner."""

    name: str
    app_url: str
    owner_url: str


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser. One a run: there cannot be two that wait in one thread."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL for the whole run, not durable."""
    running = Cluster(tmp_path_factory.mktemp("postgres"), durable=False, max_connections=200)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """A database with every table and the reference data, to clone."""
    _statement(cluster, f'CREATE DATABASE "{TEMPLATE}" OWNER {OWNER}')
    app = create_app(_settings(cluster.url(APP, TEMPLATE), cluster.url(OWNER, TEMPLATE)))
    with app.app_context():
        from portal.units.reference import load_reference

        _build(cluster.url(OWNER, TEMPLATE), cluster.url(APP, TEMPLATE))
        load_reference()
        _dispose()
    return TEMPLATE


@pytest.fixture
def database(cluster: Cluster, template: str) -> Iterator[Database]:
    """A fresh database of this test's own."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _statement(cluster, f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{template}"')
    yield Database(name, cluster.url(APP, name), cluster.url(OWNER, name))
    _statement(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def settings(database: Database) -> Settings:
    """Settings of the test's app."""
    return _settings(database.app_url, database.owner_url)


class Visitor(FlaskClient):
    """A browser whose every request gets an application context of its own, as a server gives it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with self.application.app_context():
            return super().open(*args, **kwargs)


class Compiled(BytecodeCache):
    """Templates compiled once a run: every test's portal would do it anew."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill `bucket` if it is known."""
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in `bucket`."""
        self.kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session")
def compiled() -> Compiled:
    """The templates compiled so far."""
    return Compiled()


@pytest.fixture
def app(settings: Settings, compiled: Compiled) -> Iterator[Flask]:
    """The portal on the test's database, inside an application context."""
    made = create_app(settings)
    made.test_client_class = Visitor
    made.jinja_env.bytecode_cache = compiled
    with made.app_context():
        yield made
        _dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor who is not logged in."""
    return app.test_client()


@pytest.fixture
def world(app: Flask) -> World:
    """People, units and roles, made as a test needs them."""
    return World(app)


@pytest.fixture
def boats(tmp_path: Path, settings: Settings) -> Iterator[Flask]:
    """The portal with the example plugin `boats` installed and its tables made."""
    with installed(tmp_path / "boats", boats="tests.plugins_for_tests.boats.plugin"):
        made = create_app(settings)
        with made.app_context():
            migrating.upgrade(settings.owner_url, settings.database_url, schemas())
            yield made
            _dispose()


def _build(owner_url: str, app_url: str) -> None:
    """Run the real migrations, the core's and every plugin's."""
    core_metadata()
    migrating.upgrade(owner_url, app_url, schemas())


def _settings(app_url: str, owner_url: str) -> Settings:
    stub = Provider(
        key="stub",
        label="Demo-innlogging",
        issuer="http://127.0.0.1:1",
        client_id="samvirkeportalen",
        client_secret="stub-secret-for-development",
        stub=True,
    )
    return Settings(
        environment="test",
        database_url=app_url,
        owner_database_url=owner_url,
        base_url="http://localhost",
        providers=(stub,),
    )


def _statement(cluster: Cluster, statement: str) -> None:
    engine = create_engine(cluster.admin_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _dispose() -> None:
    db.session.remove()
    for engine in db.engines.values():
        engine.dispose()


ROOT = Path(__file__).resolve().parent.parent
