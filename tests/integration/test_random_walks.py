"""Random people take random steps through the workflow: what must never happen does not, whoever tries."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.actor import Actor
from portal.access.policy import Denied, allowed
from portal.casework import firing
from portal.casework.declaring import declare_impartial, declare_tie
from portal.casework.firing import CaseChanged, fire, judge
from portal.casework.impartiality import belongs
from portal.casework.models import CaseHistory
from portal.casework.rules import Refused
from portal.casework.standing import parts_of
from portal.database import db, read, transaction
from portal.funding.models import Assessment
from portal.funding.queries import archived_application
from portal.funding.workflow import APPLICATION
from portal.rules import Rule
from tests.funding import Grants, grants
from tests.world import World

CAST = ("leader", "member", "caseworker", "substitute", "decider", "both", "insider", "payer", "other_region")
STEPS = [step.name for step in APPLICATION.transitions]
MOST_ON_ONE = 300
"""Tries on one case: when everybody who could act has a tie, only time or a person from outside helps."""
AFTER_ACCEPTANCE = {"report", "return_report", "approve_report", "demand", "repaid"}


class Broken(AssertionError):
    """Something happened that must never happen."""


@dataclass
class Walk:
    """One walk: which case, and what is remembered of it from outside."""

    made: Grants
    seed: int
    chance: random.Random = field(init=False)
    actors: dict[str, Actor] = field(default_factory=dict)
    case_id: int = 0
    taken: set[str] = field(default_factory=set)
    tried: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def go(self, steps: int) -> set[str]:
        """Try as many steps; gives the names of those that were taken."""
        self.actors = {who: self.made.actor(who) for who in CAST}
        self.case_id = 0
        for _try in range(steps):
            if not self.case_id or self.tried >= MOST_ON_ONE:
                self.case_id, self.tried = self.made.draft(), 0
            self.tried += 1
            self.once()
        return self.taken

    def once(self) -> None:
        facts: Any = archived_application(self.case_id)
        actor = self.actors[self.chance.choice(CAST)]
        leaving = [step.name for step in APPLICATION.leaving(facts.state)]
        if not leaving:
            self.case_id = 0
            return
        name = self.pick(leaving if self.chance.random() < 0.9 else STEPS)
        if self.chance.random() < 0.03:
            self.tie(actor)
        parts = parts_of(facts.id, actor.person_id)
        try:
            self.take(facts, name, actor)
        except (Refused, Denied, CaseChanged):
            return
        self.taken.add(name)
        self.check(facts, name, actor, parts)

    def pick(self, steps: list[str]) -> str:
        return self.chance.choice(steps)

    def tie(self, actor: Actor) -> None:
        try:
            declare_tie(self.case_id, ground="family", reason="", actor=actor)
        except (Refused, Denied, LookupError):
            return

    def declare(self, actor: Actor) -> None:
        try:
            declare_impartial(self.case_id, actor=actor)
        except (Refused, Denied, LookupError):
            return

    def take(self, facts: Any, name: str, actor: Actor) -> None:
        if self.chance.random() < 0.9:
            self.declare(actor)
        with transaction(actor=actor):
            if name == "propose" and self.chance.random() < 0.8:
                self.assess(facts, actor)
                facts = archived_application(facts.id)
            changes = {"handler_id": actor.person_id} if name == "take" else {}
            if name == "submit":
                changes = sent(self.made, facts)
            fire(facts, name, actor=actor, reason="Fordi", changes=changes)

    def assess(self, facts: Any, actor: Actor) -> None:
        db.session.merge(
            Assessment(
                case_id=facts.id, criteria={}, outcome="granted", proposed_ore=1_00, reasons="Godt",
                author_id=actor.person_id,
            )
        )  # fmt: skip
        db.session.flush()

    def check(self, before: Any, name: str, actor: Actor, parts: Collection[str]) -> None:
        after: Any = archived_application(before.id)
        step = APPLICATION.transition(name)
        if before.number is not None and after.number != before.number:
            raise Broken("the number is lost")
        if after.submitted_at is not None and after.number is None:
            raise Broken("sent without a number")
        if not step.by_party and ("disqualified" in parts or belongs(before, actor)):
            raise Broken(f"{name} by somebody with ties")
        if step.part == "decided" and ("prepared" in parts or after.assessment is None):
            raise Broken(f"{name} by who prepared it, or unprepared")
        if name in AFTER_ACCEPTANCE and "accept" not in self.history():
            raise Broken(f"{name} without acceptance")
        self.way_on(after)

    def way_on(self, facts: Any) -> None:
        """Somebody's role carries a step from here; who it is can be barred, but then a substitute is not."""
        state = APPLICATION.state(facts.state)
        steps = APPLICATION.leaving(facts.state)
        if state.kind != "closed" and not any(
            allowed(actor, step.permission, facts) for actor in self.actors.values() for step in steps
        ):
            raise Broken(f"no way on from {facts.state}")

    def history(self) -> set[str]:
        rows = read(select(CaseHistory.transition).where(CaseHistory.case_id == self.case_id))
        return {row.transition for row in rows}


