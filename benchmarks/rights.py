"""Access as the portal grows: one check, the context statement, a scoped list, each large against small."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import create_engine, event, select, text

from benchmarks.measuring import compare
from benchmarks.portals import Portal, copied
from portal.access.actor import Actor, Held, Place, Reach, reach_of
from portal.access.lists import scoped_page
from portal.access.permissions import find
from portal.access.policy import allowed
from portal.casework.models import Case
from portal.database import read
from portal.identity.context import actor_of
from portal.supervisor.postgres import Cluster

PEOPLE, ASSIGNMENTS = 100_000, 110_000
FEW, MANY = 1_000, 1_000_000
CHECK = "casework.case.read"
_PEOPLE = text(
    "INSERT INTO person (name, email) SELECT 'P' || n, n || '@example.no' FROM generate_series(1, :n) n"
)
_ASSIGNMENTS = text(
    """
    INSERT INTO assignment (person_id, unit_id, role, valid_from)
    SELECT p.id, u.id, (ARRAY['grant_caseworker', 'regional_contact', 'ate_officer'])[1 + n % 3],
           now() - interval '1 hour'
      FROM generate_series(1, :n) AS n
      JOIN (SELECT id, row_number() OVER (ORDER BY id) AS at FROM person) AS p ON p.at = 1 + n % :people
      JOIN (SELECT id, row_number() OVER (ORDER BY id) AS at FROM unit WHERE level = 'regional'
               AND tree = 'authority') AS u
        ON u.at = 1 + (n + n / :people) % (SELECT count(*) FROM unit
                                            WHERE level = 'regional' AND tree = 'authority')
    ON CONFLICT DO NOTHING
    """
)
_CASES = text(
    """
    INSERT INTO casework_case (kind, title, state, state_kind, number, submitted_at, created_at, owner_id,
                               applicant_id, national_id, regional_id, local_id)
    SELECT 'application', 'Sak ' || n, 'submitted', 'waiting', 'P' || n, moment, moment, owner.id, person.id,
           directorate.id, region.id, site.id
      FROM (SELECT n, now() - n * interval '1 second' AS moment
              FROM generate_series(1, CAST(:n AS int)) AS n) AS s
      JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM unit WHERE tree = 'civil') AS owner
        ON owner.at = n % (SELECT count(*) FROM unit WHERE tree = 'civil')
      JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM unit WHERE level = 'regional'
               AND tree = 'authority') AS region
        ON region.at = n % (SELECT count(*) FROM unit WHERE level = 'regional' AND tree = 'authority')
      JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS at FROM unit WHERE level = 'local'
               AND tree = 'authority') AS site
        ON site.at = n % (SELECT count(*) FROM unit WHERE level = 'local' AND tree = 'authority')
     CROSS JOIN (SELECT id FROM unit WHERE kind = 'directorate') AS directorate
     CROSS JOIN (SELECT min(id) AS id FROM person) AS person
    """
)


@dataclass(frozen=True)
class Reader:
    """Whose list it is, and over which units they read."""

    name: str
    units: tuple[tuple[str, str], ...]


READERS = (
    Reader("national", (("national", "kind = 'directorate'"),)),
    Reader("regional", (("regional", "code = 'sor'"),)),
    Reader("local", (("local", "tree = 'authority' AND level = 'local' ORDER BY id LIMIT 1"),)),
    Reader("multi-place", (("regional", "code IN ('sor', 'nord', 'ate')"),
                           ("local", "tree = 'authority' AND level = 'local' ORDER BY id LIMIT 3"))),
)  # fmt: skip


def rights(cluster: Cluster, portal: Portal) -> None:
    """Print each figure: large against small, where 1.0 is as fast."""
    with ExitStack() as stack:
        few = stack.enter_context(_grown(cluster, portal, "rights_few", 0, FEW))
        many = stack.enter_context(_grown(cluster, portal, "rights_many", PEOPLE, MANY))
        _checks(few, many)
        _contexts(few, many)
        for reader in READERS:
            _list(few, many, reader)


@contextmanager
def _grown(cluster: Cluster, portal: Portal, name: str, people: int, cases: int) -> Iterator[Portal]:
    with copied(cluster, portal, name) as made:
        engine = create_engine(made.owner_url)
        with engine.begin() as connection:
            if people:
                connection.execute(_PEOPLE, {"n": people})
                connection.execute(_ASSIGNMENTS, {"n": ASSIGNMENTS, "people": people})
            connection.execute(_CASES, {"n": cases})
            connection.execute(text("ANALYZE"))
        engine.dispose()
        yield made


def _person() -> int:
    """Somebody with a role in a region, the one who came last."""
    query = "SELECT max(person_id) FROM assignment WHERE role = 'grant_caseworker' AND ended_at IS NULL"
    return int(read(text(query))[0][0])


def _checks(few: Portal, many: Portal) -> None:
    """One check by somebody of a small portal and of a large one: microseconds, median of many rounds."""
    both = []
    for portal in (few, many):
        with portal.app.app_context():
            actor = actor_of(_person())
            counts = read(text("SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM assignment)"))[0]
        place = Place(regional_id=next(iter(actor.reach[CHECK].regional)), owner_id=7)
        both.append((actor, place, tuple(counts)))
    permission = find(CHECK)
    times: list[list[float]] = [[], []]
    for _round in range(101):
        for number, (actor, place, _counts) in enumerate(both):
            times[number].append(_micro(lambda a=actor, p=place: allowed(a, permission, p)))  # type: ignore[misc]
    small, large = (statistics.median(one) for one in times)
    print(f"\none check, {both[0][2]} and {both[1][2]} people and assignments")
    print(f"  median {small:.3f} and {large:.3f} microseconds: {large / small:.2f} times")


def _micro(check: Callable[[], object], calls: int = 2_000) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        check()
    return (time.perf_counter() - began) / calls * 1e6


def _contexts(few: Portal, many: Portal) -> None:
    """The one statement that loads a person with every right they have."""
    with few.app.app_context():
        one = _person()
    with many.app.app_context():
        other = _person()
        plans = _plans(many, lambda: actor_of(other))
    asked = compare("the context statement, large against small", _in(many, other), _in(few, one))
    print(f"\n{asked}\n  sequential scans: {plans or 'none'}")


def _in(portal: Portal, person: int) -> Callable[[], object]:
    def ask() -> object:
        with portal.app.app_context():
            return actor_of(person)

    return ask


def _list(few: Portal, many: Portal, reader: Reader) -> None:
    small, large = _page(few, reader), _page(many, reader)
    ratio = compare(f"a list of {MANY:,} against {FEW:,}: {reader.name}", large, small)
    with many.app.app_context():
        plans = _plans(many, large)
    times = 1 / ratio.median
    print(f"\n{ratio}\n  {times:.2f} times as long; sequential scans: {plans or 'none'}")


def _page(portal: Portal, reader: Reader) -> Callable[[], object]:
    """A function that gives the first page of cases the reader reaches."""
    with portal.app.app_context():
        actor = _actor(reader)
    statement, order = (
        select(Case.id, Case.number, Case.title, Case.submitted_at),
        (Case.submitted_at, Case.id),
    )

    def ask() -> Sequence[Any]:
        with portal.app.app_context():
            return scoped_page(statement, Case, order, actor=actor, permission=find(CHECK))

    assert len(ask()) > 20, reader.name  # type: ignore[arg-type]
    return ask


def _actor(reader: Reader) -> Actor:
    """Rights at those units, whatever the level is called: no site role reads cases yet."""
    held = [
        Held(row.id, "auditor", row.id, "", "authority", level, (row.id,))
        for level, condition in reader.units
        for row in read(text(f"SELECT id FROM unit WHERE {condition}"))
    ]
    reach = reach_of(held)
    local = frozenset(one.unit_id for one in held if one.level == "local")
    known = reach.get(CHECK)
    whole = replace(known, local=local) if known is not None else Reach(local=local)
    return Actor(person_id=1, held=tuple(held), reach={CHECK: whole})


def _plans(portal: Portal, ask: Callable[[], object]) -> list[str]:
    """The large tables that what is asked reads from one end to the other."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    for engine in portal.engines:
        event.listen(engine, "before_cursor_execute", note)
    ask()
    for engine in portal.engines:
        event.remove(engine, "before_cursor_execute", note)
    found: list[str] = []
    with portal.engines[0].connect() as connection:
        for statement, parameters in sent:
            rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            found += [row[0].strip() for row in rows if "Seq Scan on" in row[0] and _large(row[0])]
    return found


def _large(line: str) -> bool:
    return any(f"Seq Scan on {name}" in line for name in ("casework_case", "person", "assignment"))
