"""What affiliation puts on Min side: claims that wait for the leader's answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.access.actor import Actor
from portal.organisations.affiliation.queries import to_answer
from portal.web.kit.frame import Overview, Task
from portal.web.kit.i18n import gettext as _
from portal.web.kit.overview import Part


def parts(actor: Actor) -> Iterator[Part]:
    """A task for each branch that says it belongs to an organisation the actor leads."""
    claims = to_answer(actor)
    if claims is not None:
        yield Part(claims, _claim)


def _claim(row: Any, into: Overview) -> None:
    into.needs_me.append(
        Task(
            _("Does %(name)s belong to you?", name=row.name),
            f"/organisasjoner/{row.parent_id}/tilknytning",
            action_label=_("Answer"),
        )
    )
