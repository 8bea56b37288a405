"""The way of a grant application, from draft to closed case."""

from __future__ import annotations

from typing import Any

from portal import clock
from portal.access.actor import Actor
from portal.casework.workflow import State, Transition, Workflow, declare
from portal.funding.permissions import (
    APPLICATION_ASSESS,
    APPLICATION_DECIDE,
    OWN_APPLICATION_EDIT,
    OWN_APPLICATION_SUBMIT,
)
from portal.funding.rules import AFTER_DEADLINE, APPEAL_OVER, PROPOSAL_NEEDED
from portal.rules import Rule
from portal.web.kit.i18n import lazy_gettext as _

KIND = "funding.application"


def deadline_passed_or_rolling(facts: Any, _actor: Actor) -> Rule | None:
    """Equal treatment: in a call with a common deadline nothing is decided before it."""
    return None if facts.rolling or clock.now() >= facts.closes_at else AFTER_DEADLINE


def proposal_is_written(facts: Any, _actor: Actor) -> Rule | None:
    """A case is clarified before it is decided (fvl. § 17)."""
    return None if facts.assessment is not None else PROPOSAL_NEEDED


def ready_to_decide(facts: Any, actor: Actor) -> Rule | None:
    """Proposed, and the deadline passed where it is common to all."""
    return proposal_is_written(facts, actor) or deadline_passed_or_rolling(facts, actor)


def appeal_period_is_over(facts: Any, _actor: Actor) -> Rule | None:
    """The right to appeal comes before a tidy list (fvl. § 29)."""
    until = facts.appeal_until
    return None if until is not None and clock.today() > until else APPEAL_OVER


APPLICATION = declare(
    Workflow(
        kind=KIND,
        title=_("Grant application"),
        states=(
            State("draft", "draft", _("Draft"), _("Draft"), _("Nobody at UDI sees it before you send it.")),
            State(
                "submitted",
                "waiting",
                _("Received"),
                _("Received"),
                _("A caseworker at UDI will read it. You need not do anything now."),
            ),
            State(
                "in_progress",
                "waiting",
                _("Being assessed"),
                _("Being assessed"),
                _("A caseworker is assessing the application. We tell you when it is decided."),
            ),
            State(
                "proposed",
                "waiting",
                _("Ready for decision"),
                _("Being assessed"),
                _("The application is assessed and waits for a decision. We tell you when it is made."),
            ),
            State(
                "granted",
                "granted",
                _("Granted"),
                _("Granted"),
                _("Read the letter: it says what you have got, and what to do next."),
            ),
            State(
                "refused",
                "refused",
                _("Refused"),
                _("Refused"),
                _("Read the letter: it says why, and how you can appeal."),
            ),
            State("withdrawn", "closed", _("Withdrawn"), _("Withdrawn")),
            State("discarded", "closed", _("Discarded draft"), _("Discarded draft")),
            State("closed", "closed", _("Finished"), _("Finished")),
        ),
        transitions=(
            Transition(
                "submit",
                _("Send the application"),
                _("The application was sent."),
                ("draft",),
                "submitted",
                OWN_APPLICATION_SUBMIT,
                by_party=True,
            ),
            Transition(
                "discard",
                _("Discard the draft"),
                _("The draft was discarded."),
                ("draft",),
                "discarded",
                OWN_APPLICATION_EDIT,
                by_party=True,
            ),
            Transition(
                "withdraw",
                _("Withdraw the application"),
                _("The application was withdrawn."),
                ("submitted", "in_progress", "proposed"),
                "withdrawn",
                OWN_APPLICATION_SUBMIT,
                by_party=True,
            ),
            Transition(
                "take",
                _("Take the case"),
                _("A caseworker took the case."),
                ("submitted",),
                "in_progress",
                APPLICATION_ASSESS,
            ),
            Transition(
                "propose",
                _("Send to decision"),
                _("The assessment was finished."),
                ("in_progress",),
                "proposed",
                APPLICATION_ASSESS,
                guard=proposal_is_written,
                part="prepared",
            ),
            Transition(
                "send_back",
                _("Send back to the caseworker"),
                _("The case was sent back for more assessment."),
                ("proposed",),
                "in_progress",
                APPLICATION_DECIDE,
                needs_reason=True,
            ),
            Transition(
                "grant",
                _("Grant the application"),
                _("The application was granted."),
                ("proposed",),
                "granted",
                APPLICATION_DECIDE,
                guard=ready_to_decide,
                part="decided",
            ),
            Transition(
                "refuse",
                _("Refuse the application"),
                _("The application was refused."),
                ("proposed",),
                "refused",
                APPLICATION_DECIDE,
                guard=ready_to_decide,
                part="decided",
            ),
            Transition(
                "close",
                _("Close the case"),
                _("The case was closed."),
                ("granted", "refused"),
                "closed",
                APPLICATION_ASSESS,
                guard=appeal_period_is_over,
            ),
        ),
    )
)
