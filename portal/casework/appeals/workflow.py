"""The way of an appeal, from the party to the first instance, and on to the appeal body."""

from __future__ import annotations

from portal.casework.appeals.guards import (
    can_be_rejected,
    can_be_tried,
    checked_and_proposed,
    others_than_the_first_time,
)
from portal.casework.permissions import APPEAL_DECIDE, APPEAL_HANDLE, OWN_APPEAL_SEND
from portal.casework.workflow import State, Transition, Workflow, declare
from portal.web.kit.i18n import lazy_gettext as _

KIND = "casework.appeal"
OPEN = ("submitted", "in_progress", "proposed", "forwarded")
"""States in which an appeal is not finished."""

APPEAL = declare(
    Workflow(
        kind=KIND,
        title=_("Appeal"),
        declares=True,
        handles=APPEAL_HANDLE,
        states=(
            State("draft", "draft", _("Draft"), _("Draft")),
            State(
                "submitted",
                "waiting",
                _("Received"),
                _("Received"),
                _("Somebody else than those who decided the first time looks at the case once more."),
            ),
            State(
                "in_progress",
                "waiting",
                _("Being handled"),
                _("Being handled"),
                _("UDI looks at the decision once more. We tell you when that is done."),
            ),
            State(
                "proposed",
                "waiting",
                _("Ready for decision"),
                _("Being handled"),
                _("UDI looks at the decision once more. We tell you when that is done."),
            ),
            State(
                "forwarded",
                "waiting",
                _("With the appeal body"),
                _("With the appeal body"),
                _("UDI kept the decision and sent the appeal on. You may comment on what UDI wrote."),
            ),
            State("changed", "closed", _("Decision changed"), _("You won: the decision is changed")),
            State("rejected", "closed", _("Rejected"), _("The appeal could not be tried")),
            State("upheld", "closed", _("Decision upheld"), _("The appeal body kept the decision")),
            State("altered", "closed", _("Changed by the appeal body"), _("The appeal body changed it")),
            State("withdrawn", "closed", _("Withdrawn"), _("Withdrawn")),
        ),
        transitions=(
            Transition(
                "submit",
                _("Send the appeal"),
                _("The appeal was sent."),
                ("draft",),
                "submitted",
                OWN_APPEAL_SEND,
                by_party=True,
            ),
            Transition(
                "take",
                _("Take the appeal"),
                _("A caseworker began to look at the appeal."),
                ("submitted",),
                "in_progress",
                APPEAL_HANDLE,
                guard=others_than_the_first_time,
            ),
            Transition(
                "propose",
                _("Send to decision"),
                _("The appeal was checked and prepared."),
                ("in_progress",),
                "proposed",
                APPEAL_HANDLE,
                guard=checked_and_proposed,
                part="prepared",
            ),
            Transition(
                "send_back",
                _("Send back to the caseworker"),
                _("The appeal was sent back for more work."),
                ("proposed",),
                "in_progress",
                APPEAL_DECIDE,
                needs_reason=True,
            ),
            Transition(
                "change",
                _("Change the decision"),
                _("UDI changed the decision."),
                ("proposed",),
                "changed",
                APPEAL_DECIDE,
                guard=can_be_tried,
                part="decided",
            ),
            Transition(
                "forward",
                _("Keep it, and send the appeal on"),
                _("UDI kept the decision and sent the appeal to the appeal body."),
                ("proposed",),
                "forwarded",
                APPEAL_DECIDE,
                guard=can_be_tried,
                part="decided",
            ),
            Transition(
                "reject",
                _("Reject the appeal"),
                _("UDI rejected the appeal without trying it."),
                ("proposed",),
                "rejected",
                APPEAL_DECIDE,
                guard=can_be_rejected,
                part="decided",
            ),
            Transition(
                "uphold",
                _("Register: upheld"),
                _("The appeal body kept the decision."),
                ("forwarded",),
                "upheld",
                APPEAL_HANDLE,
            ),
            Transition(
                "alter",
                _("Register: changed"),
                _("The appeal body changed the decision."),
                ("forwarded",),
                "altered",
                APPEAL_DECIDE,
            ),
            Transition(
                "return",
                _("Register: sent back"),
                _("The appeal body sent the case back to UDI for new handling."),
                ("forwarded",),
                "in_progress",
                APPEAL_HANDLE,
            ),
            Transition(
                "reopen",
                _("Try the appeal after all"),
                _("The rejection was changed after an appeal, and the appeal taken up again."),
                ("rejected",),
                "in_progress",
                APPEAL_DECIDE,
                needs_reason=True,
            ),
            Transition(
                "withdraw",
                _("Withdraw the appeal"),
                _("The appeal was withdrawn."),
                OPEN,
                "withdrawn",
                OWN_APPEAL_SEND,
                by_party=True,
            ),
        ),
    )
)
