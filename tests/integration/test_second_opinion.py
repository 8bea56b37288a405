"""The portal's answers against a second opinion on random worlds: memory, SQL and list never differ."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import and_, insert, select, text, update

from portal import clock
from portal.access import policy
from portal.access.actor import Actor, Place
from portal.access.assignments import appoint
from portal.access.models import Assignment
from portal.access.permissions import PERMISSIONS
from portal.access.policy import Restriction, allowed, restrict, visible
from portal.access.refusals import AssignmentRefused
from portal.access.roles import ROLES
from portal.administration import unit_services
from portal.casework.impartiality import barred
from portal.database import read, switch_transaction, transaction
from portal.identity.context import actor_of
from portal.pluginhost.models import PluginSwitch
from portal.units.contracts import Contract, enter_contract
from portal.units.models import Unit
from tests import second_opinion as second
from tests.integration.test_policy_properties import CASES, COLUMNS, fill, listed, table
from tests.world import World

__all__ = ["table"]
PLUGINS = ("child_grants", "return_funds")
HOUR = timedelta(hours=1)


def role_table() -> dict[str, second.Role]:
    """The catalogue as plain data, with what plugins added to it."""
    return {
        one.name: second.Role(
            one.tree,
            one.levels,
            one.permissions,
            one.never_with,
            one.by_contract,
            one.time_limited,
            one.kinds,
        )
        for one in ROLES.values()
    }


@dataclass(frozen=True)
class Subject:
    """A case, as far as ties to its party go."""

    owner_id: int | None
    id: int = 0
    kind: str = ""


@dataclass
class Compared:
    """Random worlds in one database; counts what was asked and keeps what was answered differently."""

    world: World
    chance: random.Random
    asked: int = 0
    differs: list[str] = field(default_factory=list)
    facts: second.Facts = field(init=False)
    units: list[int] = field(default_factory=list)
    sites: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.boss = self.world.actor("access_administrator", "udi")
        regions = ("sor", "nord", "ate")
        self.sites = [self.world.site(f"Sted {n}", regions[n % 3]) for n in range(6)]
        civil = [self.world.civil_unit(f"Lag {n}", level=("local", "national")[n % 2]) for n in range(4)]
        codes = ("udi", "lt-mottaksoppfolging", "sor", "nord", "ate", "vest")
        self.units = [*(self.world.unit(code) for code in codes), *self.sites, *civil]
        with transaction() as session:
            for branch, parent in ((civil[0], civil[1]), (civil[2], civil[3])):
                session.execute(update(Unit).where(Unit.id == branch).values(parent_id=parent))

    def whole_world(self, people: int = 10, things: int = 60) -> None:
        """One more world, and every question about it."""
        self.people = [self.world.person(f"Person {n}") for n in range(people)]
        self.begin()
        for _each in range(people * 3):
            self.grant()
        self.appoint_some(people * 3)
        self.move_contracts()
        self.switch()
        with narrowing(self.facts.odd_regions_only):
            self.ask_all([self.thing() for _one in range(things)])

    def begin(self) -> None:
        rows = read(select(Unit.id, Unit.tree, Unit.level, Unit.kind, Unit.parent_id))
        units = {
            r.id: second.Unit(
                r.id, r.tree, r.level, r.kind == "directorate", affiliated_to=r.parent_id, kind=r.kind
            )
            for r in rows
        }
        outlives = {p.name for p in PERMISSIONS.values() if p.survives_disable}
        narrow = self.chance.choice(((), ("casework.case.read", "funding.own.read")))
        self.facts = second.Facts(
            role_table(), units, outlives_plugins=outlives, odd_regions_only=narrow, contracts={}, grants=[]
        )
        for row in read(text("SELECT id, site_id, operation_from, valid_to FROM operator_contract")):
            self.note(*row)

    def note(self, contract: int, site: int, first: date, last: date | None) -> None:
        ends = clock.end_of_day(last) if last else None
        begins = clock.end_of_day(first - timedelta(days=1))
        self.facts.contracts[contract] = second.Contract(contract, site, begins, ends)

    def grant(self) -> None:
        """A role straight in the table: past, present or future, also where it does not belong."""
        role = self.chance.choice([*sorted(r for r, one in ROLES.items() if not one.by_contract), "gone"])
        now, unit = clock.now(), self.chance.choice(self.units)
        begins = now + self.chance.choice((-50, -5, -5, -5, 5)) * HOUR
        ends = self.chance.choice((None, None, begins + HOUR, now + 5 * HOUR, now + 500 * HOUR))
        ends = None if ends is None or ends <= begins else ends
        back = self.chance.choice((None, None, None, None, now - 2 * HOUR))
        one = second.Grant(self.chance.choice(self.people), role, unit, begins, ends, back)
        if back is None and any(
            (g.person, g.unit, g.role, g.taken_back) == (one.person, unit, role, None)
            for g in self.facts.grants
        ):
            return
        self.put(one)
        self.facts.grants.append(one)

    def put(self, one: second.Grant) -> None:
        values = {
            "person_id": one.person, "role": one.role, "unit_id": one.unit, "valid_from": one.begins,
            "valid_to": one.ends, "ended_at": one.taken_back, "contract_id": one.contract,
        }  # fmt: skip
        with switch_transaction() as session:
            session.execute(insert(Assignment).values(values))

    def appoint_some(self, times: int) -> None:
        """Roles by the portal's own rules: whether each is given is a question too."""
        for site in self.sites:
            if not any(c.site == site for c in self.facts.contracts.values()):
                self.contract(site)
        for _each in range(times):
            self.appoint_one()

    def contract(self, site: int) -> None:
        first = clock.today() + timedelta(days=self.chance.choice((-40, -3, 2)))
        about = Contract(operator_name="Drift AS", organisation_number="311094688",
                         awarded_on=first, signed_on=first, operation_from=first)  # fmt: skip
        with transaction() as session:
            made = enter_contract(session, site, about, actor=None)
        self.note(made, site, first, None)

    def appoint_one(self) -> None:
        at_sites = [name for name, one in ROLES.items() if one.by_contract]
        apart = [name for name, one in ROLES.items() if one.never_with]
        role = self.chance.choice(self.chance.choice((at_sites, apart, [*sorted(ROLES), "gone"])))
        known = ROLES.get(role)
        fitting = [u for u in self.units if known and known.fits(*self.where(u))]
        unit = self.chance.choice(fitting if fitting and self.chance.random() < 0.9 else self.units)
        now = clock.now()
        begins = now + self.chance.choice((0, 0, 0, 0, 30, -48)) * HOUR
        ends = self.chance.choice((None, None, now + 500 * HOUR, now + 40 * HOUR, begins - HOUR))
        one = second.Grant(self.chance.choice(self.people), role, unit, begins, ends)
        midnight = clock.end_of_day(clock.today() - timedelta(days=1))
        self.same(f"give {one}", second.may_be_given(self.facts, one, midnight, now), self.given(one))

    def where(self, unit: int) -> tuple[str, str]:
        return self.facts.units[unit].tree, self.facts.units[unit].level

    def given(self, one: second.Grant) -> bool:
        """Give the role by the portal's rules, and remember it as the table has it."""
        try:
            with switch_transaction() as session:
                made = appoint(
                    session, one.person, one.role, one.unit, one.begins, one.ends, "Prøve",
                    granted_by=None, actor=None,
                )  # fmt: skip
                bound = session.execute(
                    select(Assignment.contract_id).where(Assignment.id == made)
                ).scalar_one()
        except AssignmentRefused:
            return False
        self.facts.grants.append(replace(one, contract=bound))
        return True

    def move_contracts(self) -> None:
        """Give some contracts another end, so that roles end with them."""
        for contract in list(self.facts.contracts.values()):
            if self.chance.random() < 0.5:
                continue
            first = clock.oslo(contract.begins).date()
            last = max(first, clock.today() + timedelta(days=self.chance.choice((-2, -1, 1, 9))))
            boss = actor_of(self.boss.person_id or 0)
            unit_services.change_contract(contract.id, last, None, actor=boss)
            # A role that was given until the contract's end keeps that end when the contract goes on.
            self.facts.grants = [
                replace(g, ends=min(x for x in (g.ends, contract.ends) if x))
                if g.contract == contract.id and (g.ends or contract.ends)
                else g
                for g in self.facts.grants
            ]
            self.note(contract.id, contract.site, first, last)

    def switch(self) -> None:
        places = [None, *self.units[:9]]
        off = {
            (self.chance.choice(PLUGINS), self.chance.choice(places))
            for _n in range(self.chance.randint(0, 3))
        }
        with switch_transaction() as session:
            session.execute(update(PluginSwitch).values(enabled=True))
            for plugin, unit in off:
                session.execute(
                    text(
                        "INSERT INTO plugin_switch (plugin, unit_id, enabled) VALUES (:p, :u, false)"
                        " ON CONFLICT (plugin, coalesce(unit_id, 0)) DO UPDATE SET enabled = false"
                    ),
                    {"p": plugin, "u": unit},
                )
        self.facts.switched_off = off

    def thing(self) -> second.Thing:
        """A case somewhere: most often on a whole path of the tree, sometimes on a path of its own."""
        by = {level: [u for u in self.units if self.where(u) == ("authority", level)] for level in
              ("national", "regional", "local")}  # fmt: skip
        drawn = {
            k: self.chance.choice([None, *v] if self.chance.random() < 0.3 else v) for k, v in by.items()
        }
        owners = [u for u in self.units if self.where(u)[0] == "civil"]
        if self.chance.random() < 0.1:
            drawn = dict.fromkeys(drawn)
        return second.Thing(
            **drawn, owner=self.chance.choice([None, *owners]), plugin=self.chance.choice((None, *PLUGINS))
        )

    def ask_all(self, things: list[second.Thing]) -> None:
        places = [Place(t.national, t.regional, t.local, t.owner, t.plugin) for t in things]
        with transaction() as session:
            fill(session.connection(), places)
            now = clock.now()
            for person in self.people:
                actor = actor_of(person)
                for name in self.questions(actor):
                    expected = self.expected(person, name, things, now)
                    self.ask(actor, name, places, expected)
                self.ties(actor, things, now)

    def expected(self, person: int, name: str, things: list[second.Thing], now: datetime) -> set[int]:
        return {n for n, t in enumerate(things, 1) if second.may(self.facts, person, name, t, now)}

    def questions(self, actor: Actor) -> list[str]:
        held = sorted(actor.reach)
        few = self.chance.sample(held, min(len(held), 6))
        return [*few, *self.chance.sample(sorted(PERMISSIONS), 2), *self.facts.odd_regions_only]

    def ask(self, actor: Actor, name: str, places: list[Place], expected: set[int]) -> None:
        permission = PERMISSIONS[name]
        memory = {n for n, place in enumerate(places, 1) if allowed(actor, permission, place)}
        sql = set(row.id for row in read(select(CASES.c.id).where(visible(actor, permission, COLUMNS))))
        self.asked += len(places)
        for what, got in (("memory", memory), ("sql", sql), ("list", listed(actor, permission))):
            if got != expected:
                self.differs.append(f"{what}: {name}, {sorted(got ^ expected)}, {actor.held}")

    def ties(self, actor: Actor, things: list[second.Thing], now: datetime) -> None:
        """Who must keep away from a case: by membership, a declared tie, or a leader's tie."""
        tied = set(self.chance.sample(self.people, 2))
        leaders = {self.people[0]: self.people[1]}
        me = actor.person_id or 0
        parts = {"disqualified"} if me in tied else set()
        parts |= {"subordinate"} if leaders.get(me) in tied else set()
        for thing in things[:20]:
            expected = second.is_disqualified(self.facts, me, thing, now, tied=tied, leaders=leaders)
            subject: Any = Subject(thing.owner)
            if thing.owner is not None:
                self.same(f"tie {me} {thing}", expected, barred(subject, actor, parts) is not None)

    def same(self, what: str, expected: bool, got: bool) -> None:
        self.asked += 1
        if expected != got:
            self.differs.append(f"{what}: expected {expected}")


