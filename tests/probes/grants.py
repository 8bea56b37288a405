"""Guards of what follows a grant: money, reports, changes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.casework import declaring
from portal.funding.granted import accounts, changing, exporting, paying, repaying, reporting, waiting
from portal.funding.granted.facts import Change
from tests import granted
from tests.probes.asking import BOTH, PAGES, Asking


class GrantProbes(Asking):
    """Guards of what follows a grant: money, reports, changes."""

    def money(self) -> None:
        """A grant of the branch with a payment in a file, one to come, an account that waits."""
        grants = self.made.made
        grants.owner_id = self.org
        grants.people["leader"] = grants.people["branch"]
        grants.staff("officer", "payment_officer", "sor")
        self.in_use = granted.accepted(grants)
        granted.confirm(grants, self.in_use)
        term = granted.grant(grants, self.in_use).terms[0]
        paying.order(SCHEME, self.in_use, term.id, actor=grants.actor("decider"))
        paying.attest(SCHEME, self.in_use, term.id, actor=grants.actor("officer"))
        self.batch = exporting.export(SCHEME, key=uuid4(), actor=grants.actor("officer"))
        self.ready = granted.accepted(grants)
        term = granted.grant(grants, self.ready).terms[0]
        paying.order(SCHEME, self.ready, term.id, actor=grants.actor("decider"))
        paying.attest(SCHEME, self.ready, term.id, actor=grants.actor("officer"))
        self.waits = granted.granted(grants)

    def grants(self) -> None:
        """Guards around a grant in use."""
        self.money()
        reads, member = self.by("auditor at sor"), self.by("reader at branch")
        north, case = self.by("payment_officer at nord"), self.in_use
        self.closed("portal.funding.granted.accept_views._own: require", BOTH, f"{PAGES}/{self.waits}/aksept")
        self.closed("portal.funding.granted.report_views._own: require", BOTH, f"{PAGES}/{case}/rapport")
        self.made.made.declare(case, "caseworker")
        for one in (self.waits, case):
            declaring.declare_impartial(one, actor=self.by(BOTH))
        self.refused(
            "portal.funding.granted.accounts._change: allowed",
            lambda: accounts.propose(
                SCHEME, case, number=granted.OTHER_ACCOUNT, reason="Ny bank", key=uuid4(), actor=reads
            ),
        )
        self.refused(
            "portal.funding.granted.changing._tell_of: require",
            lambda: changing.tell_of(
                SCHEME, case, kind="other", text="Vi flytter en dag.", use_by=None, key=uuid4(), actor=member
            ),
        )
        self.refused(
            "portal.funding.granted.repaying.comment: require",
            lambda: repaying.comment(SCHEME, case, text="Vi er uenige.", actor=member),
        )
        self.refused(
            "portal.funding.granted.reporting._writable: require",
            lambda: reporting.save_answers(SCHEME, case, granted.REPORT, version=0, actor=member),
        )
        told = Change(1, "other", "Vi flytter.", None, "sent", 1, clock.now(), "", None, None)

        def may_answer() -> Iterable[object]:
            return [1] if changing.may_answer(self.facts("decided"), told, actor=reads) else []

        self.empty("portal.funding.granted.changing.may_answer: allowed 2", may_answer)
        self.refused(
            "portal.funding.granted.exporting._rows: visible",
            lambda: exporting.take_out(SCHEME, self.batch, actor=north),
        )
        self.empty(
            "portal.funding.granted.exporting.batches: visible",
            lambda: exporting.batches(SCHEME, actor=north),
        )
        self.empty(
            "portal.funding.granted.exporting.waiting_for_file: visible",
            lambda: [one for one in exporting.waiting_for_file(SCHEME, actor=north) if one],
        )
        self.empty(
            "portal.funding.granted.waiting._reached: visible",
            lambda: waiting.waiting(SCHEME.code, waiting.PILES["betale"], actor=north).rows,
        )
        self.refused(
            "portal.funding.granted.exporting._export: visible",
            lambda: exporting.export(SCHEME, key=uuid4(), actor=north),
            exporting.NothingToExport,
        )
