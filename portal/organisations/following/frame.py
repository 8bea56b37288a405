"""What following puts on Min side: changes at UDI nobody has looked at, and new people for the leader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.access.actor import Actor
from portal.organisations.following.queries import new_people, waiting
from portal.organisations.following.vocabulary import CHANGES
from portal.organisations.permissions import REGISTRATION_HANDLE
from portal.web.kit.frame import Overview, Task
from portal.web.kit.i18n import gettext as _
from portal.web.kit.overview import Part


def parts(actor: Actor) -> Iterator[Part]:
    """A task for each organisation the actor leads that has new people; for staff, each grave change."""
    leading = new_people(actor)
    if leading is not None:
        yield Part(leading, _new_people)
    if actor.may_somewhere(REGISTRATION_HANDLE.name):
        yield Part(waiting(actor), _change)


def _change(row: Any, into: Overview) -> None:
    into.needs_me.append(
        Task(
            _("The register has changed for %(name)s", name=row.name),
            f"/organisasjoner/{row.unit_id}#changes",
            action_label=_("Look at it"),
            note=", ".join(str(CHANGES[code]) for code in row.codes if code in CHANGES),
        )
    )


def _new_people(row: Any, into: Overview) -> None:
    into.needs_me.append(
        Task(
            _("Annual meeting? Change leader of %(name)s", name=row.name),
            f"/organisasjoner/{row.unit_id}/bytt-leder",
            action_label=_("Look at it"),
            note=_("The register has new people in the roles"),
        )
    )
