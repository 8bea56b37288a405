"""One running portal and one browser for all journeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.running import WIDE, Running, Visitor, started


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The portal as `make run` starts it, with demo data."""
    folder: Path = tmp_path_factory.mktemp("portal")
    with started(folder) as portal:
        yield portal


@pytest.fixture
def visitor(running: Running, chromium: Browser) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors: `visitor()`, `visitor(width=PHONE)`, `visitor(scripts=False)`."""
    made: list[Visitor] = []

    def make(**wishes: Any) -> Visitor:
        one = Visitor(chromium, running, **{"width": WIDE, **wishes})
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()
