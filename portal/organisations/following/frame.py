"""What following puts on Min side: changes at UDI that nobody has looked at."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.organisations.following.queries import new_people, waiting
from portal.organisations.following.vocabulary import CHANGES
from portal.web.kit.frame import Overview, Task
from portal.web.kit.i18n import gettext as _


def overview(actor: Actor, into: Overview) -> None:
    """A task for each grave change in the actor's reach."""
    for _id, unit_id, name, codes, _found_at in map(tuple, waiting(actor)):
        into.needs_me.append(
            Task(
                _("The register has changed for %(name)s", name=name),
                f"/organisasjoner/{unit_id}#changes",
                action_label=_("Look at it"),
                note=", ".join(str(CHANGES[code]) for code in codes if code in CHANGES),
            )
        )


def leading(actor: Actor, into: Overview) -> None:
    """A task for each organisation the actor leads, where the register has new people in the roles."""
    for unit_id, name, _found_at in map(tuple, new_people(actor)):
        into.needs_me.append(
            Task(
                _("Annual meeting? Change leader of %(name)s", name=name),
                f"/organisasjoner/{unit_id}/bytt-leder",
                action_label=_("Look at it"),
                note=_("The register has new people in the roles"),
            )
        )
