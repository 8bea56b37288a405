"""Every guard that the matrix of pages does not miss is missed here: asked straight, and then taken out."""

from __future__ import annotations

from contextlib import ExitStack
from types import SimpleNamespace

import pytest
from flask import Flask

from tests.access_cases import store_nothing
from tests.guards import guards, taken_out
from tests.matrix_world import MatrixWorld
from tests.missed_elsewhere import ASKED_STRAIGHT, MISSED_BY, NOT_ALONE
from tests.probes import Probes
from tests.world import World


def test_each_guard_stops_who_comes_past_the_page_and_is_missed(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {str(guard): guard for guard in guards()}
    probes = Probes(MatrixWorld(app, world).build())
    store_nothing(SimpleNamespace(effects=0), monkeypatch)
    unmissed = []
    for name, probe in probes.each.items():
        probe()
        with ExitStack() as out:
            for one in filter(None, (name, probes.behind.get(name))):
                out.enter_context(taken_out(known[one]))
            try:
                probe()
            except BaseException:  # whatever goes wrong: with the guard it did not
                continue
        unmissed.append(name)
    assert unmissed == []
    assert set(probes.each) == ASKED_STRAIGHT


def test_what_is_said_of_guards_is_said_of_those_there_are() -> None:
    assert {*MISSED_BY, *ASKED_STRAIGHT, *NOT_ALONE} <= {str(guard) for guard in guards()}
