"""What each database role may do."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

APPEND_ONLY = ("audit_entry", "audit_seal")


def grant_rights(connection: Connection, app_role: str) -> None:
    """Let the application's role work on all tables, but only insert and read the audit trail.

    `app_role` must be a plain role name; nothing is granted when it is the connection's own.
    """
    quoted = connection.dialect.identifier_preparer.quote(app_role)
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quoted}"))
    connection.execute(
        text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}")
    )
    connection.execute(text(f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {quoted}"))
    tables = set(inspect(connection).get_table_names())
    for table in APPEND_ONLY:
        if table in tables:
            connection.execute(text(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {quoted}"))
    for table in sorted(tables):
        if table.startswith("alembic_version"):
            connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {quoted}"))