class narrowing:
    """A plugin's restriction on some permissions, as long as the block lasts."""

    def __init__(self, names: Any) -> None:
        self.names, self.before = names, {k: list(v) for k, v in policy._restrictions.items()}

    def __enter__(self) -> None:
        for name in self.names:
            restrict(
                Restriction(
                    name,
                    lambda _actor, place: place.regional_id is not None and place.regional_id % 2 == 1,
                    lambda _actor, c: and_(c.regional_id.is_not(None), c.regional_id % 2 == 1),
                )
            )

    def __exit__(self, *_how: object) -> None:
        policy._restrictions.clear()
        policy._restrictions.update(self.before)


@pytest.fixture
def compared(world: World, table: None) -> Compared:
    return Compared(world, random.Random(20261122))


def test_no_answer_differs_from_the_second_opinion(compared: Compared) -> None:
    while compared.asked < 12_000:
        compared.whole_world()
    assert compared.differs[:5] == []


@pytest.mark.proof
def test_a_million_answers_do_not_differ_from_the_second_opinion(compared: Compared) -> None:
    while compared.asked < 1_000_000:
        compared.whole_world(people=14, things=250)
        assert compared.differs[:5] == []
    print(f"questions: {compared.asked:,}, divergences: {len(compared.differs)}")


@pytest.mark.parametrize(
    "spoil",
    [
        ("covers", lambda *_: True),
        ("in_force", lambda *_: True),
        ("stands", lambda *_: True),
        ("is_off", lambda *_: False),
        ("may_meet", lambda *_: True),
    ],
    ids=lambda spoil: spoil[0],
)
def test_the_comparison_sees_each_part_of_the_rule(
    compared: Compared, monkeypatch: pytest.MonkeyPatch, spoil: tuple[str, Any]
) -> None:
    monkeypatch.setattr(second, *spoil)
    for _world in range(6):
        compared.whole_world()
        if compared.differs:
            return
    pytest.fail("nobody saw it")
