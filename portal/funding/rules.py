"""Rules of grants that hold for every scheme."""

from __future__ import annotations

from datetime import date

from portal.rules import Rule, declare
from portal.web.kit.i18n import lazy_gettext as _

WITHIN_FRAME = declare(
    Rule(
        name="funding.within_frame",
        strength="must",
        text=_("There is not that much left of the frame."),
        basis="bevilgningsreglementet § 5",
        valid_from=date(2006, 1, 1),
    )
)
RELEASE_BOUND = declare(
    Rule(
        name="funding.release_what_is_bound",
        strength="must",
        text=_("The application does not have that much of the frame to give back."),
        basis="bestemmelser om økonomistyring i staten 6.3.4",
        valid_from=date(2004, 1, 1),
    )
)
FRESH_LOGIN = declare(
    Rule(
        name="funding.fresh_login",
        strength="must",
        text=_("You sign with a fresh login. Log in again, and come back here."),
        basis="eForvaltningsforskriften § 15",
        valid_from=date(2004, 7, 1),
    )
)
AFTER_DEADLINE = declare(
    Rule(
        name="funding.decide_after_deadline",
        strength="must",
        text=_("Nothing is decided before the deadline has passed, so that all are judged alike."),
        basis="bestemmelser om økonomistyring i staten 6.3.1",
        valid_from=date(2004, 1, 1),
    )
)
DEADLINE = declare(
    Rule(
        name="funding.deadline",
        strength="should",
        text=_("The application came after the deadline. UDI decides whether it can be considered."),
        basis="bestemmelser om økonomistyring i staten 6.3.1",
        valid_from=date(2004, 1, 1),
        relaxable=True,
    )
)
APPEAL_OVER = declare(
    Rule(
        name="funding.close_after_appeal",
        strength="must",
        text=_("The case stays open until the deadline for appeals has passed."),
        basis="forvaltningsloven § 29",
        valid_from=date(1970, 1, 1),
    )
)
APPEAL_RUNS = declare(
    Rule(
        name="funding.open_while_appealed",
        strength="must",
        text=_("An appeal against the decision is not answered yet. The case stays open until it is."),
        basis="forvaltningsloven § 33",
        valid_from=date(1970, 1, 1),
    )
)
REASONED_DEVIATION = declare(
    Rule(
        name="funding.reasoned_deviation",
        strength="must",
        text=_("A decision other than the proposal must be reasoned."),
        basis="forvaltningsloven § 25",
        valid_from=date(1970, 1, 1),
    )
)
PROPOSAL_NEEDED = declare(
    Rule(
        name="funding.proposal_needed",
        strength="must",
        text=_("The case must be assessed before it is decided."),
        basis="forvaltningsloven § 17",
        valid_from=date(1970, 1, 1),
    )
)
ANSWER_PERIOD = declare(
    Rule(
        name="funding.answer_period",
        strength="must",
        text=_("The applicant still has time to answer."),
        basis="forvaltningsloven § 11",
        valid_from=date(1970, 1, 1),
    )
)
PAID_ALREADY = declare(
    Rule(
        name="funding.paid_already",
        strength="must",
        text=_("Money is paid already. Report on it and pay back what is left."),
        basis="bestemmelser om økonomistyring i staten 6.3.6",
        valid_from=date(2004, 1, 1),
    )
)
MONEY_OWED = declare(
    Rule(
        name="funding.money_owed",
        strength="must",
        text=_("More is paid out than is used and paid back. Demand the rest first."),
        basis="bestemmelser om økonomistyring i staten 6.3.8.2",
        valid_from=date(2004, 1, 1),
    )
)
NOT_REPAID = declare(
    Rule(
        name="funding.not_repaid",
        strength="must",
        text=_("The demanded sum is not paid back yet."),
        basis="bestemmelser om økonomistyring i staten 6.3.8.2",
        valid_from=date(2004, 1, 1),
    )
)
TO_GIVE_BACK = declare(
    Rule(
        name="funding.to_give_back",
        strength="must",
        text=_("More has come back than is demanded now. Give the rest back to the recipient first."),
        basis="bestemmelser om økonomistyring i staten 6.3.8.2",
        valid_from=date(2004, 1, 1),
    )
)
DEMAND_STANDS = declare(
    Rule(
        name="funding.demand_stands",
        strength="must",
        text=_("A demand falls away only when an appeal against it is won."),
        basis="forvaltningsloven §§ 33–35",
        valid_from=date(1970, 1, 1),
    )
)
NOT_REFUSED = declare(
    Rule(
        name="funding.only_refusals_are_turned",
        strength="must",
        text=_("The application was not refused."),
        basis="forvaltningsloven § 33",
        valid_from=date(1970, 1, 1),
    )
)
NOT_IN_CALL = declare(
    Rule(
        name="funding.call_names_applicants",
        strength="must",
        text=_("This call is not for applicants of your kind. The call says whom it is for."),
        basis="bestemmelser om økonomistyring i staten 6.2.1 og 6.3.1",
        valid_from=date(2004, 1, 1),
    )
)
