"""The one rule in memory, as a condition, as a list: on random worlds the three never differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, and_, insert, select, text

from portal.access import lists, policy
from portal.access.actor import Actor, Held, Place, Switches, reach_of
from portal.access.permissions import PERMISSIONS, Permission
from portal.access.policy import Restriction, allowed, restrict, visible
from portal.access.roles import ROLES
from portal.database import transaction
from portal.web.kit.paging import PAGE_SIZE

NATIONAL, REGIONAL, LOCAL, OWNER = (1, 2, 3), (11, 12, 13), (21, 22, 23, 24), (31, 32, 33)
PLUGINS = ("child_grants", "return_funds")
CASES = Table(
    "case_for_test",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    *(Column(f"{level}_id", BigInteger) for level in ("national", "regional", "local", "owner")),
    Column("plugin", Text),
)


@dataclass(frozen=True)
class Columns:
    """A table's columns under the names the policy asks for."""

    table: Table

    def __getattr__(self, name: str) -> object:
        return self.table.c[name]


COLUMNS = Columns(CASES)


def perhaps(ids: tuple[int, ...]) -> st.SearchStrategy[int | None]:
    return st.none() | st.sampled_from(ids)


places = st.builds(
    Place,
    perhaps(NATIONAL),
    perhaps(REGIONAL),
    perhaps(LOCAL),
    perhaps(OWNER),
    st.none() | st.sampled_from(PLUGINS),
)


@st.composite
def holdings(draw: st.DrawFn) -> tuple[Held, ...]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        tree = draw(st.sampled_from(("authority", "civil")))
        level = draw(st.sampled_from(("national", "regional", "local")))
        units = (
            OWNER if tree == "civil" else {"national": NATIONAL, "regional": REGIONAL, "local": LOCAL}[level]
        )
        unit = draw(st.sampled_from(units))
        reaches = units if (tree, level, unit) == ("authority", "national", NATIONAL[0]) else (unit,)
        role = draw(st.sampled_from((*sorted(ROLES), "a_role_that_is_gone")))
        found.append(Held(number, role, unit, f"unit {unit}", tree, level, reaches))
    return tuple(found)


offs = st.frozensets(st.tuples(st.sampled_from(PLUGINS), perhaps((*NATIONAL, *REGIONAL, *LOCAL))), max_size=3)


@pytest.fixture
def table(app: Flask, database) -> Iterator[None]:  # noqa: ANN001
    """A table with the scope columns, in the test's own database."""
    from sqlalchemy import create_engine

    owner = create_engine(database.owner_url)
    with owner.begin() as connection:
        CASES.create(connection)
        connection.execute(text("GRANT ALL ON case_for_test TO PUBLIC"))
    yield
    owner.dispose()


def fill(connection: Connection, given_places: list[Place]) -> None:
    connection.execute(CASES.delete())
    rows = [{"id": n, **{k: getattr(p, k) for k in Place.__slots__}} for n, p in enumerate(given_places, 1)]
    if rows:
        connection.execute(insert(CASES), rows)


def answers(
    actor: Actor, permission: Permission, given_places: list[Place]
) -> tuple[set[int], set[int], set[int]]:
    """The ids allowed in memory, visible in SQL, and shown by the scoped list page by page."""
    with transaction() as session:
        fill(session.connection(), given_places)
        seen = session.execute(select(CASES.c.id).where(visible(actor, permission, COLUMNS))).scalars()
        in_memory = {n for n, place in enumerate(given_places, 1) if allowed(actor, permission, place)}
        return in_memory, set(seen), listed(actor, permission)


def listed(actor: Actor, permission: Permission) -> set[int]:
    """The ids the scoped list shows, page by page."""
    shown: list[int] = []
    after = None
    while True:
        page = lists.scoped_page(
            select(CASES.c.id), COLUMNS, [CASES.c.id], actor=actor, permission=permission, after=after
        )
        shown += [row.id for row in page[:PAGE_SIZE]]
        if len(page) <= PAGE_SIZE:
            break
        after = (shown[-1],)
    assert shown == sorted(set(shown), reverse=True), "a list repeats or mixes its rows"
    return set(shown)


worlds = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)


@worlds
@given(held=holdings(), off=offs, given_places=st.lists(places, max_size=60), data=st.data())
def test_what_is_allowed_is_visible_and_listed(
    table: None,
    held: tuple[Held, ...],
    off: frozenset[tuple[str, int | None]],
    given_places: list[Place],
    data: st.DataObject,
) -> None:
    actor = Actor(person_id=1, held=held, reach=reach_of(held), switches=Switches(off))
    permission = PERMISSIONS[data.draw(st.sampled_from(sorted(actor.reach) or sorted(PERMISSIONS)))]
    in_memory, seen, shown = answers(actor, permission, given_places)
    assert in_memory == seen == shown


@worlds
@given(held=holdings(), given_places=st.lists(places, max_size=20), odd=st.booleans())
def test_a_plugins_restriction_narrows_all_renderings_alike_and_only_narrows(
    table: None, held: tuple[Held, ...], given_places: list[Place], odd: bool
) -> None:
    name = "casework.case.read"
    actor = Actor(person_id=1, held=held, reach=reach_of(held))
    before = answers(actor, PERMISSIONS[name], given_places)
    restrict(
        Restriction(
            name,
            lambda _actor, place: place.regional_id is not None and place.regional_id % 2 == int(odd),
            lambda _actor, c: and_(c.regional_id.is_not(None), c.regional_id % 2 == int(odd)),
        )
    )
    try:
        after = answers(actor, PERMISSIONS[name], given_places)
    finally:
        policy._restrictions.clear()
    assert after[0] == after[1] == after[2]
    assert after[0] <= before[0]


def test_a_failing_restriction_denies_everywhere(table: None) -> None:
    held = (Held(1, "grant_caseworker", 11, "Sør", "authority", "regional", (11,)),)
    actor, permission = Actor(person_id=1, held=held, reach=reach_of(held)), PERMISSIONS["casework.case.read"]
    here = [Place(1, 11)]
    assert answers(actor, permission, here) == ({1}, {1}, {1})
    restrict(Restriction(permission.name, lambda *_: 1 / 0, lambda *_: 1 / 0))  # type: ignore[arg-type, return-value]
    try:
        assert answers(actor, permission, here) == (set(), set(), set())
    finally:
        policy._restrictions.clear()


def test_the_comparison_sees_a_rendering_that_leaks(table: None, monkeypatch: pytest.MonkeyPatch) -> None:
    held = (Held(1, "grant_caseworker", 11, "Sør", "authority", "regional", (11,)),)
    actor = Actor(
        person_id=1, held=held, reach=reach_of(held), switches=Switches(frozenset({(PLUGINS[0], 11)}))
    )
    here = [Place(1, 11, plugin=PLUGINS[0]), Place(1, 11), Place(1, 12)]
    permission = PERMISSIONS["casework.case.read"]
    assert answers(actor, permission, here) == ({2}, {2}, {2})
    monkeypatch.setattr(lists, "not_switched_off", lambda *_: text("true"))
    in_memory, _seen, shown = answers(actor, permission, here)
    assert shown - in_memory == {1}
