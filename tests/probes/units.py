"""Guards of units, roles and reception centres."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from plugins.child_grants import asking as site_asking
from plugins.child_grants import queries as site_questions
from plugins.child_grants import services as site_answers
from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.access.actor import Actor
from portal.administration import (
    access_queries,
    asking_queries,
    audit_queries,
    reporting_queries,
    unit_queries,
    unit_services,
)
from portal.database import read, scalar, transaction
from portal.funding.listening import sent_application
from portal.units.models import Unit
from tests.probes.asking import Asking


class UnitProbes(Asking):
    """Guards of units, roles and reception centres."""

    def units(self) -> None:
        sor, nord = self.made.units["sor"], self.made.units["nord"]
        south, north = self.by("access_administrator at sor"), self.by("access_administrator at nord")
        there = scalar(text("SELECT min(id) FROM assignment WHERE unit_id = :u"), {"u": nord})
        self.empty(
            "portal.administration.access_queries.chosen: visible",
            lambda: access_queries.chosen([there], south),
        )

        def answers(actor: Actor, unit: int) -> list[Any]:
            return list(read(select(Unit.id).where(asking_queries.may_answer(actor), Unit.id == unit)))

        self.empty("portal.administration.asking_queries.may_answer: visible", lambda: answers(south, nord))
        self.empty(
            "portal.administration.asking_queries.may_answer: visible 2",
            lambda: answers(self.by("leader at other"), self.org),
        )
        mine = text("SELECT id FROM audit_entry WHERE regional_id = :u")

        def of_others() -> list[Any]:
            ours = {row.id for row in read(mine, {"u": sor})}
            page = audit_queries.audit_page(self.by("auditor at sor"), audit_queries.Filters(), None)
            return [row for row in page if row.id not in ours]

        self.empty("portal.administration.audit_queries.audit_page: scoped_page", of_others)
        self.refused(
            "portal.administration.locking.lock_for: require",
            lambda: unit_services.rename_unit(sor, "Nytt navn", 1, actor=self.by("auditor at sor")),
        )
        self.empty(
            "portal.administration.reporting_queries.reporting_lines: visible",
            lambda: [row for row in reporting_queries.reporting_lines(north) if row.person == "reports"],
        )
        self.empty(
            "portal.administration.unit_queries.tree: visible",
            lambda: [unit for unit in flat(unit_queries.tree(north)) if unit == sor],
        )
        contract = next(one for one in self.made.planted if one.parameter == "contract_id")
        self.refused(
            "portal.administration.unit_queries.get_contract: visible",
            lambda: unit_queries.get_contract(contract.id, north),
        )
        self.refused(
            "portal.administration.unit_services.move_county: require",
            lambda: unit_services.move_county("39", nord, clock.today() + timedelta(days=9), actor=south),
        )

    def sites(self) -> None:
        found = sent_application(self.case("submitted"), scheme=SCHEME.code)
        assert found is not None
        with transaction() as session:
            for unit, place in found.places.items():
                site_asking.ask(session, found.facts, unit, place)
        [asked] = read(text("SELECT id, case_id, unit_id FROM child_grants_site_contact"))
        other = self.by("site_manager at other_site")

        def of_site(rows: Iterable[Any]) -> list[Any]:
            return [row for row in rows if row.case_id == asked.case_id]

        self.empty(
            "plugins.child_grants.queries.asked: visible", lambda: of_site(site_questions.asked(other))
        )
        self.empty(
            "plugins.child_grants.queries.waiting: visible",
            lambda: [row for row in site_questions.waiting(other) if row[0] == asked.id],
        )
        self.refused(
            "plugins.child_grants.queries.get_contact: visible",
            lambda: site_questions.get_contact(asked.id, actor=other),
        )
        self.refused(
            "plugins.child_grants.services.answer_contact: require",
            lambda: site_answers.answer_contact(
                asked.id, answer="confirmed", note="", day=clock.today(), version=1, actor=other
            ),
        )
        self.behind["plugins.child_grants.services.answer_contact: require"] = (
            "plugins.child_grants.queries.get_contact: visible"
        )
        self.refused(
            "plugins.child_grants.services.record_contact: require",
            lambda: site_answers.record_contact(
                asked.case_id,
                asked.unit_id,
                answer="confirmed",
                answered_on=clock.today(),
                note="",
                actor=self.by("auditor at sor"),
            ),
        )


def flat(nodes: Iterable[unit_queries.Node]) -> Iterator[int]:
    """The ids of a tree."""
    for node in nodes:
        yield node.unit.id
        yield from flat(node.beneath)
