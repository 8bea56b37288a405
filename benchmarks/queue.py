"""The caseworkers' list over a thousand and over a million applications."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import psycopg
from flask import Flask
from psycopg_pool import ConnectionPool
from sqlalchemy import event, insert, select, text

from benchmarks.many_cases import RARE_REGION, fill_cases
from benchmarks.measuring import compare, getter, statements
from benchmarks.portals import Portal, copied, session_of
from portal import clock
from portal.access.models import Assignment
from portal.database import read, read_one, switch_transaction
from portal.funding.case_views import VIEWS
from portal.identity.models import Person
from portal.supervisor.postgres import ADMIN, Cluster
from portal.units.models import Unit
from portal.web.kit.paging import encode_key
from portal.web.shell.dispatch import SESSION_COOKIE

FEW, MANY = 1_000, 1_000_000
MOST_STATEMENTS = 6
PATH = "/barnetilskudd/behandling"
READERS = {
    "the country": ("national_id", "udi"),
    "a region with many": ("regional_id", "sor"),
    "a region with few": ("regional_id", RARE_REGION),
}
"""Where the reader handles grants → the column and the unit by which the list finds its rows."""
_MIDDLE = """
    WITH own AS (SELECT submitted_at, id FROM casework_case
                  WHERE {column} = (SELECT id FROM unit WHERE code = :code)
                    AND submitted_at IS NOT NULL
                    AND (CAST(:states AS text[]) IS NULL OR state = ANY(CAST(:states AS text[]))))
    SELECT submitted_at, id FROM own ORDER BY submitted_at DESC, id DESC
    OFFSET (SELECT count(*) / 2 FROM own) LIMIT 1
"""


@dataclass(frozen=True)
class Grown:
    """A portal with that many applications, and its readers' cookies."""

    portal: Portal
    cookies: dict[str, str]

    def path(self, who: str, view: str, *, middle: bool) -> str:
        """The address of a view of the list, on its first page or half way."""
        wish = {"vis": view}
        column, code = READERS[who]
        states = VIEWS[view][1]
        given = {"code": code, "states": list(states) if states else None}
        with self.portal.app.app_context():
            row = read_one(text(_MIDDLE.format(column=column)), given) if middle else None
        if row is not None:
            wish["after"] = encode_key(tuple(row))
        return f"{PATH}?{urlencode(wish)}"


def queue(cluster: Cluster, portal: Portal) -> None:
    """Every view, first page and half way: against the raw driver and a constant page, and the short list.

    Raises `AssertionError` when a page sends too many statements.
    """
    with ExitStack() as stack:
        few = stack.enter_context(_grown(cluster, portal, FEW))
        many = stack.enter_context(_grown(cluster, portal, MANY))
        print(f"\nthe list of {MANY:,} applications, against the same rows read raw and a constant page, and")
        print(f"against the list of {FEW:,}")
        print(
            f"{'reader, view':<44} {'to raw':>7} {'spread':>12} {'ms':>7} {'statements':>11} {'to short':>9}"
        )
        for who in READERS:
            for view in VIEWS:
                for middle in (False, True):
                    _line(few, many, who, view, middle=middle)


def _line(few: Grown, many: Grown, who: str, view: str, *, middle: bool) -> None:
    path, short = (one.path(who, view, middle=middle) for one in (many, few))
    get = getter(many.portal.app, path, cookie=many.cookies[who])
    body = get()
    with statements(many.portal.engines) as sent:
        get()
    assert len(sent) <= MOST_STATEMENTS, sent
    with _raw_page(many.portal, get, body) as raw:
        to_raw = compare(path, get, raw, rounds=11, calls=10)
    to_short = compare(path, get, getter(few.portal.app, short, cookie=few.cookies[who]), rounds=11, calls=10)
    name = f"{who}, {view}, {'half way' if middle else 'first'}"
    spread = f"{to_raw.lowest:.2f}-{to_raw.highest:.2f}"
    print(
        f"{name:<44} {to_raw.median:7.2f} {spread:>12} {to_raw.milliseconds:7.2f} {len(sent):11d}"
        f" {to_short.median:9.2f}",
        flush=True,
    )


@contextmanager
def _raw_page(portal: Portal, get: Callable[[], bytes], body: bytes) -> Iterator[Callable[[], bytes]]:
    """A bare view that reads the page's rows, with the page's own statement, and answers a constant body."""
    statement, parameters = _list_statement(portal, get)
    app = Flask("baseline")

    @app.get("/")
    def page() -> bytes:
        with pool.connection() as connection:
            connection.execute(statement, parameters).fetchall()
        return body

    with ConnectionPool[psycopg.Connection[Any]](
        portal.conninfo, min_size=1, max_size=2, kwargs={"autocommit": True}, open=True
    ) as pool:
        yield getter(app, "/")


def _list_statement(portal: Portal, get: Callable[[], bytes]) -> tuple[Any, Any]:
    """What the page sends to read its rows."""
    seen: list[tuple[Any, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "casework_case.submitted_at DESC" in statement:
            seen.append((statement, parameters))

    for engine in portal.engines:
        event.listen(engine, "before_cursor_execute", note)
    get()
    for engine in portal.engines:
        event.remove(engine, "before_cursor_execute", note)
    return seen[0]


@contextmanager
def _grown(cluster: Cluster, portal: Portal, count: int) -> Iterator[Grown]:
    name = f"applications_{count}"
    with copied(cluster, portal, name) as made:
        fill_cases(cluster.url(ADMIN, name), count)
        with made.app.app_context():
            cookies = {
                who: f"{SESSION_COOKIE}={session_of(_reader(code))}" for who, (_c, code) in READERS.items()
            }
        yield Grown(made, cookies)


def _reader(code: str) -> int:
    """Somebody new who handles grants at a unit; gives the id."""
    unit: int = read(select(Unit.id).where(Unit.code == code))[0].id
    with switch_transaction() as session:
        made: int = session.execute(
            insert(Person).values(name=f"Leser {code}").returning(Person.id)
        ).scalar_one()
        session.execute(
            insert(Assignment).values(
                person_id=made, unit_id=unit, role="grant_caseworker", valid_from=clock.now()
            )
        )
    return made
