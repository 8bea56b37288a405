"""Writing revisions: the first from the models alone, later ones from what the database lacks."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import ops
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

from portal.database.base import Base
from portal.database.migrating import CORE, Schema, includes, revisions

JOBS_REVISION = "0001"  # the tables of the job queue come before the core's own, and stay as they are
SEEDS = '    op.execute("INSERT INTO switch_generation (id, value) VALUES (1, 1)")\n'
_FILE = '''"""{message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = {down}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward; the way back is a backup."""
    {body}
{seeds}'''


def write_initial(schema: Schema) -> Path:
    """Write the first revision of a schema anew from its models; needs no database.

    Replaces all revisions there are (of the core all but that of the job queue): only while no database
    with data worth keeping has them.
    """
    kept = JOBS_REVISION if schema is CORE else None
    schema.versions.mkdir(parents=True, exist_ok=True)
    for old in schema.versions.glob("*.py"):
        if kept is None or not old.name.startswith(f"{kept}_"):
            old.unlink()
    operations: list[Any] = []
    for table in _tables(schema):
        operations.append(ops.CreateTableOp.from_table(table))
        indexes = sorted(table.indexes, key=lambda index: index.name or "")
        operations += [ops.CreateIndexOp.from_index(index) for index in indexes]
    context = MigrationContext.configure(dialect=postgresql.dialect())
    seeds = SEEDS if schema is CORE else ""
    return _write(schema, "The first tables", ops.UpgradeOps(ops=operations), context, seeds)


def write_next(schema: Schema, message: str, connection: Connection) -> Path | None:
    """Write a revision of what the models have and the database lacks; None when there is nothing."""
    context = _context(schema, connection)
    found = produce_migrations(context, Base.metadata).upgrade_ops
    if found is None or found.is_empty():
        return None
    return _write(schema, message, found, context, "")


def differences(schema: Schema, connection: Connection) -> list[Any]:
    """What an upgraded database lacks or has too much of, compared with the models."""
    return list(compare_metadata(_context(schema, connection), Base.metadata))


def _context(schema: Schema, connection: Connection) -> MigrationContext:
    options = {
        "version_table": schema.version_table,
        "include_object": includes(schema, connection),
        "compare_type": True,
        "compare_server_default": True,
        "target_metadata": Base.metadata,
    }
    return MigrationContext.configure(connection, opts=options)


def _tables(schema: Schema) -> list[Table]:
    owned = schema.tables()
    return [table for table in Base.metadata.sorted_tables if table.name in owned]


def _write(
    schema: Schema, message: str, found: ops.UpgradeOps, context: MigrationContext, seeds: str
) -> Path:
    known = revisions(schema)
    revision = f"{len(known) + 1:04d}"
    lines = render_python_code(found, migration_context=context).splitlines()
    body = "\n".join(line for line in lines if not line.lstrip().startswith("# ###")).lstrip()
    slug = "_".join(word for word in message.lower().replace("-", " ").split() if word.isalnum())[:40]
    path = schema.versions / f"{revision}_{slug}.py"
    down = f'"{known[-1]}"' if known else "None"
    text = _FILE.format(message=message, revision=revision, down=down, body=body, seeds=seeds)
    path.write_text("".join(f"{line.rstrip()}\n" for line in text.splitlines()), encoding="utf-8")
    _format(path)
    (schema.folder / "HEAD").write_text(f"{revision}\n", encoding="utf-8")
    return path


def _format(path: Path) -> None:
    if find_spec("ruff"):  # a tool of the developers' environment
        for words in (["check", "--fix-only", "--select=F401"], ["format"]):
            subprocess.run([sys.executable, "-m", "ruff", *words, "--quiet", str(path)], check=True)  # noqa: S603
