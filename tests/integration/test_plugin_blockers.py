"""The grant scheme cannot be switched off by chance while people write their applications."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal import clock
from portal.pluginhost import switching
from portal.pluginhost.switching import SwitchRefused
from tests.funding import grants
from tests.world import World


def test_a_call_about_to_close_stands_in_the_way(app: Flask, world: World) -> None:
    grants(world, closes_at=clock.now() + timedelta(days=3))
    with pytest.raises(SwitchRefused, match="blocked"):
        switching.disable("child_grants", actor=None, message="Av")
    assert switching.disable("child_grants", actor=None, message="Av", despite_blockers=True)


def test_a_call_with_time_left_does_not(app: Flask, world: World) -> None:
    grants(world, closes_at=clock.now() + timedelta(days=30))
    assert switching.disable("child_grants", actor=None, message="Av")
