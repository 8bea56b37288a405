"""What follows a grant on Min side: what to answer, report and pay back; for staff what waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, select

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import visible
from portal.casework.models import Case, CaseDeadline
from portal.funding.granted import deadlines
from portal.funding.granted.models import Instalment
from portal.funding.granted.paths import GrantPaths
from portal.funding.granted.waiting import PILES, for_min_side
from portal.funding.models import Application, Call
from portal.funding.permissions import APPLICATION_READ, OWN_APPLICATION_READ
from portal.funding.scheme import SCHEMES
from portal.web.kit.frame import Overview, Task
from portal.web.kit.i18n import gettext as _
from portal.web.kit.overview import Part, a_day

MOST = 5
_PAID = exists().where(Instalment.case_id == Case.id, Instalment.state == "paid")
_CODES = (deadlines.ACCEPT, deadlines.REPORT, deadlines.REPAY)
_AHEAD = timedelta(days=90)  # a report that is due later than this needs nobody yet
_DUE = (
    select(func.min(CaseDeadline.due_on))
    .where(CaseDeadline.case_id == Case.id, CaseDeadline.code.in_(_CODES), CaseDeadline.met_at.is_(None))
    .correlate(Case)
    .scalar_subquery()
)
_OWN: Any = (
    select(
        Case.id,
        Case.title,
        Case.state,
        Call.scheme,
        _DUE.label("due"),
    )
    .select_from(Case)
    .join(Application, Application.case_id == Case.id)
    .join(Call, Call.id == Application.call_id)
    .where(or_(Case.state.in_(("granted", "repayment")), and_(Case.state == "accepted", _PAID)))
    .order_by(Case.created_at.desc())
    .limit(MOST)
)


def parts(actor: Actor) -> Iterator[Part]:
    """What follows grants, for recipients and for staff."""
    if actor.may_somewhere(OWN_APPLICATION_READ.name):
        soon = func.coalesce(_DUE, clock.today()) <= clock.today() + _AHEAD
        yield Part(_OWN.where(visible(actor, OWN_APPLICATION_READ, Case), soon), _tell_recipient)
    if actor.may_somewhere(APPLICATION_READ.name):
        for rows in for_min_side(actor, MOST):
            yield Part(rows, _tell_staff)


def _tell_staff(row: Any, into: Overview) -> None:
    scheme, pile = SCHEMES.get(row.scheme), PILES[row.pile]
    if scheme is None:
        return
    href = f"{scheme.case_path(row.case_id)}/{pile.end}"
    # No title: it is content, and who has the task may not have said yet that they have no ties.
    title = f"{pile.action}: {row.number}"
    into.needs_me.append(Task(title, href, note=row.owner, action_label=pile.action))


def _tell_recipient(row: Any, into: Overview) -> None:
    scheme = SCHEMES.get(row.scheme)
    if scheme is None:
        return
    paths = GrantPaths(scheme.prefix)
    told = {
        "granted": (
            _("Answer the grant to “%(title)s”", title=row.title),
            paths.accept(row.id),
            _("Answer"),
        ),
        "accepted": (
            _("Report on “%(title)s”", title=row.title),
            paths.report(row.id),
            _("Write the report"),
        ),
        "repayment": (
            _("Pay back money for “%(title)s”", title=row.title),
            paths.repayment(row.id),
            _("See what to pay"),
        ),
    }
    title, href, action = told[row.state]
    into.needs_me.append(Task(title, href, due=_until(row.due), action_label=action, kind="returned"))


def _until(text: str | None) -> datetime | None:
    last = a_day(text)
    return clock.end_of_day(last) if last else None
