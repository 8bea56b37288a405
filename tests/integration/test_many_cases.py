"""Lists of cases stay as quick when cases are many: what they read is what they show."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from benchmarks.many_cases import RARE_REGION, fill_cases
from portal.access.actor import Actor
from portal.casework import deadline_queries, own
from portal.casework.models import Case
from portal.database import db, read
from portal.funding import queries
from portal.funding.case_views import VIEWS
from portal.funding.granted import waiting
from portal.supervisor.postgres import ADMIN, Cluster
from tests.conftest import Database
from tests.funding import Grants, grants

MANY = 40_000
SCHEME = "child_grants"
LARGE = ("casework_case", "funding_application", "funding_instalment", "funding_report", "casework_deadline")
AT_MOST = 1_000
"""Rows read of one large table for a page of 25, in up to seven states; those thrown away count too."""


@pytest.fixture
def made(app: Flask, world: Any, cluster: Cluster, database: Database) -> Grants:
    """Staff of the country, of a region with many cases and of one with few, and forty thousand cases."""
    given = grants(world)
    given.staff("country", "grant_caseworker", "udi")
    given.staff("few", "grant_caseworker", RARE_REGION)
    given.staff("payer", "payment_officer", "udi")
    fill_cases(cluster.url(ADMIN, database.name), MANY)
    given.member("many", owner_id=read(select(Case.owner_id).order_by(Case.id.desc()).limit(1))[0].owner_id)
    return given


def lists(made: Grants) -> Iterator[tuple[str, Callable[[str | None], Any]]]:
    """Name → a list to read from a key on; the same for everybody who reads it in their own way."""
    for who in ("country", "caseworker", "few"):
        for view, (_label, states) in VIEWS.items():
            yield f"{who} {view}", _queue(made.actor(who), states)
    for who in ("decider", "payer"):
        for code, pile in waiting.piles_of(made.actor(who)).items():
            if code not in ("endringer", "tilbake", "konto"):  # there are none
                yield f"{who} {code}", _pile(made.actor(who), pile)
    leader = made.actor("many")
    yield "own cases", lambda after: own.own_cases(leader, after)


def _queue(actor: Actor, states: Any) -> Callable[[str | None], Any]:
    return lambda after: queries.queue(SCHEME, actor=actor, states=states, after=after)


def _pile(actor: Actor, pile: Any) -> Callable[[str | None], Any]:
    return lambda after: waiting.waiting(SCHEME, pile, actor=actor, after=after)


def test_no_list_of_cases_reads_more_than_it_shows(made: Grants) -> None:
    too_much, full = [], 0
    for name, ask in lists(made):
        page = ask(None)
        full += len(page.rows) == 25
        for after in (None, page.next_key):
            too_much += [(name, after is None, *found) for found in _much(partial(ask, after))]
    assert not too_much
    assert full >= 8  # else there was nothing to read


def test_the_deadlines_of_a_country_do_not_read_every_deadline(made: Grants) -> None:
    country = made.actor("country")
    assert _much(lambda: deadline_queries.deadlines_of(country, everybodys=True)) == []


def test_a_list_that_reads_too_much_would_be_noticed(made: Grants) -> None:
    """The decided ones picked out of all, the newest first, walk past everything that waits."""
    decided = list(VIEWS["avgjort"][1] or ())
    newest = (
        select(Case.id)
        .where(Case.national_id == made.world.unit("udi"), Case.state.in_(decided))
        .order_by(Case.submitted_at.desc(), Case.id.desc())
        .limit(400)
    )
    assert _much(lambda: read(newest))
    assert _much(lambda: read(select(Case.id).where(Case.title == "x")))


def _much(ask: Callable[[], Any]) -> list[tuple[str, float]]:
    """(table, rows read) of the large tables that a list's statements read too much of."""
    sent: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    ask()
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    return [found for statement in sent for found in _reads(*statement).items() if found[1] > AT_MOST]


def _reads(statement: str, parameters: Any) -> dict[str, float]:
    with db.engine.connect() as connection:
        asked = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
        told = connection.exec_driver_sql(asked, parameters).scalar_one()
    plan = told if isinstance(told, list) else json.loads(told)
    rows: dict[str, float] = {}
    ahead = [plan[0]["Plan"]]
    while ahead:
        node = ahead.pop()
        ahead += node.get("Plans", [])
        table = node.get("Relation Name")
        if table in LARGE:
            looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            rows[table] = rows.get(table, 0) + looked_at * node["Actual Loops"]
    return rows
