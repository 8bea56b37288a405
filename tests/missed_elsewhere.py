"""Guards the access matrix does not miss: a page asks before them, or its form needs more than any words.

Each is named here with a test that does miss it: `make proof` runs that test with the guard taken out, and it
must go red.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.guards import Guard, guards, taken_out

MISSED_BY: dict[str, str] = {}
"""A guard, as it names itself → the test that goes red without it."""
NOT_ALONE: dict[str, str] = {}
"""A guard → why nothing that anybody could see changes when it alone is gone."""
OUT = pytest.StashKey[Guard]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Beside each test of `MISSED_BY`, the same without its guard; marked `proof`."""
    known = {str(guard): guard for guard in guards()}
    without: dict[str, list[Guard]] = defaultdict(list)
    for name, test in MISSED_BY.items():
        without[test].append(known[name])
    for item in list(items):
        for guard in without.get(item.nodeid, ()):
            assert isinstance(item, pytest.Function)
            items.append(_again(item, guard))


def _again(item: pytest.Function, guard: Guard) -> pytest.Function:
    again = pytest.Function.from_parent(
        item.parent,
        name=f"{item.name}[without {guard}]",
        callspec=getattr(item, "callspec", None),
        callobj=item.obj,
        fixtureinfo=item._fixtureinfo,
        originalname=item.originalname,
    )
    again.add_marker("proof")
    again.stash[OUT] = guard
    return again


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Without its guard, a test must fail."""
    guard = item.stash.get(OUT, None)
    if guard is None:
        return (yield)
    with taken_out(guard):
        try:
            yield
        except (Exception, pytest.fail.Exception):
            return None
    pytest.fail(f"nothing went red without {guard}")
