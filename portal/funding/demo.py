"""Invented grants to look at: an open and an earlier call, applications that have come different lengths."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select

from portal import clock
from portal.access.actor import Actor
from portal.access.assignments import appoint
from portal.access.models import Assignment
from portal.casework.appeals.sending import send_appeal
from portal.casework.declaring import declare_impartial
from portal.database import read, scalar, switch_transaction
from portal.funding import applying, asking, assessing, calls, deciding, queries
from portal.funding.facts import Line
from portal.funding.granted import demo as following
from portal.funding.models import Call
from portal.funding.scheme import SCHEMES, Scheme
from portal.identity.context import actor_of
from portal.identity.models import Person
from portal.organisations.models import Organisation
from portal.units.models import Unit

DATA = Path(__file__).parent / "data" / "demo.toml"
SCHEME = "child_grants"


def load_demo() -> None:
    """Publish the demo's calls and walk their applications, unless there is a call already.

    Leaves out what the demo lacks people, organisations or sites for.
    """
    scheme = SCHEMES.get(SCHEME)
    if scheme is None or scalar(select(Call.id).limit(1)) is not None:
        return
    demo = tomllib.loads(DATA.read_text(encoding="utf-8"))
    publisher, now, year = _publisher(demo["publisher"]), clock.now(), clock.today().year + 1
    earlier = now - timedelta(days=320), now - timedelta(days=260)
    now_open = now - timedelta(days=20), clock.end_of_day(date(year, 1, 22))
    call_ids = {
        "earlier": _publish(scheme, demo["call"], publisher, earlier[1].year, *earlier),
        "open": _publish(scheme, demo["call"], publisher, year, *now_open),
    }
    for given in demo["application"]:
        _walk(scheme, call_ids[given.get("call", "open")], given)


def _publisher(name: str) -> Actor:
    """The decision maker at the directorate; an invented one where the demo's people have none."""
    directorate: int = scalar(select(Unit.id).where(Unit.kind == "directorate"))
    found = _holder("decision_maker", directorate)
    if found is not None:
        return found
    with switch_transaction() as session:
        person: int = session.execute(insert(Person).values(name=name).returning(Person.id)).scalar_one()
        appoint(
            session, person, "decision_maker", directorate, clock.now(), None, "", granted_by=None, actor=None
        )
    return actor_of(person)


def _publish(
    scheme: Scheme, given: dict[str, Any], decider: Actor, year: int, opens: datetime, closes: datetime
) -> int:
    texts = {
        language: {name: text.format(year=year) for name, text in given[language].items()}
        for language in ("nb", "nn")
    }
    terms = calls.CallTerms(
        scheme=scheme.code,
        year=year,
        texts=texts,
        frame_ore=given["frame"] * 100,
        opens_at=opens,
        closes_at=closes,
        rolling=True,
        goals=tuple(goal.code for goal in scheme.goals),
    )
    with clock.fixed(opens):
        return calls.publish_call(terms, actor=decider)


def _walk(scheme: Scheme, call_id: int, given: dict[str, Any]) -> None:
    found: Any = _organisation(given["organisation"])
    if found is None:
        return
    owner_id, kind, region = found
    leader, site = _holder("leader", owner_id), _site(region)
    if leader is None or site is None:
        return
    sent_at = clock.now() - timedelta(days=given.get("days_ago", 1))
    with clock.fixed(sent_at - timedelta(days=1)):
        case_id = applying.start_application(
            scheme, call_id, owner_id=owner_id, kind=kind, key=uuid4(), actor=leader
        )
        _write(scheme, case_id, given, site, leader)
    if given["until"] == "draft":
        return
    with clock.fixed(sent_at):
        applying.submit(scheme, case_id, key=uuid4(), actor=leader)
    _handle(scheme, case_id, given, region, sent_at)


def _write(scheme: Scheme, case_id: int, given: dict[str, Any], site: int, leader: Actor) -> None:
    typed = {
        **given,
        "site_contact": given.get("contact"),
        "amount": given["amount"] * 100,
        "contact_name": leader.name,
        "contact_email": "post@example.no",
        "area": "Mottaket og nærområdet",
        "sites": [site],
    }
    for group in scheme.groups:
        if group.kind == "budget":
            lines = list(_lines(given))
            applying.save_budget(scheme, case_id, group, lines, version=0, actor=leader)
            continue
        answers = {q.code: typed[q.code] for q in group.questions if typed.get(q.code) is not None}
        if answers and (given["until"] != "draft" or group.code in ("maal", "sum")):
            applying.save_answers(scheme, case_id, group, answers, version=0, actor=leader)


