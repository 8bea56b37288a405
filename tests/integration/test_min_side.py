"""Min side: one statement for everything the rooms tell of, each row told by its own room."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from flask import Flask
from sqlalchemy import Date, bindparam, cast, literal, select, union_all

from portal.web.kit.frame import Overview, Task
from portal.web.kit.overview import Part, a_day, bound, gather, moment
from tests.pages import statements


def _part(*titles: str) -> Part:
    rows = union_all(*(select(literal(title).label("title")) for title in titles))
    return Part(select(rows.subquery()), lambda row, into: into.needs_me.append(Task(row.title, "/")))


def test_all_parts_are_read_in_one_statement_in_their_order(app: Flask) -> None:
    into = Overview()
    with app.app_context(), statements() as sent:
        gather([_part("a", "b"), _part("c"), _part("d")], into)
    assert [task.title for task in into.needs_me] == ["a", "b", "c", "d"]
    assert len(sent) == 1


def test_parts_that_name_their_parameters_alike_keep_their_own(app: Flask) -> None:
    one = select(bindparam("units", type_=Date).label("units"))
    seen: list[Any] = []

    def tell(row: SimpleNamespace, _into: Overview) -> None:
        seen.append(a_day(row.units))

    days = [datetime(2027, 1, day, tzinfo=UTC).date() for day in (4, 5)]
    with app.app_context():
        gather([Part(bound(one, units=day), tell) for day in days], Overview())
    assert seen == days


def test_times_come_through_json_whole(app: Flask) -> None:
    now = datetime(2027, 3, 28, 1, 30, 0, 123456, tzinfo=UTC)
    seen: list[Any] = []
    rows = select(literal(now).label("at"), cast(None, Date).label("never"))
    with app.app_context():
        gather([Part(rows, lambda row, _into: seen.extend([moment(row.at), a_day(row.never)]))], Overview())
    assert seen == [now, None]


def test_nothing_to_tell_asks_nothing(app: Flask) -> None:
    with app.app_context(), statements() as sent:
        gather([], Overview())
    assert not sent
    with app.app_context(), statements() as sent:
        gather([_part("a")], Overview())
    assert sent  # else the line above would prove nothing
