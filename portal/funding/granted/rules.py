"""Rules of what follows a grant: who may touch the money, and what must come first."""

from __future__ import annotations

from datetime import date

from portal.rules import Rule, declare
from portal.web.kit.i18n import LazyString
from portal.web.kit.i18n import lazy_gettext as _

STATE_GRANTS = "bestemmelser om økonomistyring i staten"
REGULATION = "forskrift 17.12.2020 nr. 2921"
_SINCE = date(2004, 1, 1)


def _must(name: str, text: LazyString, basis: str, since: date = _SINCE) -> Rule:
    return declare(Rule(name=f"funding.{name}", strength="must", text=text, basis=basis, valid_from=since))


NOT_ACCEPTED = _must(
    "accepted_before_payment",
    _("Nothing is paid before the recipient has accepted the grant with its conditions."),
    f"{STATE_GRANTS} 6.3.3",
)
ACCOUNT_NEEDED = _must(
    "account_confirmed",
    _("The account must be confirmed before anything is paid to it."),
    f"{STATE_GRANTS} 6.3.8.1",
)
ACCOUNT_WAITING = _must(
    "account_change_waits",
    _("A new account number waits to be confirmed. Nothing is paid meanwhile."),
    f"{STATE_GRANTS} 6.3.8.1",
)
ACCOUNT_NEW = _must(
    "account_change_delays",
    _("The account number was changed a short while ago. Payment waits, so that the leaders can object."),
    f"{STATE_GRANTS} 6.3.8.1",
)
ACCOUNT_TWO_PERSONS = _must(
    "account_two_persons",
    _("Whoever proposed the account number cannot confirm it. Somebody else must."),
    f"{STATE_GRANTS} 6.3.8.1",
)
BUDGET_APART = _must(
    "account_apart_from_budget",
    _("Whoever decides over the budget cannot register or confirm account numbers."),
    f"{STATE_GRANTS} 6.3.8.1",
)
PAYMENT_TWO_PERSONS = _must(
    "payment_two_persons",
    _("Whoever ordered a payment cannot attest it. Somebody else must."),
    f"{STATE_GRANTS} 6.3.3",
)
GRANT_IS_OVER = _must(
    "grant_is_over",
    _("The grant is finished, declined or demanded back, and its sum cannot be changed any more."),
    "forvaltningsloven § 33 andre ledd",
    date(1970, 1, 1),
)
PLAN_IS_THE_GRANT = _must(
    "plan_is_the_grant",
    _("The plan of payments must add up to the grant. Mend the plan first."),
    f"{STATE_GRANTS} 6.3.3",
)
PAYMENT_UNDER_WAY = _must(
    "payment_under_way",
    _("A payment is on its way from the bank. Wait until it is registered as paid."),
    f"{STATE_GRANTS} 6.3.5",
)
EXTENSION_IS_DECIDED = _must(
    "extension_is_decided",
    _("A later day to use the money by changes the decision. A decision maker must answer."),
    f"{REGULATION} § 4",
    date(2021, 1, 1),
)
AUDIT_NEEDED = _must(
    "audit_needed",
    _("A grant of this size needs accounts that an auditor has confirmed, with the grant in a note."),
    f"{REGULATION} § 5",
    date(2021, 1, 1),
)
REPORT_DUE = _must(
    "report_due",
    _("The report must be in by 1 April of the year after the grant."),
    f"{REGULATION} § 5",
    date(2021, 1, 1),
)
ADVANCE_NOTICE = _must(
    "advance_notice",
    _("The recipient must be told first, and have time to comment, before money is demanded for a breach."),
    "forvaltningsloven § 16",
    date(1970, 1, 1),
)
DEMAND_PREPARED = _must(
    "demand_prepared",
    _("A caseworker must write down the control of the report before money is demanded back."),
    f"forvaltningsloven § 17; {STATE_GRANTS} 6.3.8.2",
)
PAY_BACK = _must(
    "pay_back",
    _("What is demanded must be paid back by the day the letter says."),
    f"{REGULATION} § 10",
    date(2021, 1, 1),
)
CONTROL_WRITTEN = _must(
    "control_written",
    _("Write down what was controlled before the report is approved."),
    f"{STATE_GRANTS} 6.3.8.2",
)
