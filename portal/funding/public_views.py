"""What everybody reads: the scheme's open calls, and a call."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from portal import clock
from portal.access.policy import allowed
from portal.funding import call_queries, queries
from portal.funding.calendar import calendar_of
from portal.funding.calls import place_of
from portal.funding.facts import CallFacts
from portal.funding.paths import Paths
from portal.funding.permissions import CALL_MANAGE, OWN_APPLICATION_READ
from portal.funding.scheme import Scheme
from portal.web.kit.requests import actor


def front(scheme: Scheme) -> str:
    """The scheme: what it is for, and which calls are open."""
    calls = call_queries.open_calls(scheme.code)
    now = clock.now()
    coming = [one for one in call_queries.announced_calls(scheme.code) if one.opens_at > now]
    return render_template(
        "funding/front.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        calls=calls,
        coming=coming,
        manages=allowed(actor(), CALL_MANAGE, place_of(scheme)),
    )


def call(scheme: Scheme, call_id: int) -> str:
    """A call: goals, who may apply, frame, deadline, what is asked, what has changed."""
    who = actor()
    found = call_queries.get_call(call_id, scheme=scheme.code, actor=who)
    mine = queries.drafts_of(call_id, actor=who) if who.may_somewhere(OWN_APPLICATION_READ.name) else []
    return _page(scheme, found, mine, call_queries.versions_of(call_id))


def version(scheme: Scheme, call_id: int, number: int) -> str:
    """What a call said in an earlier version."""
    found = call_queries.get_call(call_id, scheme=scheme.code, version=number, actor=actor())
    return _page(scheme, found, [], call_queries.versions_of(call_id))


def calendar(scheme: Scheme, call_id: int) -> Response:
    """A call's dates as a calendar file."""
    return _calendar(scheme, [call_queries.get_call(call_id, scheme=scheme.code)], f"utlysning-{call_id}")


def calendars(scheme: Scheme) -> Response:
    """The dates of all open and coming calls, to subscribe to."""
    return _calendar(scheme, call_queries.announced_calls(scheme.code), "utlysninger")


def _calendar(scheme: Scheme, found: list[CallFacts], name: str) -> Response:
    shown = f'attachment; filename="{name}.ics"'
    text = calendar_of(found, f"{scheme.prefix}/utlysning/")
    return Response(text, mimetype="text/calendar", headers={"Content-Disposition": shown})


def _page(scheme: Scheme, found: CallFacts, mine: Any, versions: list[CallFacts]) -> str:
    goals = [goal for goal in scheme.goals if goal.code in found.goals]
    now = clock.now()
    return render_template(
        "funding/call.html",
        scheme=scheme,
        paths=Paths(scheme.prefix),
        call=found,
        goals=goals,
        drafts=mine,
        versions=versions,
        current=not versions or found.version == versions[0].version,
        manages=allowed(actor(), CALL_MANAGE, place_of(scheme)),
        opened=found.opens_at <= now,
        passed=found.closes_at <= now,
    )
