"""Roles come and go while cases move: no step ever lets one person do both what must be done by two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from portal import clock
from portal.access import assignment_rules
from portal.access.actor import Actor
from portal.access.assignments import end, grant
from portal.access.models import Assignment
from portal.access.policy import Denied, OutOfReach
from portal.access.refusals import AssignmentRefused
from portal.access.reporting import LineRefused, report_to
from portal.access.roles import ROLES
from portal.administration import unit_services
from portal.casework import firing
from portal.casework.distributing import candidates, give
from portal.casework.firing import CaseChanged
from portal.casework.rules import Refused
from portal.casework.staff import get_case
from portal.database import GenerationMoved, read, switch_transaction, transaction
from portal.identity.context import actor_of
from portal.units.contracts import Contract, enter_contract
from tests.funding import Grants, grants
from tests.integration.test_random_walks import CAST, Broken, Walk, cast, without
from tests.world import World

GIVEN = (
    "grant_caseworker", "decision_maker", "payment_officer", "access_administrator", "auditor",
    "regional_contact", "coordinator", "site_manager", "site_volunteer_coordinator",
)  # fmt: skip
STAFF = (
    ("decider", "decision_maker", "udi"), ("caseworker", "grant_caseworker", "sor"),
    ("other_region", "grant_caseworker", "nord"), ("chief", "regional_director", "sor"),
    ("boss", "access_administrator", "udi"), ("second", "access_administrator", "sor"),
)  # fmt: skip
ON_ONE = 150
"""Tries with one set of people: after some more, most of them have lost the roles a case needs."""
LEAVING = ("discard", "withdraw", "decline")
OWN = ("reader", "editor", "treasurer", "signatory")
BOTH = text(
    "SELECT one.case_id, one.person_id FROM casework_participation one JOIN casework_participation other"
    " USING (case_id, person_id) WHERE one.part = 'prepared' AND other.part = 'decided'"
)
OUTLIVES = text(
    "SELECT a.id FROM assignment a JOIN operator_contract c ON c.id = a.contract_id"
    " WHERE a.ended_at IS NULL AND c.valid_to IS NOT NULL AND (a.valid_to IS NULL OR a.valid_to >"
    " greatest(a.valid_from, CAST(c.valid_to + 1 AS timestamp) AT TIME ZONE 'Europe/Oslo'))"
)


class Fresh(dict[str, Actor]):
    """People with the rights they have when they are asked for."""

    def __init__(self, made: Grants) -> None:
        super().__init__()
        self.made = made

    def __getitem__(self, who: str) -> Actor:
        return self.made.actor(who)

    def values(self) -> Any:
        return [self[who] for who in CAST]


class Machine(Walk):
    """A walk in which roles, memberships, lines and contracts change between the steps."""

    def start(self) -> Machine:
        self.actors = Fresh(self.made)
        self.did: Counter[str] = Counter()
        self.contracts: list[int] = []
        first = clock.today() - timedelta(days=9)
        about = Contract(operator_name="Drift AS", organisation_number="311094688", awarded_on=first,
                         signed_on=first, operation_from=first)  # fmt: skip
        for site in self.made.sites.values():
            with transaction() as session:
                self.contracts.append(enter_contract(session, site, about, actor=None))
        return self

    def run(self, steps: int) -> Counter[str]:
        self.anew()
        for number in range(steps):
            if self.tried >= ON_ONE:
                self.anew()
            if not self.case_id:
                self.case_id = self.made.draft()
            self.tried += 1
            act = self.chance.choice((self.once,) * 15 + (self.change,) * 4 + (self.hand_over,))
            act()
            if number % 250 == 0:
                self.everything()
        self.everything()
        return self.did

    def anew(self) -> None:
        """Other people, who hold what the walk begins with, and another case; who was there before leaves."""
        if self.did:
            self.everything()
        with switch_transaction() as session:
            running = Assignment.ended_at.is_(None) & (Assignment.person_id != self.made.people["leader"])
            session.execute(update(Assignment).where(running).values(ended_at=clock.now()))
        for who, role, unit in STAFF:
            self.made.staff(who, role, unit)
        cast(self.made)
        self.case_id, self.tried = 0, 0

    def hand_over(self) -> None:
        """Somebody gives the case to a caseworker who can have it."""
        chief, case = self.made.actor("chief"), self.case_id
        try:
            found = get_case(case, actor=chief)
            able = [person for person, _name in candidates(found)]
            if able:
                give(case, self.chance.choice(able), reason="Prøve", version=found.version, actor=chief)
                self.did["hand_over"] += 1
        except (Refused, Denied, OutOfReach, CaseChanged) as no:
            self.did[f"no: {type(no).__name__}"] += 1

    def pick(self, steps: list[str]) -> str:
        """The party seldom gives up: else few cases come to a decision."""
        return self.chance.choices(steps, [1 if name in LEAVING else 12 for name in steps])[0]

    def way_on(self, facts: Any) -> None:
        """Roles are ended here, so a case may well have to wait for somebody new."""

    def check(self, before: Any, name: str, actor: Actor, parts: Any) -> None:
        super().check(before, name, actor, parts)
        self.did[f"step {name}"] += 1
        if read(text(f"{BOTH.text} AND case_id = :i"), {"i": before.id}):
            raise Broken(f"{name}: one person has prepared and decided")

    def change(self) -> None:
        """One change of who may what, by somebody who may or may not."""
        person = self.made.people[self.chance.choice(CAST)]
        boss = actor_of(self.made.people[self.chance.choice(("boss", "second", "leader", "caseworker"))])
        act = self.chance.choice((self.give, self.give, self.take_back, self.line, self.contract))
        try:
            act(person, boss)
        except (AssignmentRefused, Denied, OutOfReach, LineRefused, GenerationMoved) as no:
            self.did[f"no: {getattr(no, 'code', type(no).__name__)}"] += 1
        else:
            self.did[act.__name__] += 1
        self.person(person)

    def give(self, person: int, boss: Actor) -> None:
        role = self.chance.choice((*GIVEN, *OWN))
        units = [self.made.owner_id] if role in OWN else [*self.units(), *self.made.sites.values()]
        fitting = [unit for unit in units if ROLES[role].fits(*self.where(unit))]
        begins = clock.now() + timedelta(hours=self.chance.choice((0, 0, 0, 40)))
        ends = begins + timedelta(hours=self.chance.choice((30, 900))) if self.chance.random() < 0.5 else None
        grant(person, role, self.chance.choice(fitting), begins, ends, "Prøve", actor=boss)

    def units(self) -> list[int]:
        return [self.made.world.unit(code) for code in ("udi", "sor", "nord")]

    def where(self, unit: int) -> tuple[str, str]:
        row = read(text("SELECT tree, level FROM unit WHERE id = :u"), {"u": unit})[0]
        return row.tree, row.level

    def take_back(self, person: int, boss: Actor) -> None:
        query = select(Assignment.id).where(Assignment.person_id == person, Assignment.ended_at.is_(None))
        rows = read(query.order_by(Assignment.id))
        if len(rows) > 1:
            end(self.chance.choice(rows).id, "Prøve", actor=boss)

    def line(self, person: int, boss: Actor) -> None:
        report_to(person, self.made.people[self.chance.choice(CAST)], actor=boss)

    def contract(self, _person: int, boss: Actor) -> None:
        last = clock.today() + timedelta(days=self.chance.choice((-1, 3, 90)))
        unit_services.change_contract(self.chance.choice(self.contracts), last, None, actor=boss)
        if read(OUTLIVES):
            raise Broken("a role outlives the contract it stands on")

    def person(self, person: int) -> None:
        """What one person holds, now or later, may all meet."""
        query = select(Assignment.role, Assignment.valid_from, Assignment.valid_to, Assignment.granted_by)
        rows = read(query.where(Assignment.person_id == person, Assignment.ended_at.is_(None)))
        for first, second in pairs(rows):
            if second.role in apart(first.role) and overlap(first, second):
                raise Broken(f"{first.role} and {second.role} in one person")
        if any(row.granted_by == person for row in rows):
            raise Broken("a role given to oneself")

    def everything(self) -> None:
        for who in CAST:
            self.person(self.made.people[who])
        if read(BOTH) or read(OUTLIVES):
            raise Broken("prepared and decided by one, or a role that outlives its contract")


def pairs(rows: Any) -> Iterator[tuple[Any, Any]]:
    return ((one, other) for n, one in enumerate(rows) for other in rows[n + 1 :])


def apart(role: str) -> set[str]:
    """The roles that never meet this one, whichever of the two says so."""
    said = {name for name, one in ROLES.items() if role in one.never_with}
    return said | set(ROLES[role].never_with)


def overlap(one: Any, other: Any) -> bool:
    starts = max(one.valid_from, other.valid_from)
    return all(end is None or starts < end for end in (one.valid_to, other.valid_to))


@pytest.fixture
def machine(world: World) -> Machine:
    return Machine(grants(world), seed=11).start()


def test_no_step_brings_together_what_is_kept_apart(machine: Machine) -> None:
    did = machine.run(1_500)
    assert {
        "give",
        "take_back",
        "line",
        "contract",
        "step propose",
        "hand_over",
        "no: never_together",
    } <= set(did)


@pytest.mark.proof
def test_a_hundred_thousand_steps_bring_nothing_together(machine: Machine) -> None:
    did = machine.run(100_000)
    print(dict(did))
    assert {"step refuse", "step demand", "no: to_oneself", "no: beyond_contract"} <= set(did)
    assert did["step propose"] > 200
    assert did["step grant"] > 50
    assert did["hand_over"] > 1_000


@pytest.mark.parametrize(
    ("where", "name", "instead"),
    [
        (assignment_rules, "never_together", lambda *_: False),
        (unit_services, "shorten_to_contract", lambda *_a, **_n: 0),
        pytest.param(
            firing,
            "judge",
            without("casework.separation_of_duties", "casework.prepared_by_disqualified"),
            marks=pytest.mark.proof,
        ),
    ],
    ids=["roles", "contracts", "duties"],
)
def test_the_machine_finds_what_a_missing_rule_lets_through(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, instead: Any
) -> None:
    monkeypatch.setattr(where, name, instead)
    with pytest.raises(Broken):
        machine.run(6_000)
