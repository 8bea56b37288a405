"""Migrations: the core's first, then each plugin's, every one with a version table of its own.

So a plugin whose package is gone leaves the core sound and its own tables as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import OperationalError

from portal.database.base import Base
from portal.database.schema import grant_rights
from portal.paths import ROOT

MIGRATIONS = ROOT / "migrations"
VERSION_TABLE = "alembic_version"
UPGRADE_LOCK = 7203020
TIMEOUTS = {"lock_timeout": "4s", "statement_timeout": "60s"}
_FOREIGN = ("procrastinate_", VERSION_TABLE)


class UpgradeRefused(Exception):
    """The database cannot be brought up to date now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The tables of the core (`name` empty) or of a plugin, and the folder with their revisions.

    `package` is where the mapped classes stand; `requires_core` the core revision a plugin builds on.
    """

    name: str
    package: str
    folder: Path
    requires_core: str = ""

    @property
    def version_table(self) -> str:
        """Where the revision in force is written down."""
        return f"{VERSION_TABLE}_{self.name}" if self.name else VERSION_TABLE

    @property
    def versions(self) -> Path:
        """The folder of the revisions."""
        return self.folder / "versions"

    def tables(self) -> set[str]:
        """Names of the tables in the models."""
        return tables_in(self.package)


CORE = Schema("", "portal", MIGRATIONS)


def tables_in(package: str) -> set[str]:
    """Names of the tables whose mapped classes stand in `package`."""
    mappers = (m for m in Base.registry.mappers if f"{m.class_.__module__}.".startswith(f"{package}."))
    return {table.name for mapper in mappers for table in mapper.tables if hasattr(table, "name")}


def upgrade(owner_url: str, app_url: str, plugins: Sequence[Schema] = ()) -> list[str]:
    """Bring the core and then each plugin to its newest revision, and give the application its rights.

    One upgrade at a time; a table that is busy for more than four seconds is not waited for. What is done
    of one schema is done whole. Gives the names of plugins whose tables are here and package is not.
    Raises `UpgradeRefused`.
    """
    app_role, owner = make_url(app_url).username, make_url(owner_url).username
    with connected(owner_url) as connection:
        for schema in (CORE, *plugins):
            _check(schema)
            with connection.begin():
                command.upgrade(config(schema, connection), "heads")
            if app_role and app_role != owner:
                with connection.begin():
                    grant_rights(connection, app_role)
        present = plugin_names(connection)
    return sorted(present - {schema.name for schema in plugins})


@contextmanager
def connected(owner_url: str) -> Iterator[Connection]:
    """The owner's connection, alone among upgrades, with short patience for busy tables."""
    engine = create_engine(owner_url)
    try:
        with engine.connect() as connection:
            with connection.begin():
                connection.execute(text("SET lock_timeout = '60s'"))
                connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": UPGRADE_LOCK})
                for name, value in TIMEOUTS.items():
                    connection.execute(text(f"SET {name} = '{value}'"))
            yield connection
    except OperationalError as error:
        raise UpgradeRefused(f"The database did not let the upgrade through: {error.orig}") from error
    finally:
        engine.dispose()


def _check(schema: Schema) -> None:
    if not schema.name:
        return
    if schema.requires_core not in revisions(CORE):
        raise UpgradeRefused(
            f"The plugin {schema.name} needs core revision {schema.requires_core}, which is not here."
        )
    if schema.tables() and not schema.versions.is_dir():
        raise UpgradeRefused(f"The plugin {schema.name} has tables but no {schema.versions}.")


def config(schema: Schema, connection: Connection | None = None, **attributes: Any) -> Config:
    """Alembic's configuration for one schema; env.py finds schema and connection in its attributes."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", str(schema.versions).replace("%", "%%"))
    made.attributes.update(schema=schema, connection=connection, **attributes)
    return made


def revisions(schema: Schema) -> list[str]:
    """The schema's revision ids, oldest first; empty without a folder."""
    if not schema.versions.is_dir():
        return []
    script = ScriptDirectory.from_config(config(schema))
    return [revision.revision for revision in script.walk_revisions()][::-1]


def plugin_names(connection: Connection) -> set[str]:
    """Plugins that have, or had, tables in this database."""
    prefix = f"{VERSION_TABLE}_"
    names = inspect(connection).get_table_names()
    return {name.removeprefix(prefix) for name in names if name.startswith(prefix)}


def includes(schema: Schema, connection: Connection) -> Any:
    """Alembic's filter: which tables of models and database belong to `schema`."""
    owned = schema.tables()
    others = tuple(f"{name}_" for name in plugin_names(connection))

    def include(_item: Any, name: str | None, kind: str, reflected: bool, _compared: Any) -> bool:
        if kind != "table" or name is None or name in owned:
            return True
        if not reflected:
            return False
        return (
            name.startswith(f"{schema.name}_") if schema.name else not name.startswith((*_FOREIGN, *others))
        )

    return include
