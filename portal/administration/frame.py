"""What the room puts on Min side: requests for roles, to answer and to wait for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.access.actor import Actor
from portal.access.roles import ROLES
from portal.administration import asking_queries as queries
from portal.administration.models import RoleRequest
from portal.web.kit.frame import NavItem, Overview, Task
from portal.web.kit.i18n import gettext as _
from portal.web.kit.overview import Part

MOST = 5


def nav(_actor: Actor) -> list[NavItem]:
    """Nothing: the room's entries stand where they are registered, last in the menu."""
    return []


def parts(actor: Actor) -> Iterator[Part]:
    """Requests others wait for an answer to, and one's own."""
    yield Part(queries.mine(actor).where(RoleRequest.state == "open"), _own)
    manages = ("access.assignment.manage", "organisations.member.manage")
    if any(actor.may_somewhere(name) for name in manages):
        yield Part(queries.to_answer(actor).limit(MOST), _to_answer)


def _own(row: Any, into: Overview) -> None:
    title = _("Your request for the role %(role)s", role=_role(row))
    into.waiting_for.append(Task(title, f"/tilgangsonsker/{row.id}", note=row.unit))


def _to_answer(row: Any, into: Overview) -> None:
    title = _("%(person)s asks for the role %(role)s", person=row.person, role=_role(row))
    into.needs_me.append(Task(title, f"/tilgangsonsker/{row.id}", note=row.unit, action_label=_("Answer")))


def _role(row: Any) -> str:
    return str(ROLES[row.role].title) if row.role in ROLES else str(row.role)
