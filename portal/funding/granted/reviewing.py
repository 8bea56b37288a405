"""Control of a report (*kontroll*): by risk, written down, then approved or sent back (6.3.8.2)."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update

from portal import clock
from portal.access.actor import Actor
from portal.casework.firing import CaseChanged, Refused, fire
from portal.casework.services import take_part
from portal.database import db, transaction
from portal.funding.granted import deadlines
from portal.funding.granted.dates import report_due
from portal.funding.granted.entries import enter
from portal.funding.granted.events import ReportControlled, at
from portal.funding.granted.facts import Grant
from portal.funding.granted.handling import end_payments, locked, release, staff, tell, unlike
from portal.funding.granted.models import GrantReport
from portal.funding.granted.rules import CONTROL_WRITTEN
from portal.funding.permissions import APPLICATION_ASSESS
from portal.funding.scheme import Scheme
from portal.record import record
from portal.web.kit.i18n import N_, LazyString
from portal.web.kit.i18n import lazy_gettext as _

CHECKS: dict[str, LazyString] = {
    "purpose": _("The money is used for the purpose and the activities of the decision"),
    "goals": _("The report answers for each goal"),
    "budget": _("What is used agrees with the budget, or the difference is explained"),
    "accounts": _("The sums agree with the accounts that are attached"),
    "auditor": _("An auditor has confirmed the accounts, where the size of the grant asks for it"),
    "conditions": _("The other conditions of the letter are kept"),
}
ANSWERS: dict[str, LazyString] = {
    "ok": _("In order"),
    "not_ok": _("Not in order"),
    "not_checked": _("Not controlled"),
}
RISK_SHARE = 20


def risks(grant: Grant) -> list[LazyString]:
    """What speaks for a closer look, from what the portal knows (risk-based control, 6.3.8.2)."""
    facts, report = grant.application, grant.report
    found = []
    if grant.needs_audit:
        found.append(_("The grant is so large that an auditor must confirm the accounts."))
    if report and report.sent_at and clock.oslo(report.sent_at).date() > grant.report_due:
        found.append(_("The report came after the deadline."))
    if report and any(_strays(report.spent(code) or 0, budget) for code, _label, budget in grant.budget()):
        found.append(_("A kind of cost strays more than a fifth from the budget."))
    if any(change.state != "declined" for change in grant.changes):
        found.append(_("The circumstances changed on the way."))
    if grant.confirmed and grant.register_account and grant.confirmed.number != grant.register_account:
        found.append(_("Money went to another account than the one in the register."))
    if facts.applicant_kind in ("individual", "informal_group"):
        found.append(_("The recipient has no organisation number."))
    return found


def _strays(spent_ore: int, budget_ore: int) -> bool:
    return spent_ore * 100 > budget_ore * (100 + RISK_SHARE)


def save(
    scheme: Scheme, case_id: int, *, checks: Mapping[str, str], review: str, version: int, actor: Actor
) -> None:
    """Write down what was controlled and found. Raises `Denied`, `Refused`, `CaseChanged`."""
    with transaction(actor=actor):
        grant = _reported(scheme, case_id, version, actor)
        _write(grant, checks, review, actor)
        enter(grant.application, "report_controlled", actor=actor)


def approve(
    scheme: Scheme, case_id: int, *, checks: Mapping[str, str], review: str, version: int, actor: Actor
) -> None:
    """Write down the control, approve the report and finish the case; what was never paid goes to the frame.

    Raises `Denied`, `CaseChanged`, `Refused`: nothing written, money owed, or a payment on its way.
    """
    with transaction(actor=actor):
        grant = _reported(scheme, case_id, version, actor)
        _write(grant, checks, review, actor)
        if not review.strip() or len(checks) < len(CHECKS):
            raise Refused(CONTROL_WRITTEN)
        facts = grant.application
        fire(facts, "approve_report", actor=actor)
        end_payments(grant, "")
        release(facts, grant.unpaid_ore, actor=actor)
        tell(
            facts,
            "report_approved",
            N_("The report on “%(title)s” is approved"),
            N_("UDI has read the report, and the case is finished. Thank you for the work you have done."),
        )


def ask_better(scheme: Scheme, case_id: int, *, reason: str, version: int, actor: Actor) -> None:
    """Send the report back with what is missing. Raises `Denied`, `CaseChanged`, `Refused`."""
    with transaction(actor=actor):
        grant = _reported(scheme, case_id, version, actor)
        facts = grant.application
        fire(facts, "return_report", actor=actor, reason=reason)
        deadlines.expect(case_id, deadlines.REPORT, max(report_due(facts), clock.today()))
        tell(
            facts,
            "report_returned",
            N_("UDI needs more in the report on “%(title)s”"),
            N_("%(reason)s You find what you have written, and can send it again."),
            reason=reason.strip(),
        )


def _reported(scheme: Scheme, case_id: int, version: int, actor: Actor) -> Grant:
    grant = locked(scheme, case_id, actor=actor)
    staff(grant.application, APPLICATION_ASSESS, actor=actor)
    unlike(grant, version)
    if grant.application.state != "reported":
        raise CaseChanged
    return grant


def _write(grant: Grant, checks: Mapping[str, str], review: str, actor: Actor) -> None:
    kept = {code: found for code, found in checks.items() if code in CHECKS and found in ANSWERS}
    db.session.execute(
        update(GrantReport)
        .where(GrantReport.case_id == grant.application.id)
        .values(checks=kept, review=review.strip(), reviewed_by=actor.person_id, reviewed_at=clock.now())
    )
    take_part(grant.application.id, "prepared", actor=actor)
    in_order = sum(found == "ok" for found in kept.values())
    record(ReportControlled(**at(grant.application), checked=in_order, of=len(CHECKS)), actor=actor)
