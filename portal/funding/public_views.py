"""What everybody reads: the scheme's open calls, and a call."""

from __future__ import annotations

from flask import render_template

from portal import clock
from portal.funding import queries
from portal.funding.paths import Paths
from portal.funding.permissions import OWN_APPLICATION_READ
from portal.funding.scheme import Scheme
from portal.web.kit.requests import actor


def front(scheme: Scheme) -> str:
    """The scheme: what it is for, and which calls are open."""
    calls = queries.open_calls(scheme.code)
    return render_template("funding/front.html", scheme=scheme, paths=Paths(scheme.prefix), calls=calls)


def call(scheme: Scheme, call_id: int) -> str:
    """A call: goals, who may apply, frame, deadline, what is asked."""
    who = actor()
    found = queries.get_call(call_id, scheme=scheme.code)
    goals = [goal for goal in scheme.goals if goal.code in found.goals]
    mine = queries.drafts_of(call_id, actor=who) if who.may_somewhere(OWN_APPLICATION_READ.name) else []
    now = clock.now()
    return render_template(
        "funding/call.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        call=found,
        goals=goals,
        drafts=mine,
        opened=found.opens_at <= now,
        passed=found.closes_at <= now,
    )
