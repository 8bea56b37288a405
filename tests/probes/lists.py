"""Guards of lists: what of other places stands in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text

from plugins.child_grants.scheme import SCHEME
from portal.access.actor import Actor
from portal.administration import (
    asking_queries,
)
from portal.casework import archive, deadline_queries
from portal.casework.appeals import queries as appeals
from portal.casework.delivery import queries as letters
from portal.database import read, transaction
from portal.funding import comparing, copying, earlier, frame, proposals
from portal.funding.permissions import APPLICATION_ASSESS
from tests.probes.asking import Asking


class ListProbes(Asking):
    """Guards of lists: what of other places stands in them."""

    def lists(self) -> None:
        worker, outside = self.by("grant_caseworker at nord"), self.by("leader at other")

        def of_branch(rows: Iterable[Any]) -> list[Any]:
            branch = text("SELECT id FROM casework_case WHERE owner_id = :u")
            ours = {row.id for row in read(branch, {"u": self.org})}
            return [row for row in rows if getattr(row, "id", None) in ours]

        states = ("submitted", "in_progress", "proposed")
        self.empty(
            "portal.casework.appeals.queries.queue: scoped_page",
            lambda: of_branch(appeals.queue(worker, states, None).rows),
        )
        self.refused(
            "portal.casework.appeals.queries.own_appeal: visible",
            lambda: appeals.own_appeal(self.case("appeal"), actor=outside),
        )
        self.empty(
            "portal.casework.archive.to_journal: scoped_page",
            lambda: of_branch(archive.to_journal(actor=self.by("archivist at nord")).rows),
        )
        self.empty(
            "portal.casework.delivery.queries.to_post: scoped_page",
            lambda: letters.to_post(worker, None).rows,
        )
        with transaction() as session:
            session.execute(
                text(
                    "INSERT INTO casework_deadline (case_id, code, due_on, for_party) VALUES"
                    " (:c, 'casework.answer', current_date + 9, true)"
                ),
                {"c": self.case("taken")},
            )

        def deadlines(actor: Actor) -> list[Any]:
            rows = read(deadline_queries.open_deadlines(actor, everybodys=True, most=90))
            return [row for row in rows if row.id == self.case("taken")]

        self.empty("portal.casework.deadline_queries.open_deadlines: visible", lambda: deadlines(worker))
        self.empty("portal.casework.deadline_queries.open_deadlines: visible 2", lambda: deadlines(outside))
        site = self.made.units["site"]
        self.empty(
            "portal.funding.comparing.sites_of: visible",
            lambda: [
                row for row in comparing.sites_of(self.made.made.call_id, actor=worker) if row[0] == site
            ],
        )
        draft, decided = self.facts("draft"), self.facts("decided")
        self.empty("portal.funding.copying.earlier: visible", lambda: copying.earlier(draft, actor=outside))
        self.empty(
            "portal.funding.earlier.earlier_of: visible", lambda: earlier.earlier_of(decided, actor=worker)
        )
        reader = self.by("reader at branch")

        def drafts(actor: Actor) -> list[Any]:
            statement = frame._own(actor)
            assert statement is not None
            return [row for row in read(statement) if row.id == self.case("draft")]

        def own(actor: Actor) -> list[Any]:
            statement = frame._own(actor)
            assert statement is not None
            theirs = text("SELECT id FROM casework_case WHERE owner_id = :u")
            ids = {row.id for row in read(theirs, {"u": self.made.orgs["other"]})}
            return [row for row in read(statement) if row.id not in ids]

        def mine(actor: Actor) -> list[Any]:
            statement = frame._staff(actor, APPLICATION_ASSESS)
            assert statement is not None
            return of_branch(read(statement))

        self.empty("portal.funding.frame._own: visible", lambda: drafts(reader))
        self.empty("portal.funding.frame._own: visible 2", lambda: own(outside))
        self.empty("portal.funding.frame._staff: visible", lambda: mine(worker))
        north = self.by("decision_maker at nord")

        def proposed() -> list[Any]:
            found = proposals.calls_with_proposals(SCHEME.code, actor=north)
            everybody = proposals.calls_with_proposals(SCHEME.code, actor=self.by("decision_maker at udi"))
            return [row for row in found if list(row) in [list(one) for one in everybody]]

        self.empty("portal.funding.proposals.calls_with_proposals: visible", proposed)
        self.empty(
            "portal.administration.asking_queries.units_to_ask_at: visible",
            lambda: [row for row in asking_queries.units_to_ask_at(self.by("nobody")) if row.id == site],
        )
