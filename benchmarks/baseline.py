"""What pages are compared with: a bare Flask view, one raw read, a constant body of equal size."""

from __future__ import annotations

from flask import Flask
from psycopg_pool import ConnectionPool


def baseline_app(conninfo: str, body: bytes) -> tuple[Flask, ConnectionPool]:
    """A Flask app whose `/` reads one row with the raw driver and answers `body`; close the pool after."""
    app = Flask("baseline")
    pool = ConnectionPool(conninfo, min_size=1, max_size=2, kwargs={"autocommit": True}, open=True)

    @app.get("/")
    def page() -> bytes:
        with pool.connection() as connection:
            connection.execute("SELECT id, name FROM person LIMIT 1").fetchone()
        return body

    return app, pool
