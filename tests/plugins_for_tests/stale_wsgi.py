"""A portal that remembers the switches for a while: what the tests of switching must catch."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from portal import create_app
from portal.access.actor import Actor, Switches
from portal.web.shell import dispatch

SECONDS = 0.4
_remembered: tuple[float, Switches] = (0.0, Switches())
_load = dispatch.load_actor


def _stale(*arguments: Any, **options: Any) -> Actor:
    global _remembered  # noqa: PLW0603 - the fault on purpose
    actor = _load(*arguments, **options)
    if time.monotonic() - _remembered[0] > SECONDS:
        _remembered = (time.monotonic(), actor.switches)
    return replace(actor, switches=_remembered[1])


dispatch.load_actor = _stale
app = create_app()
