"""A small world of grants for tests: a call, two regions with sites and staff, an applicant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.access.actor import Actor
from portal.casework.declaring import declare_impartial
from portal.casework.impartiality import Undeclared
from portal.casework.rules import UNDECLARED
from portal.funding import applying, assessing, calls, deciding, queries
from portal.funding.facts import ApplicationFacts, Line
from portal.identity.context import actor_of
from tests.pages import Reader
from tests.world import World

FRAME = 500_000_00
ANSWERS: dict[str, dict[str, Any]] = {
    "maal": {"title": "Svømmekurs for nybegynnere", "goal": "Barna blir trygge i vann."},
    "barna": {"target_group": "Barn 6–12 år", "children": 24, "area": "Larvik"},
    "plan": {"plan": "Ti onsdager i svømmehallen."},
    "mottak": {"site_contact": "Vi har snakket med mottaket om tid og sted."},
    "erfaring": {"qualifications": "Vi har drevet svømmekurs i ti år."},
    "sum": {"amount": 48_500_00, "own_contribution": 5_000_00},
    "kontakt": {"contact_name": "Kari Solbakken", "contact_email": "kari@example.no"},
}


@dataclass
class Grants:
    """People by id, so that each use of them reads their rights anew."""

    world: World
    people: dict[str, int] = field(default_factory=dict)
    call_id: int = 0
    owner_id: int = 0
    sites: dict[str, int] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        """Somebody with the rights they have now."""
        return actor_of(self.people[who])

    def staff(self, who: str, role: str, unit: str) -> int:
        """Somebody at UDI with a role at a unit."""
        self.people[who] = self.world.person(who)
        self.world.grant(self.people[who], role, self.world.unit(unit))
        return self.people[who]

    def member(self, who: str, role: str = "leader", owner_id: int | None = None) -> int:
        """Somebody with a role in the organisation that applies."""
        self.people[who] = self.world.person(who)
        self.world.grant(self.people[who], role, owner_id or self.owner_id)
        return self.people[who]

    def draft(self, *, who: str = "leader", site: str = "sor", amount_ore: int = 48_500_00) -> int:
        """A whole draft, not sent."""
        actor = self.actor(who)
        case_id = applying.start_application(
            SCHEME, self.call_id, owner_id=self.owner_id, kind="voluntary", key=uuid4(), actor=actor
        )
        answers: Mapping[str, Mapping[str, Any]] = {
            **ANSWERS,
            "barna": {**ANSWERS["barna"], "sites": [self.sites[site]]},
            "sum": {**ANSWERS["sum"], "amount": amount_ore},
        }
        for code, values in answers.items():
            group = SCHEME.group(code)
            assert group is not None
            applying.save_answers(SCHEME, case_id, group, values, version=0, actor=actor)
        budget = SCHEME.group("budsjett")
        assert budget is not None
        lines = [Line("cost", "rent", "Svømmehall", amount_ore), Line("cost", "travel", "Buss", 5_000_00)]
        lines.append(Line("income", "own", "Dugnad", 5_000_00))
        applying.save_budget(SCHEME, case_id, budget, lines, version=0, actor=actor)
        return case_id

    def sent(self, **about: Any) -> int:
        """An application that is sent."""
        case_id = self.draft(**about)
        who = str(about.get("who", "leader"))
        return applying.submit(SCHEME, case_id, key=uuid4(), actor=self.actor(who))

    def facts(self, case_id: int, who: str = "caseworker") -> ApplicationFacts:
        """The application as somebody reads it, who declares to have no ties where that is asked.

        Raises `OutOfReach`, and `Undeclared` with the rule for those who are barred.
        """
        self.declare(case_id, who)
        return queries.get_application(case_id, scheme=SCHEME.code, actor=self.actor(who))

    def declare(self, case_id: int, who: str) -> None:
        """Say that somebody has no ties, where they are asked and nothing bars them."""
        try:
            queries.get_application(case_id, scheme=SCHEME.code, actor=self.actor(who))
        except Undeclared as closed:
            if closed.rule is UNDECLARED:
                declare_impartial(case_id, actor=self.actor(who))

    def step(self, case_id: int, name: str, who: str, **more: Any) -> None:
        """A simple step by somebody who has just looked."""
        version = self.facts(case_id, who).version
        assessing.step(SCHEME, case_id, name, version=version, actor=self.actor(who), **more)

    def propose(self, case_id: int, amount_ore: int, who: str = "caseworker") -> None:
        """Take the case where nobody has, assess it and send it to decision."""
        if self.facts(case_id, who).state == "submitted":
            self.step(case_id, "take", who)
        facts = self.facts(case_id, who)
        assessing.assess(
            SCHEME,
            case_id,
            criteria={"everyday": "yes"},
            outcome=assessing.outcome_of(amount_ore > 0, amount_ore, facts.amount_ore or 0),
            proposed_ore=amount_ore,
            reasons="Et godt tilbud til mange barn.",
            version=facts.version,
            send=True,
            actor=self.actor(who),
        )
        if "decider" in self.people:
            self.declare(case_id, "decider")

    def decide(self, case_id: int, amount_ore: int, who: str = "decider", **more: Any) -> str:
        """Decide a proposed case."""
        verdict = deciding.Verdict(
            granted=amount_ore > 0, amount_ore=amount_ore, reasons="Et godt tilbud til mange barn.", **more
        )
        version = self.facts(case_id, who).version
        return deciding.decide(SCHEME, case_id, verdict, version=version, actor=self.actor(who))


def with_others(made: Grants) -> Grants:
    """`made` with a caseworker and a decision maker who had nothing to do with what came before."""
    made.staff("fresh", "grant_caseworker", "sor")
    made.staff("chief", "decision_maker", "udi")
    return made


def reader(made: Grants, who: str = "caseworker") -> Reader:
    """Somebody at their browser."""
    return Reader(made.world.client(made.people[who]))


def terms(**changed: Any) -> calls.CallTerms:
    """A call that is open now and decided as applications come."""
    now = clock.now()
    values: dict[str, Any] = {
        "scheme": SCHEME.code,
        "year": 2027,
        "texts": {
            "nb": {"title": "Aktiviteter for barn 2027", "intro": "Søk om penger."},
            "nn": {"title": "Aktivitetar for barn 2027", "intro": "Søk om pengar."},
        },
        "frame_ore": FRAME,
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=30),
        "rolling": True,
        "goals": ("everyday", "adapted", "reach"),
    }
    return calls.CallTerms(**{**values, **changed})


def grants(world: World, **changed: Any) -> Grants:
    """A published call, sites in Sør and Nord, staff in both, an organisation with a leader."""
    made = Grants(world)
    made.staff("decider", "decision_maker", "udi")
    made.call_id = calls.publish_call(terms(**changed), actor=made.actor("decider"))
    made.sites = {
        "sor": world.site("Lia mottak", "sor"),
        "nord": world.site("Nordlys mottak", "nord", municipality="5501"),
    }
    made.staff("caseworker", "grant_caseworker", "sor")
    made.staff("other_region", "grant_caseworker", "nord")
    made.owner_id = world.civil_unit("Elvebakken frivilligsentral")
    made.member("leader")
    return made
