"""Portals to measure: one cluster, one database of demo data, and copies of it with more in them."""

from __future__ import annotations

import logging
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy import Engine, create_engine, insert, select, text

from portal import create_app
from portal.database import db, migrating, read, transaction
from portal.demo.load import load_demo
from portal.identity.context import token_digest
from portal.identity.models import Person, UserSession
from portal.pluginhost.registry import schemas
from portal.settings import load
from portal.supervisor.postgres import APP, DATABASE, OWNER, Cluster
from portal.tables import core_metadata
from portal.web.shell.dispatch import SESSION_COOKIE


@dataclass(frozen=True)
class Portal:
    """An app on a database of its own, and how its database is reached."""

    app: Flask
    app_url: str
    owner_url: str

    @property
    def conninfo(self) -> str:
        """The application's address of the database, for the raw driver."""
        return self.app_url.replace("+psycopg", "")

    @property
    def engines(self) -> list[Engine]:
        """The engines that the app sends statements on."""
        with self.app.app_context():
            return list(db.engines.values())

    def log_in(self, first_names: Iterable[str]) -> dict[str, str]:
        """A cookie for each persona, by first name in lower case."""
        with self.app.app_context():
            people = {row.name.split()[0].lower(): row.id for row in read(select(Person.name, Person.id))}
            return {who: f"{SESSION_COOKIE}={session_of(people[who])}" for who in sorted(first_names)}

    def close(self) -> None:
        """Give up the connections."""
        for engine in self.engines:
            engine.dispose()


def session_of(person_id: int) -> str:
    """A new login of a person; gives its token. Needs an app's context."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with transaction() as session:
        session.execute(
            insert(UserSession).values(
                token_digest=token_digest(token),
                person_id=person_id,
                issuer="",
                id_token="",
                authenticated_at=now,
                expires_at=now + timedelta(hours=8),
            )
        )
    return token


@contextmanager
def running() -> Iterator[tuple[Cluster, Portal]]:
    """A cluster that is removed afterwards, and a portal on it with migrations run and demo data in."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        cluster = Cluster(Path(folder), durable=False)
        cluster.start()
        try:
            portal = _portal(cluster, DATABASE)
            with portal.app.app_context():
                core_metadata()
                migrating.upgrade(portal.owner_url, portal.app_url, schemas())
                load_demo()
            yield cluster, portal
            portal.close()
        finally:
            cluster.stop()


@contextmanager
def copied(cluster: Cluster, portal: Portal, name: str) -> Iterator[Portal]:
    """The same portal on a copy of its database; nobody may be connected to the original meanwhile."""
    portal.close()
    admin = create_engine(cluster.admin_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{DATABASE}"'))
    admin.dispose()
    made = _portal(cluster, name)
    yield made
    made.close()


def _portal(cluster: Cluster, name: str) -> Portal:
    app_url, owner_url = cluster.url(APP, name), cluster.url(OWNER, name)
    environ = {"PORTAL_ENV": "test", "DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url}
    app = create_app(load(environ))
    # The page is what is measured: the line that each request writes in the log is left out.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    return Portal(app, app_url, owner_url)
