"""What ended cooperation puts on Min side: notices to answer, cases to decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal import clock
from portal.access.actor import Actor
from portal.organisations.exclusion.queries import to_answer, to_decide
from portal.web.kit.frame import Overview, Task
from portal.web.kit.i18n import gettext as _
from portal.web.kit.overview import Part, a_day


def parts(actor: Actor) -> Iterator[Part]:
    """A task for each notice that waits for one's organisation, and each case that waits for a decision."""
    for rows, tell in ((to_answer(actor), _notice), (to_decide(actor), _decision)):
        if rows is not None:
            yield Part(rows, tell)


def _notice(row: Any, into: Overview) -> None:
    last = a_day(row.answer_by)
    into.needs_me.append(
        Task(
            _("UDI considers ending the cooperation with %(name)s", name=row.name),
            f"/organisasjoner/{row.unit_id}/samarbeid",
            due=clock.end_of_day(last) if last else None,
            kind="returned",
            action_label=_("Answer"),
        )
    )


def _decision(row: Any, into: Overview) -> None:
    into.needs_me.append(
        Task(
            _("Decide whether the cooperation with %(name)s ends", name=row.name),
            f"/organisasjoner/{row.unit_id}/samarbeid",
            action_label=_("Open"),
        )
    )
