"""What a case's timeline tells of what follows a grant: account, payments, changes, control, money back."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.casework.entries import ENTRIES, Entry, tell
from portal.funding.facts import ApplicationFacts
from portal.funding.granted.events import CHANGE_KINDS
from portal.web.kit.formats import kr
from portal.web.kit.i18n import LazyString, gettext
from portal.web.kit.i18n import lazy_gettext as _

PAYMENT_STEPS = {"ordered", "attested", "paid", "stopped", "returned"}


def sum_in_words(stored: str) -> str:
    """A sum that is stored in øre, as one reads it; anything else as it is."""
    return f"{kr(int(stored))}." if stored.isdigit() else stored


def _change(stored: str) -> str:
    kind = CHANGE_KINDS.get(stored)
    return f"{kind}." if kind else stored


def _lowered(stored: str) -> str:
    before, _blank, after = stored.partition(" ")
    if not (before.isdigit() and after.isdigit()):
        return stored
    return gettext("from %(before)s to %(after)s.", before=kr(int(before)), after=kr(int(after)))


def _sum(staff: LazyString, party: LazyString) -> Entry:
    return Entry(staff, party, True, sum_in_words)


ENTRIES.update(
    {
        "account_given": Entry(_("An account number was given."), _("An account number was given.")),
        "account_changed": Entry(
            _("Another account number was given."), _("Another account number was given.")
        ),
        "account_confirmed": Entry(
            _("The account number was confirmed:"), _("UDI confirmed the account number.")
        ),
        "account_rejected": Entry(
            _("The account number was not confirmed:"), _("UDI did not confirm the account number:"), True
        ),
        "payments_planned": Entry(_("The payments were planned."), _("UDI planned the payments.")),
        "payment_ordered": _sum(_("A payment was ordered:"), _("UDI ordered a payment:")),
        "payment_attested": _sum(_("A payment was approved:"), _("UDI approved a payment:")),
        "payment_paid": _sum(_("A payment was made:"), _("UDI paid:")),
        "payment_stopped": _sum(_("A payment was stopped:"), _("UDI stopped a payment:")),
        "payment_returned": _sum(
            _("The bank could not make a payment:"), _("The bank could not make a payment:")
        ),
        "change_told": Entry(
            _("The recipient told of a change:"), _("A change was reported:"), True, _change
        ),
        "change_approved": Entry(_("The change was approved."), _("UDI approved the change.")),
        "change_declined": Entry(_("The change was not approved."), _("UDI did not approve the change.")),
        "report_controlled": Entry(
            _("The report was controlled, and the control written down."), _("UDI controlled the report.")
        ),
        "breach_told": _sum(
            _("The recipient was told that a demand for money back is considered:"),
            _("UDI told that it considers to demand money back:"),
        ),
        "breach_commented": Entry(
            _("The recipient commented on what was told."), _("A comment on what UDI considers was sent.")
        ),
        "repayment_received": _sum(_("Money came back:"), _("UDI received money back:")),
        "repayment_lowered": Entry(
            _("The demand for money back was changed after an appeal:"),
            _("UDI's demand for money back was changed after an appeal:"),
            True,
            _lowered,
        ),
        "repayment_returned": _sum(
            _("Money that is not demanded any more was given back:"),
            _("UDI gave back money that is not demanded any more:"),
        ),
    }
)


def enter(
    facts: ApplicationFacts, name: str, *, actor: Actor, reason: object = "", party: bool = False
) -> None:
    """Write an entry of those above in the case's timeline, in the current transaction; sums in øre."""
    tell(facts, name, actor=actor, reason=str(reason), by_party=party)
