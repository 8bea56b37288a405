"""Guards of organisations and those who act for them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from portal.database import read, scalar, transaction
from portal.organisations import services as organisations
from portal.organisations.affiliation import services as affiliations
from portal.organisations.exclusion import queries as exclusions
from portal.organisations.following import moving, services
from portal.organisations.following import queries as following
from portal.organisations.members import mandates, rescues
from portal.organisations.members import queries as members
from portal.organisations.members import services as joining
from portal.organisations.registration import workflow as registering
from tests.probes.asking import BOTH, Asking
from tests.registering import registration


class OrganisationProbes(Asking):
    """Guards of organisations and those who act for them."""

    def organisations(self) -> None:
        org, reads, member = self.org, self.by("auditor at sor"), self.by("reader at branch")
        parent = self.made.orgs["parent"]
        tie = next(one.id for one in self.made.planted if one.parameter == "affiliation_id")
        self.refused(
            "portal.organisations.affiliation.services._led: require",
            lambda: affiliations.share(tie, [], unit_id=org, version=1, actor=member),
        )
        self.closed(
            "portal.organisations.affiliation.views.branch: require",
            BOTH,
            f"/organisasjoner/{parent}/lag/{tie}",
        )
        self.closed(
            "portal.organisations.views.entered: require", BOTH, f"/organisasjoner/{org}/registrering"
        )
        with transaction() as session:
            session.execute(
                text("UPDATE organisation_exclusion SET answer_by = current_date - 1 WHERE unit_id = :u"),
                {"u": org},
            )
        elsewhere = self.by("coordinator at lt-mottaksoppfolging")

        def to_decide() -> list[Any]:
            statement = exclusions.to_decide(elsewhere)
            assert statement is not None
            return [row for row in read(statement) if row.unit_id == org]

        self.empty("portal.organisations.exclusion.queries.to_decide: visible", to_decide)
        self.refused(
            "portal.organisations.following.moving.move: require",
            lambda: moving.move(org, "5501", actor=reads),
        )
        self.refused(
            "portal.organisations.services.change_contact: require",
            lambda: organisations.change_contact(org, {"phone": "900 00 000"}, version=1, actor=member),
        )
        waits = next(
            one.id
            for one in self.made.planted
            if one.parameter == "registration_id" and one.thing.regional == self.made.units["sor"]
        )
        self.refused(
            "portal.organisations.registration.workflow.check: allowed",
            lambda: registering.check(
                registration(waits), "approve", actor=self.by("regional_contact at nord")
            ),
        )

    def members(self) -> None:
        org, reads, member = self.org, self.by("auditor at sor"), self.by("reader at branch")
        north = self.by("regional_contact at nord")
        with transaction() as session:
            change = session.execute(
                text(
                    "INSERT INTO register_change (unit_id, codes, grave, national_id, regional_id, owner_id)"
                    " SELECT :u, '{dissolved}', true, national_id, regional_id, :u FROM organisation"
                    " WHERE unit_id = :u RETURNING id"
                ),
                {"u": org},
            ).scalar_one()
            asks = session.execute(
                text(
                    "INSERT INTO access_request (number, unit_id, person_id) VALUES ('', :u, :p) RETURNING id"
                ),
                {"u": org, "p": self.people["nobody"]},
            ).scalar_one()
        self.empty(
            "portal.organisations.following.queries.waiting: visible", lambda: read(following.waiting(north))
        )
        self.refused(
            "portal.organisations.following.services.mark_seen: require",
            lambda: services.mark_seen(change, unit_id=org, actor=reads),
        )
        signs = scalar(
            text("SELECT min(id) FROM assignment WHERE unit_id = :u AND role = 'signatory'"), {"u": org}
        )
        self.refused(
            "portal.organisations.members.mandates.withdraw: require",
            lambda: mandates.withdraw(org, signs, actor=member),
        )
        self.behind["portal.organisations.members.mandates.withdraw: require"] = (
            "portal.access.assignments.conclude: require_manage"
        )
        rescue = {
            row.id for row in read(text("SELECT id FROM organisation_rescue WHERE unit_id = :u"), {"u": org})
        }
        self.empty(
            "portal.organisations.members.queries.rescues: visible",
            lambda: [row for row in members.rescues(north) if row.id in rescue],
        )
        self.empty(
            "portal.organisations.members.queries.missing_leaders: visible",
            lambda: [row for row in read(members.missing_leaders(north)) if row.id in rescue],
        )
        self.refused(
            "portal.organisations.members.rescues.ask_for_help: require",
            lambda: rescues.ask_for_help(org, actor=reads),
        )
        self.refused(
            "portal.organisations.members.services._answer: require",
            lambda: joining.refuse(org, asks, actor=member),
        )
