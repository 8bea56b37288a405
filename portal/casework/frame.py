"""What the room puts in the menu and on Min side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from portal import clock
from portal.access.actor import Actor
from portal.casework.deadline_queries import case_due, open_deadlines
from portal.casework.deadlines import DEADLINES
from portal.casework.models import CaseDeadline
from portal.casework.permissions import APPEAL_READ, CASE_JOURNAL, CASE_READ, LETTER_POST, OWN_CASE_READ
from portal.web.kit.frame import NavItem, Overview, Task
from portal.web.kit.i18n import gettext
from portal.web.kit.i18n import lazy_gettext as _
from portal.web.kit.overview import Part

NAV = (
    NavItem(_("My cases"), "/saker", OWN_CASE_READ.name),
    NavItem(_("Appeals"), "/klager", APPEAL_READ.name),
    NavItem(_("Letters to post"), "/brev/post", LETTER_POST.name),
    NavItem(_("Not yet journalled"), "/sak/arkiv", CASE_JOURNAL.name),
)
LISTED = NavItem(_("Deadlines"), "/frister")
ON_MIN_SIDE = 5


def nav(actor: Actor) -> list[NavItem]:
    """*Mine saker* for parties; appeals, letters and what to journal for staff; deadlines for both."""
    both = (CASE_READ.name, OWN_CASE_READ.name)
    return [*NAV, LISTED] if any(actor.may_somewhere(name) for name in both) else list(NAV)


def parts(actor: Actor) -> Iterator[Part]:
    """The nearest deadlines: one's own to keep, and those one waits for."""
    if not (actor.may_somewhere(CASE_READ.name) or actor.may_somewhere(OWN_CASE_READ.name)):
        return
    rows = open_deadlines(actor, everybodys=False, most=ON_MIN_SIDE)
    if not actor.may_somewhere(CASE_READ.name):
        told = [kind.code for kind in DEADLINES.values() if kind.own_task]
        rows = rows.where(CaseDeadline.code.not_in(told))
    yield Part(rows, partial(_tell, actor))


def _tell(actor: Actor, row: Any, into: Overview) -> None:
    due_on = date.fromisoformat(row.due_on)
    one = case_due(actor, row, due_on)
    title = f"{one.due.label}: {row.title}"
    task = Task(
        title, one.href, clock.end_of_day(due_on), note=one.number, action_label=gettext("Open the case")
    )
    theirs = one.due.for_party == actor.may_somewhere(CASE_READ.name)
    (into.waiting_for if theirs else into.needs_me).append(task)
