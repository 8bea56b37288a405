"""`python -m benchmarks`: every figure as a ratio to a baseline in the same run. 1.0 is as fast."""

from __future__ import annotations

import gzip
import logging
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from flask import Flask
from sqlalchemy import insert, select

from benchmarks.baseline import baseline_app
from benchmarks.measuring import compare, getter, statements
from portal import create_app
from portal.access.actor import Place
from portal.access.permissions import find
from portal.access.policy import allowed
from portal.database import db, migrating, read, transaction
from portal.demo.load import load_demo
from portal.identity.context import actor_of, token_digest
from portal.identity.models import Person, UserSession
from portal.pluginhost.registry import schemas
from portal.settings import Settings, load
from portal.supervisor.postgres import Cluster
from portal.tables import core_metadata
from portal.web.shell.dispatch import SESSION_COOKIE

PAGES = (
    ("/", None),
    ("/min-side", "ingrid"),
    ("/min-side", "amina"),
    ("/varsler", "amina"),
    ("/saker", "amina"),
    ("/organisasjoner", "liv"),
    ("/organisasjoner/registreringer", "liv"),
    ("/barnetilskudd/behandling", "ingrid"),
    ("/enheter", "sofie"),
    ("/tilgang", "sofie"),
)


def main() -> None:
    """Build a portal with demo data, then print the figures."""
    with _portal() as (app, conninfo, sessions):
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        _access(app)
        _pages(app, conninfo, sessions)


def _access(app: Flask) -> None:
    with app.app_context():
        person = read(select(Person.id).where(Person.name.like("Ingrid%")))[0].id
        actor = actor_of(person)
        place = Place(regional_id=next(iter(actor.reach["casework.case.read"].regional)), owner_id=7)
        permission = find("casework.case.read")
        table = {("a", 1): True}
        print(
            compare(
                "one access check, against a dictionary look-up",
                lambda: allowed(actor, permission, place),
                lambda: ("a", 1) in table,
                calls=20_000,
            )
        )


def _pages(app: Flask, conninfo: str, sessions: dict[str, str]) -> None:
    engines = [app.extensions["sqlalchemy"]]
    with app.app_context():
        engines = list(db.engines.values())
    print(f"\n{'page (as)':<34} {'ratio':>6} {'spread':>12} {'ms':>7} {'statements':>11} {'gzip kB':>8}")
    for path, who in PAGES:
        cookie = f"{SESSION_COOKIE}={sessions[who]}" if who else ""
        get = getter(app, path, cookie=cookie)
        body = get()
        with statements(engines) as sent:
            get()
        with _baseline(conninfo, body) as constant:
            ratio = compare(path, get, constant)
        spread = f"{ratio.lowest:.2f}-{ratio.highest:.2f}"
        kilobytes = len(gzip.compress(body, 6)) / 1000
        name = f"{path} ({who or 'anybody'})"
        print(
            f"{name:<34} {ratio.median:6.2f} {spread:>12} {ratio.milliseconds:7.2f} {len(sent):11d} {kilobytes:8.1f}"
        )


@contextmanager
def _baseline(conninfo: str, body: bytes) -> Iterator[Callable[[], bytes]]:
    app, pool = baseline_app(conninfo, body)
    with pool:
        yield getter(app, "/")


@contextmanager
def _portal() -> Iterator[tuple[Flask, str, dict[str, str]]]:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        cluster = Cluster(Path(folder), durable=False)
        cluster.start()
        try:
            app = create_app(_settings(cluster))
            with app.app_context():
                core_metadata()
                migrating.upgrade(cluster.owner_url, cluster.app_url, schemas())
                load_demo()
                sessions = _log_in()
            yield app, cluster.app_url.replace("+psycopg", ""), sessions
            with app.app_context():
                for engine in db.engines.values():
                    engine.dispose()
        finally:
            cluster.stop()


def _settings(cluster: Cluster) -> Settings:
    environ = {"PORTAL_ENV": "test", "DATABASE_URL": cluster.app_url, "DATABASE_OWNER_URL": cluster.owner_url}
    return load(environ)


def _log_in() -> dict[str, str]:
    """A session for each persona who is measured: first name in lower case → token."""
    sessions = {}
    people = {row.name.split()[0].lower(): row.id for row in read(select(Person.name, Person.id))}
    now = datetime.now(UTC)
    for who in sorted({who for _path, who in PAGES if who}):
        sessions[who] = secrets.token_urlsafe(32)
        with transaction() as session:
            session.execute(
                insert(UserSession).values(
                    token_digest=token_digest(sessions[who]),
                    person_id=people[who],
                    issuer="",
                    id_token="",
                    authenticated_at=now,
                    expires_at=now + timedelta(hours=8),
                )
            )
    return sessions


if __name__ == "__main__":
    main()