def _lines(given: dict[str, Any]) -> Iterator[Line]:
    for side, rows in (("cost", given["costs"]), ("income", given.get("income", []))):
        for post, text, kroner in rows:
            yield Line(side, post, text, kroner * 100)


def _handle(scheme: Scheme, case_id: int, given: dict[str, Any], region: int, sent_at: datetime) -> None:
    until, caseworker = given["until"], _holder("grant_caseworker", region)
    if until == "submitted" or caseworker is None:
        return
    with clock.fixed(sent_at + timedelta(days=2)):
        version = _version(scheme, case_id, caseworker)
        assessing.step(scheme, case_id, "take", version=version, actor=caseworker)
    if until == "in_progress":
        return
    if until == "awaiting_applicant":
        _ask(scheme, case_id, given, caseworker)
        return
    proposed = given["proposed"] * 100
    with clock.fixed(sent_at + timedelta(days=5)):
        assessing.assess(
            scheme,
            case_id,
            criteria={code: "yes" if proposed else "no" for code, _label in scheme.all_criteria()},
            outcome=assessing.outcome_of(proposed > 0, proposed, given["amount"] * 100),
            proposed_ore=proposed,
            reasons=given["reasons"],
            version=_version(scheme, case_id, caseworker),
            send=True,
            actor=caseworker,
        )
    if until != "proposed":
        _decide(scheme, case_id, given, region, sent_at + timedelta(days=8))


def _ask(scheme: Scheme, case_id: int, given: dict[str, Any], caseworker: Actor) -> None:
    with clock.fixed(clock.now() - timedelta(days=1)):
        asking.ask_more(
            scheme,
            case_id,
            fields=given["ask"],
            text=given["question"],
            due_on=clock.today() + timedelta(days=14),
            version=_version(scheme, case_id, caseworker),
            actor=caseworker,
        )


def _decide(scheme: Scheme, case_id: int, given: dict[str, Any], region: int, at: datetime) -> None:
    decider, proposed = _holder("decision_maker", region), given["proposed"] * 100
    if decider is None:
        return
    verdict = deciding.Verdict(granted=proposed > 0, amount_ore=proposed, reasons=given["reasons"])
    with clock.fixed(at):
        version = _version(scheme, case_id, decider)
        deciding.decide(scheme, case_id, verdict, version=version, actor=decider)
    facts = queries.get_application(case_id, scheme=scheme.code, actor=decider)
    leader, officer = _holder("leader", facts.owner_id), _holder("payment_officer", region)
    if leader is None:
        return
    if "appeal" in given:
        with clock.fixed(clock.now() - timedelta(days=1)):
            send_appeal(case_id, text=given["appeal"], key=uuid4(), actor=leader)
    elif given["until"] in following.STEPS and officer is not None:
        caseworker = _holder("grant_caseworker", region)
        if caseworker is not None:
            hands = following.Hands(leader, caseworker, decider, officer)
            following.walk_on(scheme, case_id, given, hands, at)


def _version(scheme: Scheme, case_id: int, actor: Actor) -> int:
    declare_impartial(case_id, actor=actor)
    return queries.get_application(case_id, scheme=scheme.code, actor=actor).version


def _organisation(name: str) -> Any:
    statement = select(Organisation.unit_id, Organisation.kind, Organisation.regional_id)
    rows = read(statement.where(Organisation.name == name))
    return tuple(rows[0]) if rows else None


def _site(region: int | None) -> int | None:
    found: int | None = scalar(
        select(Unit.id).where(Unit.kind == "site", Unit.regional_id == region).order_by(Unit.sort_key)
    )
    return found


def _holder(role: str, unit_id: int) -> Actor | None:
    """Somebody with the role at the unit, else at the directorate."""
    wanted: Any = (
        select(Assignment.person_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(
            Assignment.role == role,
            Assignment.ended_at.is_(None),
            (Assignment.unit_id == unit_id) | (Unit.kind == "directorate"),
        )
    )
    person: int | None = scalar(
        wanted.order_by((Assignment.unit_id == unit_id).desc(), Assignment.id).limit(1)
    )
    return None if person is None else actor_of(person)
