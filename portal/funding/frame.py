"""What the room puts on the start page and on Min side."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, literal, null, or_, select

from portal import clock
from portal.access.actor import Actor
from portal.access.policy import visible
from portal.casework.models import Case
from portal.funding import call_queries
from portal.funding.granted import frame as granted
from portal.funding.models import Application, Call, CallVersion
from portal.funding.permissions import (
    APPLICATION_ASSESS,
    APPLICATION_DECIDE,
    OWN_APPLICATION_EDIT,
    OWN_APPLICATION_READ,
)
from portal.funding.scheme import SCHEMES
from portal.units.models import Unit
from portal.web.kit.frame import NavItem, Overview, Task
from portal.web.kit.i18n import gettext as _
from portal.web.kit.overview import Part, moment
from portal.web.kit.requests import actor as asking

_AT_MOST = 5
_ON_ITS_WAY = ("submitted", "in_progress", "proposed")


def nav(_actor: Actor) -> list[NavItem]:
    """Nothing: each scheme's plugin has its own entry."""
    return []


def open_calls() -> list[tuple[str, str, datetime]]:
    """(title, address, deadline) of every open call whose plugin is on."""
    off = asking().switches
    return [
        (call.title, f"{SCHEMES[call.scheme_code].prefix}/utlysning/{call.id}", call.closes_at)
        for call in call_queries.open_calls()
        if call.scheme_code in SCHEMES and not off.everywhere_off(SCHEMES[call.scheme_code].plugin)
    ]


def parts(actor: Actor) -> Iterator[Part]:
    """Own drafts and sent applications; for staff, what they can do next."""
    for rows in (_own(actor), _staff(actor, APPLICATION_ASSESS), _staff(actor, APPLICATION_DECIDE)):
        if rows is not None:
            yield Part(rows, _tell)
    yield from granted.parts(actor)


def _own(actor: Actor) -> Select[Any] | None:
    if not actor.may_somewhere(OWN_APPLICATION_READ.name):
        return None
    wanted: Any = _cases("own").where(
        or_(
            Case.state.in_(_ON_ITS_WAY), (Case.state == "draft") & visible(actor, OWN_APPLICATION_EDIT, Case)
        ),
        visible(actor, OWN_APPLICATION_READ, Case),
    )
    return wanted.order_by(Case.created_at.desc()).limit(_AT_MOST)


def _staff(actor: Actor, permission: Any) -> Select[Any] | None:
    if not actor.may_somewhere(permission.name):
        return None
    decides = permission is APPLICATION_DECIDE
    states = ("proposed",) if decides else ("submitted", "in_progress")
    wanted: Any = _cases("decide" if decides else "assess").where(
        Case.state.in_(states),
        visible(actor, permission, Case),
        or_(Case.handler_id.is_(None), Case.handler_id == actor.person_id, literal(decides)),
    )
    return wanted.order_by(Case.submitted_at).limit(_AT_MOST)


def _cases(role: str) -> Any:
    draft_deadline = case((Case.state == "draft", CallVersion.closes_at), else_=null())
    return (
        select(
            literal(role).label("role"),
            Case.id,
            Case.number,
            Case.title,
            Case.state,
            Unit.name.label("owner"),
            Call.scheme,
            func.coalesce(draft_deadline, null()).label("due"),
        )
        .select_from(Application)
        .join(Case, Case.id == Application.case_id)
        .join(Call, Call.id == Application.call_id)
        .join(Unit, Unit.id == Case.owner_id)
        .join(
            CallVersion,
            (CallVersion.call_id == Application.call_id) & (CallVersion.version == Application.call_version),
        )
    )


def _tell(row: Any, into: Overview) -> None:
    role, case_id, number, title, state = row.role, row.id, row.number, row.title, row.state
    scheme, due = SCHEMES.get(row.scheme), moment(row.due)
    if scheme is None:
        return
    href = scheme.case_path(case_id)
    if role == "own" and state == "draft":
        late = due is not None and due <= clock.now()
        task = Task(_("Finish “%(title)s”", title=title), href, due=due, kind="draft")
        task.action_label, task.note = _("Go on"), _("The deadline has passed") if late else ""
        into.needs_me.append(task)
    elif role == "own":
        into.waiting_for.append(Task(title, href, note=_("%(number)s is with UDI", number=number)))
    else:
        # No title: it is content, and who has the task may not have said yet that they have no ties.
        label, action = (
            (_("Decide case %(number)s", number=number), _("Decide"))
            if role == "decide"
            else (_("Assess case %(number)s", number=number), _("Assess"))
        )
        into.needs_me.append(Task(label, href, note=row.owner, action_label=action))