def sent(made: Grants, facts: Any) -> dict[str, Any]:
    """What sending gives a case: number and places."""
    from portal import clock
    from portal.casework.services import next_number

    return {
        "number": next_number(),
        "submitted_at": clock.now(),
        "national_id": made.world.unit("udi"),
        "regional_id": made.world.unit("sor"),
        "local_id": made.sites["sor"],
    }


def cast(made: Grants) -> Grants:
    """Everybody of `CAST` beside those of `grants`; a second time, other people in their places."""
    made.member("member", "editor")
    made.staff("substitute", "grant_caseworker", "sor")
    made.staff("both", "grant_caseworker", "sor")
    made.world.grant(made.people["both"], "decision_maker", made.world.unit("sor"))
    made.staff("insider", "decision_maker", "sor")
    made.world.grant(made.people["insider"], "reader", made.owner_id)
    made.staff("payer", "payment_officer", "udi")
    return made


@pytest.fixture
def made(world: World) -> Grants:
    return cast(grants(world))


def test_a_random_walk(made: Grants) -> None:
    taken = Walk(made, seed=4).go(300)
    assert {"submit", "take", "propose", "grant", "withdraw"} <= taken


@pytest.mark.proof
def test_a_hundred_thousand_random_steps(made: Grants) -> None:
    taken = Walk(made, seed=5).go(100_000)
    assert {"submit", "take", "propose", "grant", "refuse", "accept", "report", "demand"} <= taken


def without(*names: str) -> Any:
    """The predicate of `fire` with some of what it asks taken out."""

    def loose(subject: Any, step: Any, *, actor: Actor, parts: Collection[str]) -> Rule | None:
        rule = judge(subject, step, actor=actor, parts=parts)
        return None if rule is not None and rule.name in names else rule

    return loose


def finds(made: Grants, monkeypatch: pytest.MonkeyPatch, *rules: str) -> None:
    monkeypatch.setattr(firing, "judge", without(*rules))
    with pytest.raises(Broken):
        many_walks(made)


def many_walks(made: Grants) -> None:
    for seed in range(20):
        Walk(made, seed=seed).go(200)


def test_the_walk_finds_a_party_let_through(made: Grants, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(made, monkeypatch, "casework.party_cannot_handle")


@pytest.mark.proof
@pytest.mark.parametrize(
    "rules",
    [
        ("casework.separation_of_duties", "casework.prepared_by_disqualified"),
        ("casework.disqualified",),
        ("funding.proposal_needed",),
    ],
)
def test_the_walk_finds_what_a_missing_guard_lets_through(
    made: Grants, monkeypatch: pytest.MonkeyPatch, rules: tuple[str, ...]
) -> None:
    finds(made, monkeypatch, *rules)
