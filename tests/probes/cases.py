"""Guards of cases: who handles, who appeals, who applies, letters."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text

from plugins.child_grants.scheme import SCHEME
from portal import clock
from portal.casework import declaring, distributing
from portal.casework.appeals.effects import Root
from portal.casework.appeals.sending import send_appeal
from portal.casework.delivery import services as delivering
from portal.database import transaction
from portal.funding import applying, assessing, calls, copying
from portal.funding.appealing import GrantAppeals
from portal.pluginhost import switching
from tests.funding import terms
from tests.probes.asking import PAGES, STEP, Asking


class CaseProbes(Asking):
    """Guards of cases: who handles, who appeals, who applies, letters."""

    def cases(self) -> None:
        sent, reads = self.case("submitted"), self.by("auditor at sor")
        self.refused(
            "portal.casework.distributing._to_distribute: require",
            lambda: distributing.give(
                sent,
                self.people["grant_caseworker at sor"],
                reason="Prøve",
                version=self.facts("submitted").version,
                actor=reads,
            ),
        )
        self.refused(
            "portal.casework.impartiality.handles: allowed",
            lambda: declaring.declare_impartial(sent, actor=reads),
        )
        self.refused(
            "portal.casework.appeals.sending.send_appeal: require",
            lambda: send_appeal(
                self.case("decided"), text="Vi er uenige.", key=uuid4(), actor=self.by("reader at branch")
            ),
        )
        self.behind["portal.casework.appeals.sending.send_appeal: require"] = STEP
        with transaction() as session:
            letter = (
                session.execute(
                    text(
                        "UPDATE casework_letter_delivery SET channel = 'post', available_at = NULL"
                        " WHERE case_id = :c RETURNING id"
                    ),
                    {"c": self.case("decided")},
                )
                .scalars()
                .first()
            )
        self.refused(
            "portal.casework.delivery.services.post_letter: require",
            lambda: delivering.post_letter(letter, posted_on=clock.today(), actor=reads),
        )
        person = self.made.world.civil_unit("Kari Dal", kind="individual")
        self.refused(
            "portal.casework.delivery.services.choose: require",
            lambda: delivering.choose(person, by_post=True, address="", actor=self.by("leader at branch")),
        )
        self.refused(
            "portal.funding.assessing.assess: require",
            lambda: assessing.assess(
                SCHEME,
                self.case("taken"),
                criteria={},
                outcome="granted",
                proposed_ore=1_00,
                reasons="Godt",
                version=self.facts("taken").version,
                send=False,
                actor=reads,
            ),
        )
        self.closed(
            "portal.funding.work_views.assess: require",
            "grant_caseworker in nord, auditor in sor",
            f"{PAGES}/{self.case('taken')}/vurdering",
            {"insert": "1"},
        )
        declaring.declare_impartial(self.case("decided"), actor=self.by("grant_caseworker at sor"))
        self.refused(
            "portal.funding.appealing.change: require",
            lambda: GrantAppeals().change(
                Root(0, "application", self.case("decided"), "funding.application"),
                amount_ore=20_000_00,
                reasons="Mer",
                reference="2026/1",
                final=False,
                actor=self.by("grant_caseworker at sor"),
            ),
        )
        draft = self.case("draft")
        self.refused(
            "portal.funding.applying.start_application: require",
            lambda: applying.start_application(
                SCHEME,
                self.made.made.call_id,
                owner_id=self.org,
                kind="voluntary",
                key=uuid4(),
                actor=self.by("leader at other"),
            ),
        )
        self.refused(
            "portal.funding.applying._check_and_send: require",
            lambda: applying.submit(SCHEME, draft, key=uuid4(), actor=self.by("reader at branch")),
        )
        self.behind["portal.funding.applying._check_and_send: require"] = STEP
        self.refused(
            "portal.funding.copying.copy_earlier: require",
            lambda: copying.copy_earlier(
                SCHEME, draft, self.case("decided"), actor=self.by("reader at branch")
            ),
        )

    def calls(self) -> None:
        worker = self.by("grant_caseworker at sor")
        call = self.made.made.call_id
        draft = next(
            one.id for one in self.made.planted if (one.parameter, one.state) == ("call_id", "draft")
        )
        self.refused(
            "portal.funding.calls.change_call: require",
            lambda: calls.change_call(call, terms(), actor=worker),
        )
        self.refused(
            "portal.funding.calls.close_call: require", lambda: calls.close_call(SCHEME, call, actor=worker)
        )
        self.refused(
            "portal.funding.calls.publish_draft: require",
            lambda: calls.publish_draft(SCHEME, draft, actor=worker),
        )
        self.refused(
            "portal.funding.calls.drop_draft: require", lambda: calls.drop_draft(SCHEME, draft, actor=worker)
        )
        self.refused(
            "portal.pluginhost.switching._authorise: require",
            lambda: switching.disable("child_grants", actor=worker, message="Prøve", despite_blockers=True),
        )
