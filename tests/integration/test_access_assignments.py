"""Granting and ending roles: every rule, its positive control, and races."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update

from portal import clock
from portal.access.actor import Actor, Place
from portal.access.assignments import end, grant
from portal.access.explanation import explain
from portal.access.models import Assignment
from portal.access.permissions import find
from portal.access.policy import Denied, OutOfReach, allowed
from portal.access.refusals import TEXTS, AssignmentRefused
from portal.database import GenerationMoved, read, scalar, transaction
from portal.identity.context import actor_of
from portal.units.models import Operator, OperatorContract, Unit
from tests.world import World

LATER = datetime(2099, 1, 1, tzinfo=UTC)


@dataclass
class Wish:
    """A grant that every rule allows, for a test to spoil in one place."""

    person_id: int
    role: str
    unit_id: int
    valid_from: datetime
    valid_to: datetime | None = None
    reason: str = "Ny jobb"

    def granted(self, actor: Actor) -> int:
        fresh = actor_of(actor.person_id or 0)
        return grant(
            self.person_id, self.role, self.unit_id, self.valid_from, self.valid_to, self.reason, actor=fresh
        )


@pytest.fixture
def admin(world: World) -> Actor:
    return world.actor("access_administrator", "udi", name="Berit")


@pytest.fixture
def wish(world: World, admin: Actor) -> Wish:
    return Wish(world.person("Ola"), "grant_caseworker", world.unit("sor"), clock.now())


def refused(wish: Wish, actor: Actor) -> str:
    before = scalar(select(func.count()).select_from(Assignment))
    with pytest.raises(AssignmentRefused) as caught:
        wish.granted(actor)
    assert scalar(select(func.count()).select_from(Assignment)) == before
    assert str(caught.value.text)
    return caught.value.code


def test_a_right_granted_holds_at_the_next_question_and_is_recorded(
    world: World, admin: Actor, wish: Wish
) -> None:
    assert not actor_of(wish.person_id).reach
    made = wish.granted(admin)
    assert allowed(actor_of(wish.person_id), find("casework.case.read"), Place(regional_id=wish.unit_id))
    row = read(select(Assignment).where(Assignment.id == made))[0]
    assert (row.granted_by, row.reason) == (admin.person_id, "Ny jobb")
    end(made, "Sluttet", actor=actor_of(admin.person_id or 0))
    assert not actor_of(wish.person_id).reach
    assert world.count("assignment") == 2
    assert world.count("audit_entry") == 2


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("role", "superuser", "unknown_role"),
        ("role", "leader", "wrong_place"),
        ("role", "coordinator", "wrong_place"),
        ("role", "auditor", "needs_end"),
        ("person_id", 10**9, "unknown_person"),
        ("unit_id", 10**9, "unknown_unit"),
        ("valid_to", datetime(2020, 1, 1, tzinfo=UTC), "dates_reversed"),
        ("valid_from", datetime(2020, 1, 1, tzinfo=UTC), "starts_in_past"),
        ("reason", "  ", "reason_missing"),
    ],
)
def test_each_rule_refuses_what_breaks_it(
    wish: Wish, admin: Actor, field: str, value: object, code: str
) -> None:
    setattr(wish, field, value)
    assert refused(wish, admin) == code
    assert code in TEXTS


def test_nobody_grants_to_themselves(wish: Wish, admin: Actor) -> None:
    wish.person_id = admin.person_id or 0
    assert refused(wish, admin) == "to_oneself"


def test_nobody_grants_beyond_their_part_of_the_tree(world: World, wish: Wish) -> None:
    regional = world.actor("access_administrator", "sor", name="Rune")
    elsewhere = Wish(wish.person_id, wish.role, world.unit("nord"), wish.valid_from)
    above = Wish(wish.person_id, "coordinator", world.unit("udi"), wish.valid_from)
    for beyond in (elsewhere, above):
        with pytest.raises(OutOfReach):
            beyond.granted(regional)
    with pytest.raises(Denied):
        wish.granted(world.actor("regional_contact", "sor", name="Uten rett"))
    assert wish.granted(regional)


def test_a_closed_unit_gets_nobody(world: World, wish: Wish, admin: Actor) -> None:
    with transaction() as session:
        session.execute(update(Unit).where(Unit.id == wish.unit_id).values(valid_to=clock.today()))
    assert refused(wish, admin) == "unit_closed"


def test_roles_that_may_never_meet_are_refused_in_either_order(
    world: World, wish: Wish, admin: Actor
) -> None:
    wish.granted(admin)
    wish.role, wish.unit_id = "payment_officer", world.unit("nord")
    assert refused(wish, admin) == "never_together"
    wish.person_id = world.person("Rein")
    wish.granted(admin)
    wish.role = "decision_maker"
    assert refused(wish, admin) == "never_together"
    wish.role = "auditor"
    wish.valid_to = LATER
    wish.granted(admin)


def test_roles_that_may_never_meet_may_follow_each_other(world: World, wish: Wish, admin: Actor) -> None:
    change = clock.now() + timedelta(days=10)
    wish.valid_to = change
    wish.granted(admin)
    wish.role, wish.valid_from, wish.valid_to = "payment_officer", change, None
    wish.granted(admin)


def test_a_role_that_ran_out_can_be_given_again(world: World, wish: Wish, admin: Actor) -> None:
    old = world.grant(wish.person_id, wish.role, wish.unit_id, valid_to=clock.now() - timedelta(minutes=1))
    assert wish.granted(admin) != old
    assert refused(wish, admin) == "already_has"


def test_a_site_role_is_bound_to_the_contract_and_ends_with_it(
    world: World, admin: Actor, wish: Wish
) -> None:
    site = world.site("Dale", "vest")
    wish.role, wish.unit_id = "site_manager", site
    assert refused(wish, admin) == "no_contract"
    with transaction() as session:
        operator = session.execute(
            insert(Operator).values(name="Drift AS", organisation_number="889640782").returning(Operator.id)
        ).scalar_one()
        days = dict.fromkeys(("awarded_on", "signed_on", "operation_from"), date(2026, 1, 1))
        session.execute(
            insert(OperatorContract).values(
                site_id=site, operator_id=operator, **days, valid_to=date(2098, 6, 30)
            )
        )
    wish.valid_to = LATER
    assert refused(wish, admin) == "beyond_contract"
    wish.valid_to = None
    made = wish.granted(admin)
    row = read(select(Assignment).where(Assignment.id == made))[0]
    assert row.valid_to == clock.end_of_day(date(2098, 6, 30))
    assert row.contract_id is not None


def test_the_last_national_administrator_stays(world: World, admin: Actor) -> None:
    own = scalar(select(Assignment.id).where(Assignment.person_id == admin.person_id))
    for soon in (None, clock.now() + timedelta(days=1)):
        if soon is not None:
            world.grant(world.person("Vikar"), "access_administrator", world.unit("udi"), valid_to=soon)
        world.grant(world.person("Regional"), "access_administrator", world.unit("sor"))
        with pytest.raises(AssignmentRefused, match="last_administrator"):
            end(own, "Slutter", actor=actor_of(admin.person_id or 0))
    world.grant(world.person("Ny"), "access_administrator", world.unit("udi"))
    end(own, "Slutter", actor=actor_of(admin.person_id or 0))
    with pytest.raises((OutOfReach, Denied)):
        end(own, "Slutter", actor=actor_of(admin.person_id or 0))


def test_in_a_civil_unit_the_leader_decides_and_the_last_one_stays(world: World, admin: Actor) -> None:
    unit = world.civil_unit("Fjordglimt barnelag")
    leader = world.actor("leader", unit, name="Amina")
    wish = Wish(world.person("Ida"), "editor", unit, clock.now())
    with pytest.raises(OutOfReach):
        wish.granted(admin)
    made = wish.granted(leader)
    with pytest.raises(Denied):
        end(made, "x", actor=actor_of(wish.person_id))
    own = scalar(select(Assignment.id).where(Assignment.person_id == leader.person_id))
    with pytest.raises(AssignmentRefused, match="last_administrator"):
        end(own, "x", actor=actor_of(leader.person_id or 0))
    wish.role = "leader"
    wish.granted(leader)
    end(own, "x", actor=actor_of(wish.person_id))
    assert not actor_of(leader.person_id or 0).reach


def test_ending_twice_or_out_of_reach_is_answered(world: World, wish: Wish, admin: Actor) -> None:
    made = wish.granted(admin)
    with pytest.raises(OutOfReach):
        end(made, "x", actor=world.actor("access_administrator", "nord", name="Nils"))
    end(made, "x", actor=actor_of(admin.person_id or 0))
    for assignment, error in ((made, AssignmentRefused), (10**9, OutOfReach)):
        with pytest.raises(error):
            end(assignment, "x", actor=actor_of(admin.person_id or 0))


def test_two_grants_at_once_give_one_role(app: Flask, world: World, wish: Wish) -> None:
    admins = [world.person(name) for name in ("En", "To", "Tre", "Fire")]
    for person in admins:
        world.grant(person, "access_administrator", world.unit("udi"))
    start, outcome = threading.Barrier(len(admins)), []

    def attempt(person_id: int) -> None:
        with app.app_context():
            actor = actor_of(person_id)
            start.wait(10)
            for _again in range(20):
                try:
                    outcome.append(
                        grant(
                            wish.person_id, wish.role, wish.unit_id, wish.valid_from, None, "x", actor=actor
                        )
                    )
                    return
                except AssignmentRefused as refusal:
                    outcome.append(refusal.code)
                    return
                except GenerationMoved:
                    actor = actor_of(person_id)

    threads = [threading.Thread(target=attempt, args=(person,)) for person in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(str(one) for one in outcome)[1:] == ["already_has"] * 3
    assert scalar(select(func.count()).where(Assignment.person_id == wish.person_id)) == 1


def test_why_tells_role_place_giver_and_end(world: World, wish: Wish, admin: Actor) -> None:
    wish.valid_to = LATER
    made = wish.granted(admin)
    who, read_it = actor_of(wish.person_id), find("casework.case.read")
    here = explain(who, read_it, Place(world.unit("udi"), wish.unit_id))
    assert here.allowed
    assert [(g.assignment_id, g.unit_name, g.granted_by_name, g.valid_to) for g in here.grounds] == [
        (made, "Region Sør", "Berit", LATER)
    ]


def test_why_not_tells_what_is_missing_and_who_can_give_it(world: World, wish: Wish, admin: Actor) -> None:
    wish.granted(admin)
    world.grant(world.person("Rune"), "access_administrator", world.unit("nord"))
    who = actor_of(wish.person_id)
    north = Place(world.unit("udi"), world.unit("nord"))
    elsewhere = explain(who, find("casework.case.read"), north)
    assert (elsewhere.allowed, elsewhere.missing) == (False, "elsewhere")
    assert [helper.name for helper in elsewhere.helpers] == ["Rune", "Berit"]
    missing = explain(who, find("funding.application.decide"), north)
    assert (missing.missing, missing.roles, missing.grounds) == ("no_role", ("decision_maker",), ())
    assert explain(Actor(), find("casework.case.read"), north).missing == "not_signed_in"
    unit = world.civil_unit("Fjordglimt")
    world.grant(world.person("Amina"), "leader", unit)
    civil = explain(who, find("funding.own.edit"), Place(owner_id=unit))
    assert [helper.name for helper in civil.helpers] == ["Amina"]
    writers = {"leader", "signatory", "treasurer", "editor", "individual_applicant"}
    assert set(civil.roles) == writers
