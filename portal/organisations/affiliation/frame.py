"""What affiliation puts on Min side: claims that wait for the leader's answer."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.organisations.affiliation.queries import to_answer
from portal.web.kit.frame import Overview, Task
from portal.web.kit.i18n import gettext as _


def overview(actor: Actor, into: Overview) -> None:
    """A task for each branch that says it belongs to an organisation the actor leads."""
    for _id, parent_id, name, _claimed_at in map(tuple, to_answer(actor)):
        into.needs_me.append(
            Task(
                _("Does %(name)s belong to you?", name=name),
                f"/organisasjoner/{parent_id}/tilknytning",
                action_label=_("Answer"),
            )
        )
