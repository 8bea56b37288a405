"""Two engines on one database: transactions for writing, autocommit for reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, g
from sqlalchemy import Connection, Executable, Row

from portal.database.base import db
from portal.database.transactions import in_transaction
from portal.settings import Settings

_OPTIONS: dict[str, Any] = {"pool_size": 8, "max_overflow": 4, "pool_pre_ping": True, "pool_recycle": 1800}


def init_database(app: Flask, settings: Settings) -> None:
    """Connect the app to `settings.database_url`; no statement is sent here."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = dict(_OPTIONS)
    app.config["SQLALCHEMY_BINDS"] = {
        "read": {"url": settings.database_url, "isolation_level": "AUTOCOMMIT", **_OPTIONS}
    }
    db.init_app(app)
    app.teardown_appcontext(_close_reader)


def read(statement: Executable, parameters: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
    """All rows of a select: on the autocommit engine, or inside the current transaction if there is one."""
    return _connection().execute(statement, parameters or {}).all()


def read_one(statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row[Any] | None:
    """The first row of a select, or None."""
    return _connection().execute(statement, parameters or {}).first()


def scalar(statement: Executable, parameters: Mapping[str, Any] | None = None) -> Any:
    """The first column of the first row, or None."""
    row = read_one(statement, parameters)
    return None if row is None else row[0]


def _connection() -> Connection:
    if in_transaction():
        return db.session.connection()
    if "read_connection" not in g:
        g.read_connection = db.engines["read"].connect()
    connection: Connection = g.read_connection
    return connection


def _close_reader(_error: BaseException | None) -> None:
    connection: Connection | None = g.pop("read_connection", None)
    if connection is not None:
        connection.close()
