"""What ended cooperation puts on Min side: notices to answer, cases to decide."""

from __future__ import annotations

from portal import clock
from portal.access.actor import Actor
from portal.organisations.exclusion.queries import to_answer, to_decide
from portal.web.kit.frame import Overview, Task
from portal.web.kit.i18n import gettext as _


def overview(actor: Actor, into: Overview) -> None:
    """A task for each notice that waits for one's organisation, and each case that waits for a decision."""
    for unit_id, name, answer_by in map(tuple, to_answer(actor)):
        into.needs_me.append(
            Task(
                _("UDI considers ending the cooperation with %(name)s", name=name),
                f"/organisasjoner/{unit_id}/samarbeid",
                due=clock.end_of_day(answer_by),
                kind="returned",
                action_label=_("Answer"),
            )
        )
    for unit_id, name, _noticed_by in map(tuple, to_decide(actor)):
        into.needs_me.append(
            Task(
                _("Decide whether the cooperation with %(name)s ends", name=name),
                f"/organisasjoner/{unit_id}/samarbeid",
                action_label=_("Open"),
            )
        )
