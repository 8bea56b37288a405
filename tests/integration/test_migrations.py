"""Migrations: they build what the models say, one schema at a time, and survive a plugin that is gone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, create_engine, text

from portal import create_app
from portal.database import migrating, revising
from portal.database.migrating import CORE, Schema, UpgradeRefused
from portal.pluginhost.registry import schemas
from portal.settings import Settings
from portal.supervisor.postgres import APP, OWNER, Cluster
from portal.tables import core_metadata
from tests.conftest import Database
from tests.conftest import _statement as statement


@pytest.fixture
def owner(settings: Settings) -> Iterator[Connection]:
    engine = create_engine(settings.owner_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Database]:
    """A database without a single table."""
    name = f"empty_{os.getpid()}"
    statement(cluster, f'CREATE DATABASE "{name}" OWNER {OWNER}')
    yield Database(name, cluster.url(APP, name), cluster.url(OWNER, name))
    statement(cluster, f'DROP DATABASE "{name}" WITH (FORCE)')


def test_migrations_build_what_the_models_say(app: Flask, empty: Database) -> None:
    core_metadata()
    migrating.upgrade(empty.owner_url, empty.app_url, schemas())
    with migrating.connected(empty.owner_url) as connection:
        for schema in (CORE, *schemas()):
            found = revising.differences(schema, connection)
            assert found == [], f"{schema.name or 'core'}: `flask portal revision` writes what is missing"


def test_a_difference_is_seen(app: Flask, owner: Connection) -> None:
    core_metadata()
    owner.execute(text("ALTER TABLE person DROP COLUMN email"))
    owner.execute(text("CREATE TABLE stray (id int)"))
    kinds = {change[0] for change in revising.differences(CORE, owner)}
    assert {"add_column", "remove_table"} <= kinds


def test_the_head_is_pinned_so_that_two_migrations_at_once_meet_in_review(app: Flask) -> None:
    for schema in (CORE, *schemas()):
        assert (schema.folder / "HEAD").read_text().strip() == migrating.revisions(schema)[-1]


def test_the_first_revision_is_written_the_same_from_the_same_models(tmp_path: Path, boats: Flask) -> None:
    schema = next(one for one in schemas() if one.name == "boats")
    elsewhere = Schema("boats", schema.package, tmp_path)
    written = revising.write_initial(elsewhere)
    again = revising.write_initial(elsewhere)
    assert written == again
    assert written.read_text() == (schema.versions / written.name).read_text()


def test_the_job_tables_are_those_of_the_installed_library() -> None:
    """When this fails, write a core revision from the library's own migration scripts, then pin anew."""
    frozen = (CORE.folder / "procrastinate" / "schema_3_10.sql").read_bytes()
    assert hashlib.sha256(frozen).digest() == hashlib.sha256(SchemaManager.get_schema().encode()).digest()


def test_a_plugin_has_a_version_table_of_its_own(boats: Flask, owner: Connection) -> None:
    assert owner.execute(text("SELECT version_num FROM alembic_version_boats")).scalar_one() == "0001"
    core = owner.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    assert core == migrating.revisions(CORE)[-1]


def test_the_core_upgrades_when_a_plugins_package_is_gone(
    boats: Flask, owner: Connection, settings: Settings, tmp_path: Path
) -> None:
    owner.execute(text("INSERT INTO boats_trip (harbour) VALUES ('Dale')"))
    owner.commit()
    left = migrating.upgrade(
        settings.owner_url, settings.database_url, [s for s in schemas() if s.name != "boats"]
    )
    assert left == ["boats"]
    assert owner.execute(text("SELECT harbour FROM boats_trip")).scalar_one() == "Dale"
    assert revising.differences(CORE, owner) == []


def test_a_plugin_that_needs_a_newer_core_is_not_migrated(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    future = Schema("future", "tests.nowhere", tmp_path, requires_core="9999")
    with pytest.raises(UpgradeRefused, match="9999"):
        migrating.upgrade(settings.owner_url, settings.database_url, [future])


def test_an_upgrade_does_not_wait_long_for_a_busy_table(
    app: Flask, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "0001_x.py").write_text(
        'revision = "0001"\ndown_revision = None\n\nfrom alembic import op\n\n\n'
        'def upgrade():\n    op.execute("ALTER TABLE person ADD COLUMN x int")\n'
    )
    engine = create_engine(settings.owner_url)
    with engine.begin() as busy:
        busy.execute(text("SELECT count(*) FROM person"))
        with pytest.raises(UpgradeRefused, match="lock timeout"):
            migrating.upgrade(
                settings.owner_url, settings.database_url, [Schema("busy", "tests.nowhere", tmp_path, "0001")]
            )
    engine.dispose()


def test_upgrading_again_changes_nothing(app: Flask, settings: Settings, owner: Connection) -> None:
    count = text("SELECT count(*) FROM pg_class")
    before = owner.execute(count).scalar_one()
    owner.commit()
    migrating.upgrade(settings.owner_url, settings.database_url, schemas())
    assert owner.execute(count).scalar_one() == before


def test_the_command_makes_a_database_whole(empty: Database, settings: Settings) -> None:
    addresses = {"database_url": empty.app_url, "owner_database_url": empty.owner_url}
    fresh = create_app(settings.model_copy(update=addresses))
    run = fresh.test_cli_runner()
    result = run.invoke(args=["portal", "upgrade"])
    assert result.exit_code == 0, result.output
    engine = create_engine(empty.app_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM unit WHERE tree = 'authority'")).scalar_one() > 5
        with pytest.raises(Exception, match="permission denied"):
            connection.execute(text("DELETE FROM audit_entry"))
    engine.dispose()
