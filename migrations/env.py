"""One environment for the core's revisions and every plugin's; `flask portal upgrade` runs it."""

from __future__ import annotations

from alembic import context

from portal.database.migrating import Schema

schema: Schema | None = context.config.attributes.get("schema")
if schema is None:
    raise SystemExit("Run `flask portal upgrade`: it knows the core, the plugins and their order.")

context.configure(
    connection=context.config.attributes["connection"],
    version_table=schema.version_table,
    transactional_ddl=True,
)
context.run_migrations()
